#include "server/rpc/await_request.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "grpc/grpc.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/method_handler.h"
#include "grpcpp/support/server_callback.h"
// For what gRPC itself needs to serve calls: where that is differs between its versions.
#include "inventory/v1/warehouse_service.grpc.pb.h"
#include "server/errors.h"
#include "server/net/addresses.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/awaited_requests.h"
#include "server/rpc/pushback.h"

namespace inventory::rpc {
namespace {

using grpc::internal::MethodHandler;

// Runs a handler for one request, as gRPC does itself. `request` may be null: the caller has ended its call without
// one.
void Run(MethodHandler& handler, const MethodHandler::HandlerParameter& call, grpc_byte_buffer* request) {
  grpc::Status status;
  void* data = nullptr;
  void* const parsed = handler.Deserialize(call.call->call(), request, &status, &data);
  handler.RunHandler({call.call, call.server_context, parsed, status, data, call.call_requester});
}

using AnyUnaryHandler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;

// Ends calls that have been cancelled, by their callers or for them: gRPC needs a handler for each.
MethodHandler& Ended() {
  static auto& handler =
      *new AnyUnaryHandler([](grpc::CallbackServerContext* context, const grpc::ByteBuffer*, grpc::ByteBuffer*) {
        grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::CANCELLED);
        return reactor;
      });
  return handler;
}

// Refuses calls of hosts of which too many wait.
std::unique_ptr<MethodHandler> Refusing(Runtime& runtime) {
  return std::make_unique<AnyUnaryHandler>(
      [&runtime](grpc::CallbackServerContext* context, const grpc::ByteBuffer*, grpc::ByteBuffer*) {
        runtime.metrics().Refused("request", "too_many_of_a_host");
        const absl::Status refusal = TooManyCalls();
        AddPushback(PushbackOf(refusal), *context);
        return AnsweredCall::With(ToGrpc(refusal), runtime.open_calls(), net::HostOf(context->peer()), *context);
      });
}

// One call whose request is on its way. Deletes itself when that has come or will not come.
class Awaited final : public grpc_completion_queue_functor {
 public:
  Awaited(AwaitedRequests& requests, MethodHandler& handler, const MethodHandler::HandlerParameter& call)
      : grpc_completion_queue_functor{.functor_run = Received, .inlineable = 1},
        handler_(handler),
        call_(call),
        place_(std::in_place, requests, core(), [&call] { return net::HostOf(call.server_context->peer()); }) {
    grpc_call_ref(core());
  }

  // `refusing` handles the call if too many of its host wait.
  void Begin(MethodHandler& refusing) {
    if (place_->admitted()) {
      Receive();
    } else {
      End(refusing);
    }
  }

 private:
  ~Awaited() { grpc_call_unref(core()); }

  grpc_call* core() const { return call_.call->call(); }

  void Receive() {
    grpc_op receive = {};
    receive.op = GRPC_OP_RECV_MESSAGE;
    receive.data.recv_message.recv_message = &request_;
    // As much a part of the way of each call as what gRPC does itself before and after it, so it needs no other thread.
    if (grpc_call_start_batch(core(), &receive, 1, this, nullptr) == GRPC_CALL_OK) return;
    std::fprintf(stderr, "gRPC does not wait for the request of a new call\n");
    std::abort();
  }

  // Not ok: the request was refused, as too large for example, and the call has ended with that.
  static void Received(grpc_completion_queue_functor* functor, int ok) {
    auto* awaited = static_cast<Awaited*>(functor);
    const bool gone = awaited->request_ == nullptr && grpc_call_failed_before_recv_message(awaited->core()) != 0;
    awaited->End(ok == 0 || gone ? Ended() : awaited->handler_);
  }

  void End(MethodHandler& handler) {
    place_.reset();
    Run(handler, call_, request_);
    delete this;
  }

  MethodHandler& handler_;
  const MethodHandler::HandlerParameter call_;
  std::optional<AwaitedRequests::Place> place_;
  grpc_byte_buffer* request_ = nullptr;
};

class AwaitingHandler final : public MethodHandler {
 public:
  AwaitingHandler(Runtime& runtime, std::unique_ptr<MethodHandler> handler)
      : requests_(runtime.awaited_requests()), handler_(std::move(handler)), refusing_(Refusing(runtime)) {}

  void RunHandler(const HandlerParameter& call) override {
    (new Awaited(requests_, *handler_, call))->Begin(*refusing_);
  }

 private:
  AwaitedRequests& requests_;
  const std::unique_ptr<MethodHandler> handler_;
  const std::unique_ptr<MethodHandler> refusing_;
};

}  // namespace

std::unique_ptr<MethodHandler> AwaitRequest(Runtime& runtime, std::unique_ptr<MethodHandler> handler) {
  return std::make_unique<AwaitingHandler>(runtime, std::move(handler));
}

}  // namespace inventory::rpc
