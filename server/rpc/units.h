// Units of measure in requests.
#ifndef INVENTORY_SERVER_RPC_UNITS_H_
#define INVENTORY_SERVER_RPC_UNITS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::rpc {

// A key of a unit: 1 to 32 of [a-z0-9._-].
bool IsUnitKey(std::string_view key);

// How many of its smallest stocked unit `quantity` units of the SKU are; `unit` empty counts the smallest themselves.
// INVALID_ARGUMENT, reason UNIT_UNKNOWN {sku, unit}, or QUANTITY_OUT_OF_RANGE {sku} beyond +-pipeline::kMaxQuantity.
// If the SKU is not locked yet the command runs again and any status will do.
absl::StatusOr<int64_t> InSmallestUnits(pipeline::Work& work, const std::string& sku, const std::string& unit,
                                        int64_t quantity);

// True if a part of the request that has the fields `sku` and `unit` names a unit.
bool NamesUnits(const google::protobuf::Message& request);

// Notes every `unit` of a part of the request that can't be the key of one.
void CheckUnits(const google::protobuf::Message& request, Violations& violations);

// Converts every int64 field of every such part, and clears the unit. Refusals as InSmallestUnits.
absl::Status ToSmallestUnits(pipeline::Work& work, google::protobuf::Message& request);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_UNITS_H_
