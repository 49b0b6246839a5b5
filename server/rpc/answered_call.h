// Calls that are answered at once.
#ifndef INVENTORY_SERVER_RPC_ANSWERED_CALL_H_
#define INVENTORY_SERVER_RPC_ANSWERED_CALL_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "server/errors.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/pushback.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

// Has a place among the open calls of `caller` until the answer is taken, or cut; never refused for that. Deletes
// itself when gRPC is done with it.
class AnsweredCall final : public Reactor {
 public:
  // `calls` must outlive the gRPC server.
  // Tells when to come back, if `refusal` does.
  static void Refuse(const absl::Status& refusal, OpenCalls& calls, std::string caller, Wire& wire) {
    AddPushback(PushbackOf(refusal), wire.context());
    (new AnsweredCall(calls, std::move(caller), wire))->Finish(ToGrpc(refusal));
  }
  // The answer goes out if the status is OK.
  static void With(const grpc::Status& status, const grpc::ByteBuffer& answer, OpenCalls& calls, std::string caller,
                   Wire& wire) {
    auto* call = new AnsweredCall(calls, std::move(caller), wire);
    if (!status.ok()) return call->Finish(status);
    call->WriteAndFinish(answer);
  }

  void OnDone() override { delete this; }

 private:
  AnsweredCall(OpenCalls& calls, std::string caller, Wire& wire)
      : Reactor(wire), place_(calls, std::move(caller), /*bytes=*/0, context().c_call()) {
    place_.AwaitCaller();
  }
  ~AnsweredCall() override = default;

  OpenCalls::Place place_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_ANSWERED_CALL_H_
