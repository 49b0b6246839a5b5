#include "server/rpc/malformed.h"

#include <utility>

#include "server/errors.h"

namespace inventory::rpc {
namespace {

// A handler is called to the end of its synchronous part within RunHandler, so a flag of the thread reaches it.
thread_local bool malformed = false;

class AcceptingHandler final : public grpc::internal::MethodHandler {
 public:
  explicit AcceptingHandler(std::unique_ptr<grpc::internal::MethodHandler> handler) : handler_(std::move(handler)) {}

  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status, void** handler_data) override {
    return handler_->Deserialize(call, request, status, handler_data);
  }

  void RunHandler(const HandlerParameter& parameter) override {
    malformed = !parameter.status.ok();
    handler_->RunHandler(HandlerParameter(parameter.call, parameter.server_context, parameter.request, grpc::Status::OK,
                                          parameter.internal_data, parameter.call_requester));
    malformed = false;
  }

 private:
  const std::unique_ptr<grpc::internal::MethodHandler> handler_;
};

}  // namespace

std::unique_ptr<grpc::internal::MethodHandler> AcceptMalformed(std::unique_ptr<grpc::internal::MethodHandler> handler) {
  return std::make_unique<AcceptingHandler>(std::move(handler));
}

bool RequestIsMalformed() { return malformed; }

absl::Status MalformedRequest() {
  return Refusal(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                 "the request is not a well-formed message of its type; all text in it must be UTF-8");
}

}  // namespace inventory::rpc
