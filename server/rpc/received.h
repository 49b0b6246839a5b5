// Requests as they come in.
#ifndef INVENTORY_SERVER_RPC_RECEIVED_H_
#define INVENTORY_SERVER_RPC_RECEIVED_H_

#include <cstddef>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace inventory::rpc {

// What is found out about a request before anything is done with it.
struct Received {
  // Not OK: the call must end with this, and the request lacks what was sent. MalformedRequest()
  // if it is no message of its type, INVALID_ARGUMENT, reason REQUEST_TOO_LARGE {limit}, if it would take more memory
  // than a request may, or FullQueue() if nobody has looked at it.
  absl::Status status = absl::OkStatus();
  // Not less than the request takes in memory.
  std::size_t bytes = 0;
};

// INVALID_ARGUMENT, reason MALFORMED_REQUEST.
absl::Status MalformedRequest();

// The most that a request may take in memory of those that ask for little: about health, or for a stream.
inline constexpr std::size_t kSmallRequest = std::size_t{64} << 10;

// Parses what has come, unless it would then take more than so many bytes. The bytes are gone from `sent` then.
Received Receive(grpc::ByteBuffer& sent, std::size_t most_bytes, google::protobuf::Message& message);

// Lets go of what has come without a look at it: the call is not permitted, whatever it asks for.
Received LeaveUnread(grpc::ByteBuffer& sent);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RECEIVED_H_
