// Requests as they come in.
#ifndef INVENTORY_SERVER_RPC_RECEIVED_H_
#define INVENTORY_SERVER_RPC_RECEIVED_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/method_handler.h"

namespace inventory::rpc {

// What is found out about a request before its handler is called.
struct Received {
  // Not OK: the call must end with this, and the request lacks what was sent. INVALID_ARGUMENT, reason
  // MALFORMED_REQUEST if it is no message of its type, or REQUEST_TOO_LARGE {limit} if it would take more memory than a
  // request may. FullQueue() if nobody has looked at it.
  absl::Status status = absl::OkStatus();
  // Not less than the request takes in memory.
  std::size_t bytes = 0;
};

// The most that a request may take in memory of those that ask for little: about health, or for a stream.
inline constexpr std::size_t kSmallRequest = std::size_t{64} << 10;

// The same handler, for requests of `type`, but it is called for each of them, and ReceivedRequest() tells what is
// wrong with one; only those that take no more than so many bytes are parsed. gRPC itself would answer one that can't
// be parsed with UNIMPLEMENTED, as if there were no such RPC. While `full` says so, none are looked at, because their
// calls are to be refused. `full` is asked by all threads at once, and may be null.
std::unique_ptr<grpc::internal::MethodHandler> ReceiveAll(std::unique_ptr<grpc::internal::MethodHandler> handler,
                                                          const google::protobuf::Descriptor& type,
                                                          std::size_t most_bytes, std::function<bool()> full = nullptr);

// Of the request of the handler that is being called on this thread.
const Received& ReceivedRequest();

// Parses a message of a stream, which is then gone from `sent`.
Received Receive(grpc::ByteBuffer& sent, std::size_t most_bytes, google::protobuf::Message& message);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RECEIVED_H_
