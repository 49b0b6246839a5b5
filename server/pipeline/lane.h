// One thread and one connection that carry batches to the database.
#ifndef INVENTORY_SERVER_PIPELINE_LANE_H_
#define INVENTORY_SERVER_PIPELINE_LANE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/random/random.h"
#include "absl/time/time.h"
#include "server/pipeline/batch.h"
#include "server/pipeline/command_queue.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/sku_directory.h"
#include "storage/connection.h"

namespace inventory::pipeline {

// A batch that was committed.
struct BatchReport {
  const std::vector<Job*>& jobs;  // None of them answered yet.
  absl::Time start;
  absl::Duration total;   // From then on.
  absl::Duration load;    // Of it: locking and loading.
  absl::Duration commit;  // Of it, at its end: writing and committing.
  int64_t holds_released;
  const Tally& tally;
};

// What lanes tell metrics and others. Called from lane threads; what is handed over is there for the call.
struct Observer {
  std::function<void(const BatchReport& report)> batch;
  // A batch runs again: deadlock, lock_timeout, connection_lost, duplicate, event_log, item or split.
  std::function<void(std::string_view reason)> retry;
  // A job was dropped unexecuted: deadline or cancelled.
  std::function<void(std::string_view reason)> dropped;
  // A command ended with its job's answer.
  std::function<void(const Job& job)> command;
  // A lane was not waiting for work for so long.
  std::function<void(absl::Duration time)> busy;
};

// What all lanes of a committer share. Thread-safe where it is not constant.
struct LaneShared {
  storage::DatabaseOptions database;
  CommandLimits limits;
  CommandQueue& queue;
  ConfigurationCache& configurations;
  SkuDirectory& directory;
  const Observer& observer;
};

// Takes jobs from the queue, runs them in batches and answers them, until the queue is closed and empty. A failed batch
// is retried, then split until the guilty command stands alone. Runs on one thread.
class Lane {
 public:
  explicit Lane(LaneShared shared) : shared_(std::move(shared)) {}

  void Run();

 private:
  void Resolve(Jobs jobs);
  void Process(Jobs jobs);
  // Answers the jobs that need no run (late, cancelled, copies) and returns those that do.
  std::vector<Job*> Sort(const Jobs& jobs);
  // Gives every job its answer (or needs_more).
  void Execute(std::vector<Job*> jobs, Batch::Mode mode);
  // Runs `jobs` until done or given up; those without an answer are left in `jobs` with the status that stopped them.
  absl::Status Attempt(std::vector<Job*>& jobs, Batch::Mode& mode);
  absl::Status Connect();
  int16_t AnyEventLog();
  void Retrying(std::string_view reason, int attempt);

  const LaneShared shared_;
  std::unique_ptr<storage::Connection> connection_;
  // What the jobs under way have committed. Looked at only when their SKUs are free for other lanes again, and freed
  // when their callers have their answers: on a hot SKU whatever comes before is time in which nobody writes.
  std::vector<std::unique_ptr<const Batch>> committed_;
  // By a clock that doesn't jump: a jump back would keep the database away for as long.
  std::chrono::steady_clock::time_point no_connect_before_ = {};
  // When what is left of the jobs under way has waited for long enough for a row that somebody else keeps.
  std::chrono::steady_clock::time_point give_up_ = {};
  // For so many more batches items are read with their details.
  int with_details_ = 0;
  absl::BitGen random_;
  // Only to be fast it is one that no other lane, of any server, appends to: whoever meets another there takes any
  // other.
  int16_t event_log_ = AnyEventLog();
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_LANE_H_
