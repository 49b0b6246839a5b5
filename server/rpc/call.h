// One call on its way through the server.
#ifndef INVENTORY_SERVER_RPC_CALL_H_
#define INVENTORY_SERVER_RPC_CALL_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/server_callback.h"
#include "server/pipeline/command.h"
#include "server/reading/reader.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"

namespace inventory::rpc {

// Whose call it is and how long it may take: `default_deadline` if it brings no deadline. Its request is still to be
// set.
Origin OriginOf(const grpc::CallbackServerContext& context, const MethodFacts& facts, absl::Duration default_deadline);

// Finishes one call exactly once, whatever happens: also after the caller has cancelled. Deletes itself when gRPC is
// done with it. Finish may come from any thread.
class Call {
 public:
  // `request` lives until the call is finished. An empty request id of a write is replaced by a new one.
  static Call* Start(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context,
                     const google::protobuf::Message& request, const std::string& request_id = "");

  // Sends the answer. Nothing of the call may be touched afterwards.
  grpc::ServerUnaryReactor* Finish(const absl::Status& status);

  // Sends QUEUE_FULL. In an overload most calls end so, and what that costs is taken from those that are served.
  grpc::ServerUnaryReactor* Refuse();

  // Hands a write to the pipeline and finishes the call with its answer.
  void Submit(std::unique_ptr<pipeline::Command> command);

  // Runs a read on a reader thread and finishes the call with its answer.
  void Read(std::function<absl::Status(reading::Reader&)> read);

  // For a call of several steps, the last of which finishes it.
  std::shared_ptr<Steps> MakeSteps();

  grpc::ServerUnaryReactor* reactor() { return &reactor_; }
  const Origin& origin() const { return origin_; }

 private:
  class Reactor final : public grpc::ServerUnaryReactor {
   public:
    explicit Reactor(Call& call) : call_(call) {}
    void OnDone() override { delete &call_; }
    void OnCancel() override { call_.origin_.cancelled->store(true, std::memory_order_relaxed); }

   private:
    // Both reactions are short and take no lock, so gRPC need not wake another thread for each of them.
    bool InternalInlineable() override { return true; }

    Call& call_;
  };

  Call(Runtime& runtime, const MethodFacts& facts, Origin origin);
  grpc::ServerUnaryReactor* FinishWith(const grpc::Status& status);

  Runtime& runtime_;
  const MethodFacts& facts_;
  const absl::Time start_;
  const Origin origin_;
  Reactor reactor_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_H_
