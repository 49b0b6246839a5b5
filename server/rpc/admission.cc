#include "server/rpc/admission.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/auth/gate.h"
#include "server/net/addresses.h"
#include "server/rpc/call_spans.h"

namespace inventory::rpc {
namespace {

absl::Time DeadlineOf(const grpc::ServerContextBase& context, const Deadlines& deadlines) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::Now() + deadlines.without;
  // Abseil looks at the system's clock every two seconds and counts cycles in between. After a jump of the clock its
  // time and gRPC's are hours apart until then, so only what is left of the deadline is taken over.
  const absl::Duration left = absl::FromChrono(deadline - std::chrono::system_clock::now());
  return absl::Now() + std::min(left, deadlines.most);
}

std::string ShareOf(const grpc::ServerContextBase& context, const std::string& caller) {
  return caller.empty() ? net::HostOf(context.peer()) : absl::StrCat("caller:", caller);
}

bool IsDenial(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsUnauthenticated(status);
}

auth::Attempt AttemptOf(const MethodFacts& facts, const grpc::ServerContextBase& context, const Origin& origin) {
  return {.caller = origin.caller,
          .share = ShareOf(context, origin.caller),
          .method = facts.name,
          .peer = context.peer(),
          .trace_id = origin.trace == nullptr ? "" : tracing::Hex(origin.trace->id)};
}

absl::Status Ask(auth::Gate& gate, const MethodFacts& facts, const grpc::ServerContextBase& context, Origin& origin) {
  absl::StatusOr<std::shared_ptr<const auth::Caller>> caller = gate.Authenticate(context);
  if (!caller.ok()) {
    // Once the call ends, nothing tells this from what else is not available.
    if (!IsDenial(caller.status())) gate.Denied(AttemptOf(facts, context, origin), caller.status());
    return caller.status();
  }
  origin.caller = (*caller)->identity.name;
  if (!gate.authorizes()) return absl::OkStatus();
  absl::StatusOr<auth::Permit> permit = auth::Permit::For(*std::move(caller), *facts.requirement);
  if (!permit.ok()) return permit.status();
  origin.permit = *std::move(permit);
  return absl::OkStatus();
}

}  // namespace

Admission Admit(Runtime& runtime, const MethodFacts& facts, const grpc::ServerContextBase& context,
                const Deadlines& deadlines) {
  Admission admission{.start = absl::Now(),
                      .origin = {.method = facts.name,
                                 .deadline = DeadlineOf(context, deadlines),
                                 .trace = TraceOf(runtime.tracer(), context)}};
  if (runtime.gate() != nullptr) {
    admission.status = Ask(*runtime.gate(), facts, context, admission.origin);
  }
  admission.origin.share = ShareOf(context, admission.origin.caller);
  return admission;
}

void AdmitRequest(const google::protobuf::Message& request, Admission& admission) {
  if (!admission.status.ok()) return;
  absl::StatusOr<auth::Permit> permit = admission.origin.permit.ForRequest(request);
  if (permit.ok()) {
    admission.origin.permit = *std::move(permit);
  } else {
    admission.status = permit.status();
  }
}

void Audit(Runtime& runtime, const MethodFacts& facts, const grpc::ServerContextBase& context, const Origin& origin,
           const absl::Status& status) {
  if (IsDenial(status) && runtime.gate() != nullptr) {
    runtime.gate()->Denied(AttemptOf(facts, context, origin), status);
  }
}

}  // namespace inventory::rpc
