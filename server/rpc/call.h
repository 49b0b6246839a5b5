// One call on its way through the server.
#ifndef INVENTORY_SERVER_RPC_CALL_H_
#define INVENTORY_SERVER_RPC_CALL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/server_callback.h"
#include "server/pipeline/command.h"
#include "server/queries/reader.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Finishes one call exactly once, whatever happens: also after the caller has cancelled. Deletes itself when gRPC is done
// with it. Finish may come from any thread.
class Call {
 public:
  static Call* Start(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context);

  // Sends the answer. Nothing of the call may be touched afterwards.
  grpc::ServerUnaryReactor* Finish(const absl::Status& status);

  // Hands a write to the pipeline and finishes the call with its answer. An empty request id is replaced by a new one.
  void Submit(std::unique_ptr<pipeline::Command> command, const google::protobuf::Message& request,
              const std::string& request_id);

  // Runs a read on a reader thread and finishes the call with its answer.
  void Read(std::function<absl::Status(queries::Reader&)> read);

  grpc::ServerUnaryReactor* reactor() { return &reactor_; }
  absl::Time deadline() const { return deadline_; }
  Runtime& runtime() { return runtime_; }

 private:
  class Reactor final : public grpc::ServerUnaryReactor {
   public:
    explicit Reactor(Call& call) : call_(call) {}
    void OnDone() override { delete &call_; }
    void OnCancel() override { call_.cancelled_->store(true, std::memory_order_relaxed); }

   private:
    Call& call_;
  };

  Call(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context);

  Runtime& runtime_;
  const MethodFacts& facts_;
  const absl::Time start_;
  const absl::Time deadline_;
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  Reactor reactor_;
};

// RESOURCE_EXHAUSTED: too many reads wait already.
absl::Status ReadsFull();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_H_
