// One transaction that carries many commands.
#ifndef INVENTORY_SERVER_PIPELINE_BATCH_H_
#define INVENTORY_SERVER_PIPELINE_BATCH_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/job.h"
#include "server/pipeline/loaded_batch.h"
#include "server/pipeline/packet.h"
#include "storage/connection.h"

namespace inventory::pipeline {

// Runs commands in one transaction: locks their SKUs, loads rows, releases dead holds, applies the commands one after
// another in memory, writes what changed with one statement per table, and commits. Two round trips, and more only
// where backorders, quotas, low-stock rules, dead holds or details that were not expected are met, the configuration
// has changed or a command asks for what only locked rows lead to. Not thread-safe; lives for one attempt.
//
// How an attempt ended:
//   OK                          committed; every job has its answer (or needs_more, and changed nothing)
//   FaultOf(status)             nothing was committed, except that after kConnectionLost with commit_unknown() the
//                               outcome is unknown and only a run with Mode::kRecordsFirst finds it out
//   STOCK_MISMATCH              nothing was committed, nor can be as long as a command that touches this SKU is part
class Batch : private BackorderSource {
 public:
  enum class Mode {
    // Request records are written together with everything else.
    kRecordsLast,
    // Request records are inserted first: if an earlier attempt of the same jobs is still being committed, the insert
    // waits for it, and then fails as a duplicate or succeeds for good.
    kRecordsFirst,
  };

  // Everything must outlive Run. What the commands have to tell is appended to `event_log`. Items' details are read
  // with their locks, or with ItemDetails::kWhether only where there are some, in a round trip more: cheaper where
  // there are none.
  Batch(storage::Connection& connection, ConfigurationCache& configurations, const CommandLimits& limits,
        std::vector<Job*> jobs, Mode mode, int16_t event_log, storage::ItemDetails details)
      : connection_(connection),
        configurations_(configurations),
        limits_(limits),
        jobs_(std::move(jobs)),
        mode_(mode),
        event_log_(event_log),
        details_(details) {}

  absl::Status Run();

  // True if the transaction was sent to commit and its end was not seen.
  bool commit_unknown() const { return commit_unknown_; }
  // True if the failure is a request record that exists already: answer those jobs from their records, run the rest
  // again.
  bool duplicate_request() const { return duplicate_request_; }
  // True if the failure is that somebody else appended to the event log meanwhile: take another one.
  bool event_log_taken() const { return event_log_taken_; }
  // True if the failure is that somebody else has made an item meanwhile that was missing: the next run finds it.
  bool item_made() const { return item_made_; }
  // Time that locking and loading took, and the last packet, which writes and commits.
  absl::Duration load_time() const { return load_time_; }
  absl::Duration commit_time() const { return commit_time_; }
  // What the batch has read and written.
  const Rows& rows() const { return loaded_.rows; }
  // Whether one of the items has details.
  bool has_details() const { return has_details_; }
  // Holds released because their time had run out.
  int64_t holds_released() const { return holds_released_; }
  // What all of its steps have done.
  const Tally& tally() const { return loaded_.tally; }

 private:
  // Dead holds released in one step; more are released in further steps before any command runs.
  static constexpr int kMaxDeadHolds = 1000;

  absl::Status LoadUnderLock();
  // Adds the selection of the records whose first key column is one of the ids that the jobs need.
  template <typename Record>
  void Select(Packet& packet, std::vector<std::string> Needs::*ids, Table<Record>& table) const;
  bool MayMakeItem(const std::string& sku) const;
  absl::Status LoadDetails(const std::vector<std::string>& skus);
  absl::Status LoadDeadHolds();
  void RaiseNextExpiries();
  void LowerNextExpiries();
  absl::Status LoadCompanions();
  void LoadQuotas(Packet& packet, const std::vector<std::string>& skus);
  void SelectAsked(Packet& packet);
  void LockEstimates(Packet& packet) const;
  absl::Status LoadPastLevels();
  absl::Status LoadPastLevels(const std::vector<LevelMoment>& moments, int64_t most);
  absl::Status LoadHolders();
  absl::Status RefreshConfiguration(int64_t version);
  absl::Status ReleaseDeadHolds();
  absl::Status FillPending();
  absl::StatusOr<Loaded> LoadWaiting(const std::string& sku, int64_t after_place,
                                     const std::vector<std::string>& channel_ids, int64_t limit) override;
  // True if another step must come before any command.
  bool preparing() const { return more_dead_holds_ || more_fills_; }
  absl::Status WriteAndCommit();
  absl::Status NumberTaken(absl::Status duplicate);
  absl::Status Abandon(absl::Status status);
  std::vector<storage::RequestRecord> Records(bool with_answers) const;
  // Whether the job's answer is kept as the first answer to its request id.
  static bool Recorded(const Job& job);
  bool AnyNeeds(bool Needs::*flag) const;

  storage::Connection& connection_;
  ConfigurationCache& configurations_;
  const CommandLimits& limits_;
  const std::vector<Job*> jobs_;
  const Mode mode_;
  const int16_t event_log_;
  const storage::ItemDetails details_;

  LoadedBatch loaded_;
  std::vector<storage::AllocationRecord::Key> dead_holds_;
  // When the next hold of these SKUs runs out, those that are dead apart; unset for those that have no other.
  std::map<std::string, std::optional<absl::Time>> next_expiries_;
  bool has_details_ = false;
  bool more_dead_holds_ = false;
  bool more_fills_ = false;
  bool following_ = false;  // A change of the configuration has consequences that are not all drawn.
  int64_t looked_at_ = -1;  // Version of the configuration under which a step has looked at all that waits.
  bool commit_unknown_ = false;
  bool duplicate_request_ = false;
  bool event_log_taken_ = false;
  bool item_made_ = false;
  storage::EventLogEnd event_log_end_;
  absl::Duration load_time_;
  absl::Duration commit_time_;
  int64_t holds_released_ = 0;
};

// ALREADY_EXISTS, reason REQUEST_ID_REUSED.
absl::Status RequestIdReused();

// Answers those of `jobs` whose request is on record: sets Job::answer, the response and answered_before.
absl::Status AnswerFromRecords(storage::Connection& connection, const std::vector<Job*>& jobs);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_BATCH_H_
