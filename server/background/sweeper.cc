#include "server/background/sweeper.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/background/expire_reservation.h"
#include "server/pipeline/packet.h"
#include "storage/mutex.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxHolds = 500;      // In one step.
constexpr int64_t kMaxRequests = 1000;  // In one step: short enough that nobody waits for its locks.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kPauseBetweenSteps = absl::Milliseconds(20);
constexpr absl::Duration kForgetInterval = absl::Minutes(1);

// Counts jobs down and wakes who waits for all of them.
class Countdown {
 public:
  explicit Countdown(std::size_t count) : left_(count) {}
  void Done(bool ok) {
    storage::MutexLock lock(mutex_);
    succeeded_ += ok ? 1 : 0;
    if (--left_ == 0) changed_.NotifyAll();
  }
  std::size_t Wait() {
    storage::MutexLock lock(mutex_);
    while (left_ > 0) changed_.Wait(mutex_);
    return succeeded_;
  }

 private:
  storage::Mutex mutex_;
  storage::CondVar changed_;
  std::size_t left_ GUARDED_BY(mutex_);
  std::size_t succeeded_ GUARDED_BY(mutex_) = 0;
};

absl::StatusOr<storage::Rows> Run(storage::ConnectionPool& pool, const storage::Sql& sql) {
  absl::StatusOr<storage::ConnectionPool::Lease> lease = pool.Acquire(absl::Now() + kPatience);
  if (!lease.ok()) return lease.status();
  absl::StatusOr<std::vector<storage::Rows>> results = (*lease)->Execute(sql);
  if (!results.ok()) return results.status();
  return std::move(results->front());
}

}  // namespace

Sweeper::Sweeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer,
                 std::function<void(std::size_t)> swept)
    : options_(options),
      pool_(pool),
      committer_(committer),
      swept_(std::move(swept)),
      holds_([this] { return SweepHolds(); }),
      requests_([this] { return ForgetRequests(); }) {}

void Sweeper::Stop() {
  holds_.Stop();
  requests_.Stop();
}

absl::Duration Sweeper::SweepHolds() {
  storage::Sql sql;
  storage::AppendSelectExpiredReservations(sql, kMaxHolds);
  absl::StatusOr<storage::Rows> rows = Run(pool_, sql);
  // The database is away; who serves callers says so.
  if (!rows.ok()) return absl::Seconds(1);
  const std::vector<std::string> ids = storage::ParseTexts(*rows);
  if (ids.empty()) return options_.interval;
  Countdown countdown(ids.size());
  for (const std::string& id : ids) {
    auto job = std::make_unique<pipeline::Job>();
    job->command = std::make_unique<ExpireReservation>(id);
    job->identity.caller = "system";
    job->deadline = absl::Now() + kPatience;
    job->done = [&countdown](pipeline::Job&, const absl::Status& status) { countdown.Done(status.ok()); };
    committer_.Submit(std::move(job));
  }
  const std::size_t ended = countdown.Wait();
  swept_(ended);
  if (ended == 0) return absl::Seconds(1);
  return ids.size() == kMaxHolds ? kPauseBetweenSteps : options_.interval;
}

absl::Duration Sweeper::ForgetRequests() {
  storage::Sql sql;
  storage::AppendDeleteOldRequests(sql, options_.request_id_retention, kMaxRequests);
  storage::BeginStatement(sql).Raw("SELECT ROW_COUNT()");
  absl::StatusOr<storage::ConnectionPool::Lease> lease = pool_.Acquire(absl::Now() + kPatience);
  if (!lease.ok()) return kForgetInterval;
  absl::StatusOr<std::vector<storage::Rows>> results = (*lease)->Execute(sql);
  if (!results.ok()) return kForgetInterval;
  return results->back()[0].Int(0) >= kMaxRequests ? kPauseBetweenSteps : kForgetInterval;
}

}  // namespace inventory::background
