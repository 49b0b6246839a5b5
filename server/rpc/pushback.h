// What refused callers are told about when to come back.
#ifndef INVENTORY_SERVER_RPC_PUSHBACK_H_
#define INVENTORY_SERVER_RPC_PUSHBACK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/server_context.h"

namespace inventory::rpc {

// The delay of the status's RetryInfo in milliseconds; empty if there is none.
std::string PushbackOf(const absl::Status& status);

// Says it in the trailing metadata, too, where gRPC's own retries look for it; nothing if it is empty.
void AddPushback(const std::string& pushback, grpc::ServerContextBase& context);

// pipeline::QueueFull(), made only once: in an overload most calls end with it.
const absl::Status& FullQueue();

// Whether `status` is the refusal of a full queue: the server has too much to do.
bool IsQueueFull(const absl::Status& status);

// RESOURCE_EXHAUSTED, reason TOO_MANY_CALLS: the caller has as many calls under way as one may have.
absl::Status TooManyCalls();

// RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS: as many are open as may be, of all or of the caller, as `why` says.
absl::Status TooManyStreams(std::string_view why);

// RESOURCE_EXHAUSTED, reason TOO_MANY_BYTES: requests that are under way, of the caller or of all, are as large as may
// be.
absl::Status TooManyBytes();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_PUSHBACK_H_
