#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "storage/sql.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

constexpr int kSessions = 3;

// Sessions of somebody else who locks the rows that the server locks, one after the other in any order.
class DeadlockStorm : public Fault {
 public:
  std::string_view name() const override { return "deadlock-storm"; }
  std::string_view about() const override { return "foreign sessions lock the same rows in other orders"; }
  absl::Duration longest() const override { return absl::Seconds(2); }

  ~DeadlockStorm() override { Stop(); }

  absl::Status Begin(Site& site, Random& random) override {
    stop_ = false;
    for (int i = 0; i < kSessions; ++i) {
      auto root = site.OpenRoot();
      if (!root.ok()) return root.status();
      threads_.emplace_back([this, connection = *std::move(root), seed = random()] { Lock(*connection, seed); });
    }
    return absl::OkStatus();
  }
  absl::Status End(Site& site, Random& random) override {
    Stop();
    return locks_.exchange(0) > 0 ? absl::OkStatus() : absl::InternalError("no foreign session could lock anything");
  }

 private:
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void Lock(storage::Connection& connection, unsigned seed) {
    Random random(seed);
    while (!stop_) {
      const auto rows = Ask(connection, "SELECT sku FROM inventory.item ORDER BY last_movement_time DESC LIMIT 7");
      if (!rows.ok()) return;
      std::vector<std::string> skus;
      for (const storage::Row& row : *rows) skus.emplace_back(row.Text(0));
      std::shuffle(skus.begin(), skus.end(), random);
      if (Ask(connection, "BEGIN").ok()) LockEach(connection, skus, random);
      if (!Ask(connection, "ROLLBACK").ok()) return;
      absl::SleepFor(AnyDuration(random, absl::ZeroDuration(), absl::Milliseconds(5)));
    }
  }

  void LockEach(storage::Connection& connection, const std::vector<std::string>& skus, Random& random) {
    for (const std::string& sku : skus) {
      storage::Sql sql;
      sql.Raw("SELECT 1 FROM inventory.item WHERE sku = ").Text(sku).Raw(" FOR UPDATE");
      // A deadlock or a wait that was too long: the other side's turn.
      if (stop_ || !connection.Execute(sql).ok()) return;
      ++locks_;
      absl::SleepFor(AnyDuration(random, absl::ZeroDuration(), absl::Milliseconds(10)));
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> locks_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Fault> MakeDeadlockStorm() { return std::make_unique<DeadlockStorm>(); }

}  // namespace inventory::faults
