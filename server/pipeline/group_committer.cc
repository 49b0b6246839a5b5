#include "server/pipeline/group_committer.h"

#include <algorithm>
#include <utility>

#include "server/errors.h"

namespace inventory::pipeline {
namespace {

// One lane at least is always there for others than bulk jobs, unless there is but one.
CommandQueue::Limits QueueLimits(const GroupCommitter::Options& options) {
  CommandQueue::Limits limits = options.queue;
  limits.max_bulk_batches = static_cast<std::size_t>(std::max(1, options.lanes - 1));
  return limits;
}

absl::Status Stopping() {
  return Unavailable("STOPPING", "the server is stopping; call again with the same request_id");
}

}  // namespace

GroupCommitter::GroupCommitter(Options options, ConfigurationCache& configurations, Observer observer)
    : options_(std::move(options)),
      observer_(std::move(observer)),
      queue_(QueueLimits(options_)),
      directory_(options_.remembered_reservations) {
  for (int i = 0; i < options_.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(LaneShared{.database = options_.database,
                                                       .limits = options_.limits,
                                                       .queue = queue_,
                                                       .configurations = configurations,
                                                       .directory = directory_,
                                                       .observer = observer_}));
    threads_.emplace_back([lane = lanes_.back().get()] { lane->Run(); });
  }
}

GroupCommitter::~GroupCommitter() { Stop(); }

void GroupCommitter::Submit(std::unique_ptr<Job> job) {
  job->submitted = absl::Now();
  job->needs = job->command->needs();
  directory_.Resolve(*job);
  const std::unique_ptr<Job> refused = queue_.Push(std::move(job));
  if (refused != nullptr) refused->done(*refused, stopped_ ? Stopping() : QueueFull());
}

void GroupCommitter::Stop() {
  stopped_ = true;
  queue_.Close();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

absl::Status QueueFull() {
  return WithRetryDelay(Refusal(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                                "too many writes are waiting; call again later with the same request_id"),
                        absl::Milliseconds(100));
}

}  // namespace inventory::pipeline
