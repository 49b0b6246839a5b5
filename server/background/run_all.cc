#include "server/background/run_all.h"

#include <future>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/rpc/ids.h"
#include "storage/mutex.h"

namespace inventory::background {
namespace {

// Counts jobs down and wakes who waits for all of them.
class Countdown {
 public:
  Countdown(std::size_t count, const std::function<void(const pipeline::Command&)>& succeeded)
      : succeeded_(succeeded), left_(count) {}
  void Done(const pipeline::Command& command, const absl::Status& status) {
    storage::MutexLock lock(mutex_);
    if (status.ok() && succeeded_ != nullptr) succeeded_(command);
    const bool could_not =
        absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status);
    ran_.succeeded += status.ok() ? 1 : 0;
    ran_.could_not += could_not ? 1 : 0;
    if (--left_ == 0) changed_.NotifyAll();
  }
  Ran Wait() {
    storage::MutexLock lock(mutex_);
    while (left_ > 0) changed_.Wait(mutex_);
    return ran_;
  }

 private:
  const std::function<void(const pipeline::Command&)>& succeeded_;
  storage::Mutex mutex_;
  storage::CondVar changed_;
  std::size_t left_ GUARDED_BY(mutex_);
  Ran ran_ GUARDED_BY(mutex_);
};

// Each kind of work has a share of its own, as if it were a caller.
std::string ShareOf(const pipeline::Command& command) { return absl::StrCat("server:", std::string(command.name())); }

}  // namespace

Ran RunAll(pipeline::GroupCommitter& committer, std::vector<std::unique_ptr<pipeline::Command>> commands,
           const std::function<void(const pipeline::Command&)>& succeeded) {
  Countdown countdown(commands.size(), succeeded);
  for (std::unique_ptr<pipeline::Command>& command : commands) {
    auto job = std::make_unique<pipeline::Job>();
    job->share = ShareOf(*command);
    job->command = std::move(command);
    job->identity.caller = "system";
    job->deadline = absl::Now() + kPatience;
    job->done = [&countdown](pipeline::Job& ended, const absl::Status& status) {
      countdown.Done(*ended.command, status);
    };
    committer.Submit(std::move(job));
  }
  return countdown.Wait();
}

absl::Status RunOne(pipeline::GroupCommitter& committer, std::unique_ptr<pipeline::Command> command,
                    pipeline::Identity identity, absl::Time deadline) {
  // Shared, because the caller may go on before set_value has returned.
  auto answer = std::make_shared<std::promise<absl::Status>>();
  auto job = std::make_unique<pipeline::Job>();
  job->share = ShareOf(*command);
  job->command = std::move(command);
  job->identity = std::move(identity);
  job->fresh_id = rpc::NewId();
  job->deadline = deadline;
  job->done = [answer](pipeline::Job&, const absl::Status& status) { answer->set_value(status); };
  std::future<absl::Status> answered = answer->get_future();
  committer.Submit(std::move(job));
  return answered.get();
}

absl::StatusOr<std::vector<storage::Rows>> Ask(storage::ConnectionPool& pool, const storage::Sql& sql) {
  absl::StatusOr<storage::ConnectionPool::Lease> lease = pool.Acquire(absl::Now() + kPatience);
  if (!lease.ok()) return lease.status();
  return (*lease)->Execute(sql);
}

}  // namespace inventory::background
