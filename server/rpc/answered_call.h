// Calls that are answered at once.
#ifndef INVENTORY_SERVER_RPC_ANSWERED_CALL_H_
#define INVENTORY_SERVER_RPC_ANSWERED_CALL_H_

#include <string>
#include <utility>

#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/rpc/open_calls.h"

namespace inventory::rpc {

// Has a place among the open calls of `caller` until the answer is taken, or cut; never refused for that. Deletes
// itself when gRPC is done with it.
class AnsweredCall final : public grpc::ServerUnaryReactor {
 public:
  // `calls` must outlive the gRPC server.
  static AnsweredCall* With(const grpc::Status& answer, OpenCalls& calls, std::string caller,
                            grpc::CallbackServerContext& context) {
    auto* call = new AnsweredCall(calls, std::move(caller), context);
    call->Finish(answer);
    return call;
  }

  void OnDone() override { delete this; }

 private:
  AnsweredCall(OpenCalls& calls, std::string caller, grpc::CallbackServerContext& context)
      : place_(calls, std::move(caller), /*bytes=*/0, context.c_call()) {
    place_.AwaitCaller();
  }
  ~AnsweredCall() override = default;

  OpenCalls::Place place_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_ANSWERED_CALL_H_
