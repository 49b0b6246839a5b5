#include "server/rpc/unary.h"

#include <memory>
#include <utility>

#include "server/errors.h"
#include "server/rpc/bounds.h"
#include "server/rpc/page_bytes.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Message;

constexpr std::size_t kMaxRequestIdBytes = 128;
// The steps of a call append their names.
constexpr std::size_t kMaxRequestIdBytesOfSteps = 96;

}  // namespace

UnaryRpc::UnaryRpc(Runtime& runtime, const Method& method)
    : runtime_(runtime),
      method_(method),
      facts_(runtime, method),
      asks_for_page_(AsksForPage(*method.request())),
      ask_(method.make_ask ? method.make_ask(runtime) : nullptr) {}

void UnaryRpc::Serve(Wire& wire, grpc::ByteBuffer& sent) {
  auto* call = new Call(runtime_, facts_, wire, sent);
  if (!call->permitted().ok()) return call->TurnAway(call->permitted());
  if (!call->admitted()) return call->RefuseCaller();
  if (call->full()) return call->Refuse();
  if (!call->received().ok()) return call->TurnAway(call->received());
  if (const absl::Status checked = Check(*call); !checked.ok()) return call->TurnAway(checked);
  CarryOut(*call);
}

absl::Status UnaryRpc::Check(Call& call) const {
  Violations violations;
  method_.validate(*call.request(), runtime_.bounds(), violations);
  const std::size_t most = method_.start ? kMaxRequestIdBytesOfSteps : kMaxRequestIdBytes;
  CheckRequestId(call.origin().request_id, violations, most);
  return violations.ToStatus();
}

void UnaryRpc::CarryOut(Call& call) {
  const Message& request = *call.request();
  Message& response = call.response();
  if (method_.make_command) {
    call.Submit(method_.make_command(request, response));
  } else if (method_.start) {
    method_.start(request, response, call.MakeSteps());
  } else if (ask_) {
    ask_(call, request, response);
  } else {
    call.Read([this, &request, &response](reading::Reader& reader) {
      response.Clear();
      return Read(request, reader, response);
    });
  }
}

absl::Status UnaryRpc::Read(const Message& request, reading::Reader& reader, Message& response) const {
  if (!asks_for_page_) return method_.read(request, reader, response);
  return ReadPage(request, response,
                  [this, &reader](const Message& asked, Message& page) { return method_.read(asked, reader, page); });
}

ServeRequest MakeUnary(Runtime& runtime, const Method& method) {
  return [rpc = std::make_shared<UnaryRpc>(runtime, method)](Wire& wire, grpc::ByteBuffer& sent) {
    rpc->Serve(wire, sent);
  };
}

}  // namespace inventory::rpc
