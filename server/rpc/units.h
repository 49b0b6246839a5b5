// Units of measure in requests.
#ifndef INVENTORY_SERVER_RPC_UNITS_H_
#define INVENTORY_SERVER_RPC_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/pipeline/work.h"

namespace inventory::rpc {

// How many of its smallest stocked unit `quantity` units of the SKU are; `unit` empty counts the smallest themselves.
// INVALID_ARGUMENT, reason UNIT_UNKNOWN {sku, unit}, or QUANTITY_OUT_OF_RANGE {sku} beyond +-pipeline::kMaxQuantity.
// If the SKU is not locked yet the command runs again and any status will do.
absl::StatusOr<int64_t> InSmallestUnits(pipeline::Work& work, const std::string& sku, const std::string& unit,
                                        int64_t quantity);

// True if a part of the request that has the fields `sku` and `unit` names a unit.
bool NamesUnits(const google::protobuf::Message& request);

// Converts every int64 field of every such part, and clears the unit. Refusals as InSmallestUnits.
absl::Status ToSmallestUnits(pipeline::Work& work, google::protobuf::Message& request);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_UNITS_H_
