#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "storage/sql.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

// Longer than the server waits for a lock: see Site.
constexpr absl::Duration kLeast = absl::Milliseconds(1200);

// A session of somebody else who keeps rows that the server writes in the midst of a transaction. The database takes
// back the one statement that has waited for too long, and leaves to the server what becomes of those before it.
class LockWait : public Fault {
 public:
  std::string_view name() const override { return "lock-wait"; }
  std::string_view about() const override { return "a foreign session keeps rows for longer than the server waits"; }
  absl::Duration longest() const override { return absl::Seconds(2); }

  absl::Status Begin(Site& site, Random& random) override {
    auto root = site.OpenRoot();
    if (!root.ok()) return root.status();
    root_ = *std::move(root);
    absl::Status locked = Lock();
    if (!locked.ok()) {
      root_.reset();
      return locked;
    }
    absl::SleepFor(kLeast);
    return absl::OkStatus();
  }
  absl::Status End(Site& site, Random& random) override {
    absl::Status released = Ask(*root_, "ROLLBACK").status();
    root_.reset();
    return released;
  }

 private:
  // Of the SKUs that are being sold. A deadlock is the other side's turn.
  absl::Status Lock() {
    const auto skus = Ask(*root_, "SELECT sku FROM inventory.item ORDER BY last_movement_time DESC LIMIT 3");
    if (!skus.ok()) return skus.status();
    absl::Status locked = Ask(*root_, "BEGIN").status();
    for (const storage::Row& row : *skus) {
      storage::Sql sql;
      sql.Raw("SELECT 1 FROM inventory.stock_level WHERE sku = ").Text(std::string(row.Text(0))).Raw(" FOR UPDATE");
      if (locked.ok()) locked = root_->Execute(sql).status();
    }
    return locked;
  }

  std::unique_ptr<storage::Connection> root_;
};

}  // namespace

std::unique_ptr<Fault> MakeLockWait() { return std::make_unique<LockWait>(); }

}  // namespace inventory::faults
