// What the traces say of a call.
#ifndef INVENTORY_SERVER_RPC_CALL_SPANS_H_
#define INVENTORY_SERVER_RPC_CALL_SPANS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"
#include "server/tracing/tracer.h"

namespace inventory::rpc {

// The trace that the call is part of, by the headers that it brings; null if there is none.
std::shared_ptr<const tracing::Trace> TraceOf(const tracing::Tracer& tracer, const grpc::ServerContextBase& context);

// Records the call, which ends now with `status`, if its trace is sampled.
void RecordCall(const MethodFacts& facts, const Origin& origin, absl::Time start, const absl::Status& status);

struct ReadTimes {
  absl::Time asked;
  absl::Time start = absl::InfiniteFuture();  // Not below `end`: it was never started.
  absl::Time end;
};

// Records that a read of a call has waited, and then run, if the call's trace is sampled. Null: it has none.
void RecordRead(const tracing::Trace* trace, const ReadTimes& times, const absl::Status& status);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_SPANS_H_
