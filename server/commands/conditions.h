// The conditions that units on hand are in.
#ifndef INVENTORY_SERVER_COMMANDS_CONDITIONS_H_
#define INVENTORY_SERVER_COMMANDS_CONDITIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "inventory/v1/stock.pb.h"
#include "storage/quantities.h"

namespace inventory::commands {

// Every function takes UNSPECIFIED for SELLABLE.

// True if both mean the same condition.
bool SameCondition(v1::StockCondition a, v1::StockCondition b);

// Units of the level in the condition.
int64_t UnitsIn(const storage::Quantities& level, v1::StockCondition condition);

// What a level gains by `quantity` units in the condition; what it loses if that is negative.
storage::Quantities UnitsOf(v1::StockCondition condition, int64_t quantity);

// FAILED_PRECONDITION, reason INSUFFICIENT_ON_HAND {sku, warehouse_id, on_hand, condition, units} and what was asked
// for, by its name.
absl::Status InsufficientOnHand(const std::string& sku, const std::string& warehouse_id,
                                const storage::Quantities& level, v1::StockCondition condition,
                                std::pair<std::string_view, int64_t> asked);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_CONDITIONS_H_
