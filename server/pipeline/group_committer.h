// The one way every write takes.
#ifndef INVENTORY_SERVER_PIPELINE_GROUP_COMMITTER_H_
#define INVENTORY_SERVER_PIPELINE_GROUP_COMMITTER_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/pipeline/command_queue.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/job.h"
#include "server/pipeline/lane.h"
#include "server/pipeline/sku_directory.h"
#include "storage/connection.h"

namespace inventory::pipeline {

// Runs commands in groups. Callers' commands wait in a bounded queue; whenever a lane is free it takes all that can run
// together, and one transaction carries them. There is no timer: at low load a group is one command, under load the
// group grows by itself. Thread-safe.
//
// Guarantees: a job's `done` is called exactly once, after its group is durable or has given up. A command and its
// request record are committed together or not at all.
class GroupCommitter {
 public:
  struct Options {
    storage::DatabaseOptions database;
    CommandLimits limits;
    CommandQueue::Limits queue;
    int lanes = 3;  // Threads, and connections.
    std::size_t remembered_reservations = 100'000;
  };

  GroupCommitter(Options options, ConfigurationCache& configurations, Observer observer);
  // Stops if it was not stopped.
  ~GroupCommitter();

  // Runs the job's command. `done` is called on a lane's thread, or on the thread of this call or of a later one: if it
  // finds, or has to make place in, a full queue (RESOURCE_EXHAUSTED), or the committer has stopped (UNAVAILABLE). It
  // must not block.
  void Submit(std::unique_ptr<Job> job);

  // Accepts no more, runs what waits, and returns when everything is answered.
  void Stop();

  // Jobs that wait for a lane.
  std::size_t waiting() const { return queue_.waiting(); }

  // Whether so many wait that some are refused.
  bool Full() const { return queue_.Full(); }

  // Whether a job of that share that is submitted now would be refused because so many wait. For callers who can spare
  // themselves the work of making it. Never waits for a lane.
  bool FullFor(const std::string& share) const { return queue_.FullFor(share); }

 private:
  const Options options_;
  const Observer observer_;
  CommandQueue queue_;
  std::atomic<bool> stopped_ = false;
  SkuDirectory directory_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::thread> threads_;
};

// RESOURCE_EXHAUSTED, reason QUEUE_FULL.
absl::Status QueueFull();

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_GROUP_COMMITTER_H_
