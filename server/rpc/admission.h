// Whose call it is, and whether it may begin.
#ifndef INVENTORY_SERVER_RPC_ADMISSION_H_
#define INVENTORY_SERVER_RPC_ADMISSION_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"

namespace inventory::rpc {

// What is known of a call before any work.
struct Admission {
  // When it was asked for.
  absl::Time start = {};
  // OK, UNAUTHENTICATED, PERMISSION_DENIED, or UNAVAILABLE while it can't be told.
  absl::Status status = absl::OkStatus();
  // Without the request.
  Origin origin = {};
};

// Admits a call by its credentials. Never blocks.
Admission Admit(Runtime& runtime, const MethodFacts& facts, const grpc::ServerContextBase& context,
                const Deadlines& deadlines = {});

// Admits it by its request, too: PERMISSION_DENIED if that is about more than the caller may see.
void AdmitRequest(const google::protobuf::Message& request, Admission& admission);

// Tells the audit if `status`, with which the call ends, is a denial.
void Audit(Runtime& runtime, const MethodFacts& facts, const grpc::ServerContextBase& context, const Origin& origin,
           const absl::Status& status);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_ADMISSION_H_
