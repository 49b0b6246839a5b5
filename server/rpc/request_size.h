// What a request becomes in memory.
#ifndef INVENTORY_SERVER_RPC_REQUEST_SIZE_H_
#define INVENTORY_SERVER_RPC_REQUEST_SIZE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace inventory::rpc {

struct RequestSize {
  // Values in lists and maps, messages and texts of which only one can be, and fields that the type does not have: two
  // bytes that were sent can become an object of more than a hundred, as often as the caller likes.
  int64_t values = 0;
  // Not less than the message takes once it is parsed, with all that is in it.
  std::size_t bytes = 0;
};

// Of a message of `type`, by the bytes that were sent, up to the first that is no protocol buffer. Takes no memory, and
// looks no further once there are more than `most_values` values.
RequestSize SizeOf(const google::protobuf::Descriptor& type, absl::string_view sent, int64_t most_values);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_REQUEST_SIZE_H_
