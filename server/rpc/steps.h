// A call that takes several steps.
#ifndef INVENTORY_SERVER_RPC_STEPS_H_
#define INVENTORY_SERVER_RPC_STEPS_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/auth/permit.h"
#include "server/pipeline/command.h"
#include "server/pipeline/group_committer.h"
#include "server/reading/reader.h"
#include "server/tracing/tracer.h"

namespace inventory::rpc {

// Whose call it is and how long it may take.
struct Origin {
  // Name of the caller's identity; empty if it has shown none.
  std::string caller = {};
  // Whose share of the server the call takes: the identity or, of a caller without one, its host. All who come through
  // one proxy without identities are one.
  std::string share = {};
  auth::Permit permit = {};
  // Empty if the caller gave none: each command then gets a new one.
  std::string request_id = {};
  // The RPC's full name and its request, which lives until the call is finished: what makes a repetition recognisable.
  std::string method = {};
  const google::protobuf::Message* request = nullptr;
  absl::Time deadline = absl::InfiniteFuture();
  // Null: the call has none.
  std::shared_ptr<const tracing::Trace> trace = nullptr;
  // Set when nobody waits any more.
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
};

// The job that carries `command` out for the call, all but its `done`. `step` sets the commands of one call apart: it
// becomes part of the request id and is empty for a call of one command.
std::unique_ptr<pipeline::Job> MakeJob(const Origin& origin, const std::string& step,
                                       std::unique_ptr<pipeline::Command> command);

// Hands that job to the pipeline. `done` is called exactly once, on any thread, and must not block.
void Submit(pipeline::GroupCommitter& committer, const Origin& origin, const std::string& step,
            std::unique_ptr<pipeline::Command> command,
            std::function<void(pipeline::Command&, const absl::Status&)> done);

// Runs `read` on a reader thread, see ReadExecutor, and hands its outcome to `done`, which is called exactly once.
void Read(reading::ReadExecutor& reads, const Origin& origin, std::function<absl::Status(reading::Reader&)> read,
          std::function<void(const absl::Status&)> done, reading::Freshness freshness = reading::Freshness::kCurrent);

// A call that takes several steps, each a read or a command that commits by itself. A command is exactly once under the
// call's request id and the step's name, so a call that broke off is finished by repeating it; the first command has no
// name, so that the request id itself is taken. A step's continuation starts the next one. Thread-safe, but Finish is
// called exactly once.
class Steps {
 public:
  virtual ~Steps() = default;

  // Reads, then goes on; a read that fails finishes the call.
  virtual void Read(std::function<absl::Status(reading::Reader&)> read, std::function<void()> then) = 0;

  // Runs a command, then goes on with its answer.
  virtual void Run(std::unique_ptr<pipeline::Command> command, const std::string& step,
                   std::function<void(pipeline::Command&, const absl::Status&)> then) = 0;

  // The call's answer.
  virtual void Finish(const absl::Status& status) = 0;
};

// Steps that the pipeline and the readers carry out. Nothing here blocks. Made by std::make_shared: the steps keep it
// alive.
class PipelineSteps final : public Steps, public std::enable_shared_from_this<PipelineSteps> {
 public:
  PipelineSteps(pipeline::GroupCommitter& committer, reading::ReadExecutor& reads, Origin origin,
                std::function<void(const absl::Status&)> finish)
      : committer_(committer), reads_(reads), origin_(std::move(origin)), finish_(std::move(finish)) {}

  void Read(std::function<absl::Status(reading::Reader&)> read, std::function<void()> then) override;
  void Run(std::unique_ptr<pipeline::Command> command, const std::string& step,
           std::function<void(pipeline::Command&, const absl::Status&)> then) override;
  void Finish(const absl::Status& status) override { finish_(status); }

 private:
  pipeline::GroupCommitter& committer_;
  reading::ReadExecutor& reads_;
  const Origin origin_;
  const std::function<void(const absl::Status&)> finish_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STEPS_H_
