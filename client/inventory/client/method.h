// What a Connection must know of an RPC to call it.
#ifndef INVENTORY_CLIENT_METHOD_H_
#define INVENTORY_CLIENT_METHOD_H_

#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"

namespace inventory::client {

// What happens if an RPC is carried out twice: the `idempotency_level` of its proto.
enum class Idempotency {
  kUnknown,        // It may happen twice: never repeated by the library.
  kIdempotent,     // As if once: the service tells repetitions by their request_id.
  kNoSideEffects,  // It only reads.
};

enum class MethodKind { kUnary, kClientStreaming, kServerStreaming, kBidiStreaming };

// An RPC. The generated clients have a constant for each; MethodOf makes one from a descriptor. The texts are not
// copied: they must outlive the calls.
struct Method {
  std::string_view service;  // "inventory.v1.InventoryService"
  std::string_view name;     // "ReserveStock"
  Idempotency idempotency = Idempotency::kUnknown;
  MethodKind kind = MethodKind::kUnary;
};

// The RPC that `descriptor` describes; its texts live as long as the descriptor's pool.
Method MethodOf(const google::protobuf::MethodDescriptor& descriptor);

// "/inventory.v1.InventoryService/ReserveStock"
std::string PathOf(const Method& method);

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_METHOD_H_
