// What a request becomes in memory.
#ifndef INVENTORY_SERVER_RPC_REQUEST_SIZE_H_
#define INVENTORY_SERVER_RPC_REQUEST_SIZE_H_

#include <cstddef>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace inventory::rpc {

// Tells of bytes that were sent, before they are parsed, what they become: two bytes can be an object of more than a
// hundred, as often as the caller likes. Immutable, thread-safe.
class RequestSize {
 public:
  // Of messages of this type. Lives for ever.
  static const RequestSize& Of(const google::protobuf::Descriptor& type);

  // Not less than the message takes once it is parsed, with all that is in it and what it leaves in its arena; more
  // than `most` if it is more than that. Nothing if it is no well-formed message: then parsing might see more in it
  // than is counted. Takes no memory.
  std::optional<std::size_t> Measure(absl::string_view sent, std::size_t most) const;

 private:
  explicit RequestSize(const google::protobuf::Descriptor& type);
  void Add(const google::protobuf::Descriptor& type);

  const google::protobuf::Descriptor& type_;
  // One message of each type that can be in it, without its fields' own memory.
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::size_t> message_bytes_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_REQUEST_SIZE_H_
