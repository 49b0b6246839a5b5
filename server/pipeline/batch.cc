#include "server/pipeline/batch.h"

#include <algorithm>
#include <utility>

#include "server/errors.h"
#include "server/pipeline/consequences.h"
#include "server/pipeline/holds.h"
#include "server/pipeline/quotas.h"

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

template <typename Value>
void AddTo(std::vector<Value>& list, const std::set<Value>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

absl::Status Batch::Run() {
  do {
    rows_ = Rows();
    absl::Status status = LoadUnderLock();
    if (status.ok() && !RepairsAlone()) status = ReleaseDeadHolds();
    if (status.ok() && !RepairsAlone()) status = FillPending();
    if (status.ok() && !preparing()) status = ApplyCommands();
    if (status.ok()) status = WriteAndCommit();
    if (!status.ok()) return Abandon(status);
  } while (preparing());
  return absl::OkStatus();
}

bool Batch::AnyNeeds(bool Needs::*flag) const {
  return std::any_of(jobs_.begin(), jobs_.end(), [flag](const Job* job) { return job->needs.*flag; });
}

// To release a hold takes counters that add up, so a repair of them must do without; the next command releases it.
// Among others it releases them too, and if that fails the batch is split until the repair is alone.
bool Batch::RepairsAlone() const { return jobs_.size() == 1 && !jobs_.front()->needs.audits.empty(); }

absl::Status Batch::ReleaseDeadHolds() {
  Work work(rows_, now_, *configuration_, limits_, skus_, {.actor = "system"});
  absl::StatusOr<int64_t> released = ReleaseDead(work);
  if (!released.ok()) return released.status();
  holds_released_ += *released;
  absl::Status drawn = DrawConsequences(work, *this);
  rows_.Mark();
  return drawn;
}

// A fill that was too long for one transaction goes on before any command, and so does one that a change of the
// configuration has made possible and that nobody has come to yet.
absl::Status Batch::FillPending() {
  Work work(rows_, now_, *configuration_, limits_, skus_, {.actor = "system"});
  // Once for each version; further steps go on where a fill was cut.
  const bool all = following_ && configuration_->version > looked_at_;
  looked_at_ = configuration_->version;
  absl::StatusOr<bool> more = GoOnFilling(work, all, *this);
  if (!more.ok()) return more.status();
  more_fills_ = *more;
  absl::Status drawn = DrawConsequencesOfFill(work);
  rows_.Mark();
  return drawn;
}

absl::Status Batch::ApplyCommands() {
  for (Job* job : jobs_) {
    absl::Status status = ApplyCommand(*job);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// True if an earlier command of the batch has begun a fill of one of the job's SKUs that the next batch goes on with.
bool Batch::Overtakes(const Job& job) const {
  return !RepairsAlone() && std::any_of(job.skus.begin(), job.skus.end(), [this](const std::string& sku) {
    const storage::ItemRecord* item = rows_.items.Find(sku);
    return item != nullptr && item->fill_pending;
  });
}

// Not OK if the database failed.
absl::Status Batch::ApplyCommand(Job& job) {
  Work work(rows_, now_, *configuration_, limits_, skus_,
            {.actor = job.identity.caller, .request_id = job.identity.request_id, .fresh_id = job.fresh_id});
  work.holders = &holders_;
  work.warehouse_use = &warehouse_use_;
  work.sums = &sums_;
  work.estimate_users = &estimate_users_;
  work.outstanding = &outstanding_;
  work.past_levels = &past_levels_;
  if (Overtakes(job)) {
    job.needs_more = true;
    job.answer = absl::OkStatus();
    return absl::OkStatus();
  }
  job.answer = job.command->Apply(work);
  job.needs_more = !work.required().empty() || !work.required_holders().empty() ||
                   !work.required_outstanding().empty() || !work.required_replenishments().empty();
  AddTo(job.needs.skus, work.required());
  AddTo(job.needs.holders, work.required_holders());
  AddTo(job.needs.outstanding, work.required_outstanding());
  AddTo(job.needs.replenishments, work.required_replenishments());
  job.resolved = work.required_replenishments().empty();
  job.trial = work.trial();
  if (job.answer.ok() && !job.needs_more && !job.trial) {
    // What waits is served after the repair.
    job.answer = RepairsAlone() ? CountQuotas(work) : DrawConsequences(work, *this);
    if (storage::FaultOf(job.answer) != storage::SqlFault::kNone) return job.answer;
  }
  if (job.needs_more || job.trial || !job.answer.ok()) {
    rows_.Undo();
  } else {
    rows_.Mark();
  }
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
                                  .create_time = now_};
    if (with_answers) {
      record.code = static_cast<int32_t>(job->answer.code());
      record.reply = SaveAnswer(*job);
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace inventory::pipeline
