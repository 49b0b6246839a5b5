#include "server/pipeline/lane.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/logging.h"
#include "server/tracing/tracer.h"

namespace inventory::pipeline {
namespace {

using storage::ItemDetails;
using storage::SqlFault;

// Tries of a batch before it is split, and of a lone command before its caller is told to come back.
constexpr int kMaxAttempts = 6;
// Times a batch may find that somebody else was quicker, in the event log that it takes or with an item that was
// missing. That says nothing of its commands, and the next run has passed it.
constexpr int kMaxMeetings = 100;
// Times a command may find that it needs more rows.
constexpr int kMaxRounds = 20;
// How long the jobs of a batch wait for a row that somebody else keeps before those that need it are told so: as long
// as callers do who say nothing else.
constexpr std::chrono::seconds kPatience(10);
// How many batches after one whose items have details a lane takes it that there are some again. Not to have asked for
// them costs as much as to have asked in some eight.
constexpr int kBatchesWithDetails = 16;
// After a failed connect the lane refuses work at once for this long instead of making each caller wait for a time-out.
constexpr absl::Duration kConnectPause = absl::Milliseconds(200);

absl::Status DatabaseAway() {
  return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again with the same request_id");
}

std::string_view RetryReason(SqlFault fault) {
  switch (fault) {
    case SqlFault::kDeadlock:
      return "deadlock";
    case SqlFault::kLockTimeout:
      return "lock_timeout";
    case SqlFault::kConnectionLost:
      return "connection_lost";
    default:
      return "duplicate";
  }
}

// INTERNAL is for somebody to look into: the service or what is stored is wrong.
void LogFailure(const Job& job, const absl::Status& status) {
  server::LogFields fields = {{"command", std::string(job.command->name())}, {"error", std::string(status.message())}};
  if (std::string detail = storage::DetailOf(status); !detail.empty()) fields.emplace_back("detail", std::move(detail));
  tracing::AppendTo(fields, job.trace.get());
  server::Log(server::LogLevel::kError, "command failed", fields);
}

// What the caller of a lone command hears that could not be run.
absl::Status GivenUp(const absl::Status& status, const Job& job) {
  switch (storage::FaultOf(status)) {
    case SqlFault::kDeadlock:
    case SqlFault::kLockTimeout:
    case SqlFault::kDuplicateKey:
      return Unavailable("CONTENTION",
                         "other writes to the same rows kept getting in the way; call again with the same request_id");
    case SqlFault::kConnectionLost:
      return DatabaseAway();
    case SqlFault::kReadOnly:
      return Unavailable("DATABASE_UNAVAILABLE",
                         "the database takes no writes now; call again with the same request_id");
    default:
      if (absl::IsUnavailable(status)) return DatabaseAway();
      LogFailure(job, status);
      if (!ReasonOf(status).empty()) return status;
      return absl::InternalError("the command could not be carried out; this is a fault of the service");
  }
}

}  // namespace

void Lane::Run() {
  for (;;) {
    Jobs jobs = shared_.queue.Take();
    if (jobs.empty()) return;
    const absl::Time start = absl::Now();
    if (jobs.front()->resolved) {
      Process(std::move(jobs));
    } else {
      Resolve(std::move(jobs));
    }
    shared_.observer.busy(absl::Now() - start);
  }
}

void Lane::Resolve(Jobs jobs) {
  std::vector<Job*> pointers;
  for (const auto& job : jobs) pointers.push_back(job.get());
  absl::Status status;
  // A look changes nothing, so a connection that has died since its last use is replaced and asked again.
  for (int attempt = 1; attempt <= 2; ++attempt) {
    status = Connect();
    if (status.ok()) status = shared_.directory.Resolve(pointers, *connection_);
    if (connection_ == nullptr || !connection_->broken()) break;
    connection_.reset();
  }
  if (!status.ok()) {
    shared_.queue.Finished();
    for (auto& job : jobs) {
      job->answer = GivenUp(status, *job);
      shared_.observer.command(*job);
      job->done(*job, job->answer);
    }
    return;
  }
  shared_.queue.PutBack(std::move(jobs));
  shared_.queue.Finished();
}

std::vector<Job*> Lane::Sort(const Jobs& jobs) {
  std::map<std::pair<std::string, std::string>, Job*> first;
  std::vector<Job*> run;
  const absl::Time now = absl::Now();
  for (const std::unique_ptr<Job>& job : jobs) {
    job->needs_more = false;
    job->answered_before = false;
    job->copy_of = nullptr;
    job->committed_in = nullptr;
    if (job->deadline <= now) {
      shared_.observer.dropped("deadline");
      job->answer = absl::DeadlineExceededError("the deadline passed before the command was started; nothing changed");
      continue;
    }
    if (job->cancelled != nullptr && job->cancelled->load(std::memory_order_relaxed)) {
      shared_.observer.dropped("cancelled");
      job->answer = absl::CancelledError("cancelled before the command was started; nothing changed");
      continue;
    }
    if (!job->identity.request_id.empty()) {
      auto [it, is_first] = first.try_emplace({job->identity.caller, job->identity.request_id}, job.get());
      if (!is_first) {
        // Another payload under the same id waits for the next batch: which of them is the first to be recorded is not
        // known before this one, or another server's, has committed.
        const bool same = it->second->identity.fingerprint == job->identity.fingerprint;
        job->copy_of = same ? it->second : nullptr;
        job->needs_more = !same;
        job->answer = absl::OkStatus();
        continue;
      }
    }
    run.push_back(job.get());
  }
  return run;
}

void Lane::Process(Jobs jobs) {
  std::vector<Job*> run = Sort(jobs);
  give_up_ = std::chrono::steady_clock::now() + kPatience;
  if (!run.empty()) Execute(std::move(run), Batch::Mode::kRecordsLast);
  shared_.queue.Release(jobs);
  for (const auto& batch : committed_) shared_.directory.Learn(batch->rows());
  for (const std::unique_ptr<Job>& job : jobs) {
    if (job->copy_of != nullptr) job->AnswerLike(*job->copy_of);
  }
  Jobs again;
  for (std::unique_ptr<Job>& job : jobs) {
    if (job->needs_more && ++job->rounds < kMaxRounds) {
      job->skus.insert(job->needs.skus.begin(), job->needs.skus.end());
      again.push_back(std::move(job));
      continue;
    }
    if (job->needs_more) job->answer = Unavailable("CONTENTION", "the rows this call needs kept changing; call again");
    shared_.observer.command(*job);
    job->done(*job, job->answer);
  }
  if (!again.empty()) shared_.queue.PutBack(std::move(again));
  committed_.clear();
  shared_.queue.Finished();
}

void Lane::Execute(std::vector<Job*> jobs, Batch::Mode mode) {
  const absl::Status status = Attempt(jobs, mode);
  if (jobs.empty()) return;
  const SqlFault fault = storage::FaultOf(status);
  if (fault == SqlFault::kReadOnly) {
    server::Log(server::LogLevel::kError, "the database takes no writes",
                {{"error", std::string(status.message())}, {"detail", storage::DetailOf(status)}});
  }
  const bool away = fault == SqlFault::kConnectionLost || fault == SqlFault::kReadOnly ||
                    (fault == SqlFault::kNone && absl::IsUnavailable(status));
  const bool waited = fault == SqlFault::kLockTimeout && std::chrono::steady_clock::now() > give_up_;
  if (jobs.size() == 1 || away || waited) {
    for (Job* job : jobs) job->answer = GivenUp(status, *job);
    return;
  }
  shared_.observer.retry("split");
  const auto middle = jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() / 2);
  Execute(std::vector<Job*>(jobs.begin(), middle), mode);
  Execute(std::vector<Job*>(middle, jobs.end()), mode);
}

