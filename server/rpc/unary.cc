#include "server/rpc/unary.h"

#include <memory>
#include <utility>

#include "server/errors.h"
#include "server/rpc/await_request.h"
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

// In an overload nearly all calls end here. To have their requests read first would be an event of gRPC's more for
// each.
bool UnaryRpc::TurnAwayUnread(Wire& wire) {
  if (!facts_.is_command || !runtime_.committer().Full()) return false;
  Admission admission = AdmitCall(wire);
  // Then it is admitted once more when its request has come.
  if (admission.status.ok() && HasPlace(admission)) return false;
  Serve(*new Call(runtime_, facts_, wire, std::move(admission), nullptr));
  return true;
}

void UnaryRpc::Serve(Wire& wire, grpc::ByteBuffer& sent) {
  Admission admission = AdmitCall(wire);
  const bool full = facts_.is_command && !HasPlace(admission);
  if (full) sent.Clear();
  Serve(*new Call(runtime_, facts_, wire, std::move(admission), full ? nullptr : &sent));
}

Admission UnaryRpc::AdmitCall(Wire& wire) const {
  return Admit(runtime_, facts_.method, wire.context(), runtime_.deadlines());
}

bool UnaryRpc::HasPlace(const Admission& admission) const {
  return !runtime_.committer().FullFor(admission.origin.share);
}

void UnaryRpc::Serve(Call& call) const {
  if (!call.permitted().ok()) return call.TurnAway(call.permitted());
  if (!call.admitted()) return call.RefuseCaller();
  if (call.full()) return call.Refuse();
  if (!call.received().ok()) return call.TurnAway(call.received());
  if (const absl::Status checked = Check(call); !checked.ok()) return call.TurnAway(checked);
  CarryOut(call);
}

absl::Status UnaryRpc::Check(Call& call) const {
  Violations violations;
  method_.validate(*call.request(), runtime_.bounds(), violations);
  const std::size_t most = method_.start ? kMaxRequestIdBytesOfSteps : kMaxRequestIdBytes;
  CheckRequestId(call.origin().request_id, violations, most);
  return violations.ToStatus();
}

void UnaryRpc::CarryOut(Call& call) const {
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

Wire::Opener MakeUnary(Runtime& runtime, const Method& method) {
  const auto rpc = std::make_shared<UnaryRpc>(runtime, method);
  const auto serve = [rpc](Wire& wire, grpc::ByteBuffer& sent) { rpc->Serve(wire, sent); };
  return [rpc, await = AwaitRequest(runtime, serve)](Wire& wire) {
    if (!rpc->TurnAwayUnread(wire)) await(wire);
  };
}

}  // namespace inventory::rpc
