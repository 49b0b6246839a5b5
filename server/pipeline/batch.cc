#include "server/pipeline/batch.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"

namespace inventory::pipeline {
namespace {

std::string SaveAnswer(const Job& job) {
  return job.answer.ok() ? job.command->SaveReply() : ToProto(job.answer).SerializeAsString();
}

// Refusals are part of the first answer; trouble that may pass is not.
bool Recordable(const absl::Status& answer) {
  switch (answer.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::Status Batch::Run() {
  for (;;) {
    const absl::Time start = absl::Now();
    absl::Status status = LoadUnderLock();
    load_time_ += absl::Now() - start;
    if (status.ok() && !RepairsAlone(jobs_)) status = ReleaseDeadHolds();
    if (status.ok() && !RepairsAlone(jobs_)) status = FillPending();
    if (status.ok() && !preparing()) status = loaded_.Apply(jobs_, limits_, *this);
    if (status.ok()) status = WriteAndCommit();
    if (!status.ok()) return Abandon(status);
    if (!preparing()) return status;
    loaded_.rows = Rows();
    loaded_.events = EventNotes();
  }
}

bool Batch::AnyNeeds(bool Needs::*flag) const {
  return std::any_of(jobs_.begin(), jobs_.end(), [flag](const Job* job) { return job->needs.*flag; });
}

absl::Status Batch::ReleaseDeadHolds() {
  absl::StatusOr<int64_t> released = loaded_.ReleaseDeadHolds(limits_, *this);
  if (!released.ok()) return released.status();
  holds_released_ += *released;
  RaiseNextExpiries();
  return absl::OkStatus();
}

absl::Status Batch::FillPending() {
  // Once for each version; further steps go on where a fill was cut.
  const bool all = following_ && loaded_.configuration->version > looked_at_;
  looked_at_ = loaded_.configuration->version;
  absl::StatusOr<bool> more = loaded_.FillPending(limits_, all, *this);
  if (!more.ok()) return more.status();
  more_fills_ = *more;
  return absl::OkStatus();
}

bool Batch::Recorded(const Job& job) { return !job.needs_more && !job.trial && Recordable(job.answer); }

std::vector<storage::RequestRecord> Batch::Records(bool with_answers) const {
  std::vector<storage::RequestRecord> records;
  for (const Job* job : jobs_) {
    if (job->identity.request_id.empty()) continue;
    if (with_answers && !Recorded(*job)) continue;
    storage::RequestRecord record{.caller = job->identity.caller,
                                  .request_id = job->identity.request_id,
                                  .fingerprint = job->identity.fingerprint,
                                  .create_time = loaded_.now};
    if (with_answers) {
      record.code = static_cast<int32_t>(job->answer.code());
      record.reply = SaveAnswer(*job);
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace inventory::pipeline