absl::Status Lane::Attempt(std::vector<Job*>& jobs, Batch::Mode& mode) {
  absl::Status status;
  int meetings = 0;
  for (int attempt = 1; attempt <= kMaxAttempts && !jobs.empty(); ++attempt) {
    status = Connect();
    if (!status.ok()) {
      // Only an outcome that is unknown is worth waiting for.
      if (mode != Batch::Mode::kRecordsFirst) return status;
      Retrying("connection_lost", attempt);
      no_connect_before_ = {};
      continue;
    }
    const absl::Time start = absl::Now();
    auto batch = std::make_unique<Batch>(*connection_, shared_.configurations, shared_.limits, jobs, mode, event_log_,
                                         with_details_ > 0 ? ItemDetails::kRead : ItemDetails::kWhether);
    status = batch->Run();
    if (status.ok()) {
      with_details_ = batch->has_details() ? kBatchesWithDetails : std::max(0, with_details_ - 1);
      shared_.observer.batch({.jobs = jobs,
                              .start = start,
                              .total = absl::Now() - start,
                              .load = batch->load_time(),
                              .commit = batch->commit_time(),
                              .holds_released = batch->holds_released(),
                              .tally = batch->tally()});
      for (const Job* job : jobs) {
        if (absl::IsInternal(job->answer)) LogFailure(*job, job->answer);
      }
      committed_.push_back(std::move(batch));
      jobs.clear();
      return status;
    }
    // Where the database is a cluster, somebody else in the log may show as a conflict at COMMIT.
    if (batch->event_log_taken() || storage::FaultOf(status) == SqlFault::kDeadlock) event_log_ = AnyEventLog();
    if ((batch->event_log_taken() || batch->item_made()) && ++meetings <= kMaxMeetings) {
      shared_.observer.retry(batch->item_made() ? "item" : "event_log");
      --attempt;
      continue;
    }
    if (batch->commit_unknown()) mode = Batch::Mode::kRecordsFirst;
    const SqlFault fault = storage::FaultOf(status);
    if (connection_->broken() || fault == SqlFault::kReadOnly) connection_.reset();
    if (batch->duplicate_request() && connection_ != nullptr) {
      absl::Status answered = AnswerFromRecords(*connection_, jobs);
      if (answered.ok()) std::erase_if(jobs, [](const Job* job) { return job->answered_before; });
    } else if (fault == SqlFault::kOther || fault == SqlFault::kReadOnly || fault == SqlFault::kNone) {
      return status;
    } else if (fault == SqlFault::kLockTimeout && (jobs.size() > 1 || std::chrono::steady_clock::now() > give_up_)) {
      // Others need not wait with the one whose row somebody else keeps.
      shared_.observer.retry(RetryReason(fault));
      return status;
    }
    Retrying(RetryReason(fault), attempt);
  }
  return status;
}

absl::Status Lane::Connect() {
  if (connection_ != nullptr && !connection_->broken()) return absl::OkStatus();
  if (std::chrono::steady_clock::now() < no_connect_before_) return DatabaseAway();
  absl::StatusOr<std::unique_ptr<storage::Connection>> opened = storage::Connection::Open(shared_.database);
  if (!opened.ok()) {
    connection_.reset();
    no_connect_before_ = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(kConnectPause);
    return DatabaseAway();
  }
  connection_ = *std::move(opened);
  return absl::OkStatus();
}

int16_t Lane::AnyEventLog() { return absl::Uniform<int16_t>(random_, 0, storage::kEventLogs); }

void Lane::Retrying(std::string_view reason, int attempt) {
  shared_.observer.retry(reason);
  if (reason == "duplicate") return;
  const absl::Duration most = absl::Milliseconds(5) * (1 << std::min(attempt, 6));
  absl::SleepFor(absl::Uniform(random_, 0.2, 1.0) * most);
}

}  // namespace inventory::pipeline
