// A command on its way through the pipeline.
#ifndef INVENTORY_SERVER_PIPELINE_JOB_H_
#define INVENTORY_SERVER_PIPELINE_JOB_H_

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/fair_queue.h"
#include "server/pipeline/command.h"

namespace inventory::tracing {
struct Trace;
}

namespace inventory::pipeline {

class Guard;

// Who sent a command and what makes a repetition of it recognisable.
struct Identity {
  // Empty: an anonymous caller.
  std::string caller;
  // Empty: a background command, which needs no record because it is harmless to repeat.
  std::string request_id;
  // SHA-256 of method and normalised request, 32 bytes.
  std::string fingerprint;
};

// When a batch ran.
struct BatchTimes {
  absl::Time start;
  absl::Duration total;
  absl::Duration load;    // At its beginning: locking and loading.
  absl::Duration commit;  // At its end: writing and committing.
  std::size_t jobs = 0;
};

// A command on its way. Owned by one thread at a time.
struct Job : Waits {
  std::unique_ptr<Command> command;
  Identity identity;
  // A time-ordered id for what the command creates.
  std::string fresh_id;
  // By this process's clock. A job that is still waiting then is dropped with DEADLINE_EXCEEDED.
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller's side when nobody waits any more; a job that is still waiting then is dropped.
  std::shared_ptr<std::atomic<bool>> cancelled;
  // Part of much work that nobody waits for step by step: gives way to other jobs, see CommandQueue.
  bool bulk = false;
  // Null: its caller may touch everything.
  std::shared_ptr<const Guard> guard;
  // Null: its call has none.
  std::shared_ptr<const tracing::Trace> trace;
  // Called exactly once, after the commit; the command then holds the response.
  std::function<void(Job&, const absl::Status&)> done;

  // The rest belongs to the pipeline.
  absl::Time submitted;
  Needs needs;
  std::set<std::string> skus;
  bool resolved = false;
  // The command's own answer in the current attempt.
  absl::Status answer;
  bool trial = false;  // The last run answers and has changed nothing.
  bool needs_more = false;
  // True if the answer was read from the request's record: nothing is to be written.
  bool answered_before = false;
  // The job of the same batch that this one repeats: it runs, and both get its answer.
  Job* copy_of = nullptr;
  // How often it has needed more rows.
  int rounds = 0;
  // The batch that it was committed with, if its trace is sampled.
  std::shared_ptr<const BatchTimes> committed_in;

  // Takes over the answer of a job for the same request.
  void AnswerLike(const Job& other);
};

using Jobs = std::vector<std::unique_ptr<Job>>;

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_JOB_H_
