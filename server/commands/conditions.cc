#include "server/commands/conditions.h"

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::commands {
namespace {

using storage::Quantities;

// "DAMAGED"
std::string NameOf(v1::StockCondition condition) {
  if (condition == v1::STOCK_CONDITION_UNSPECIFIED) condition = v1::STOCK_CONDITION_SELLABLE;
  return v1::StockCondition_Name(condition).substr(std::string_view("STOCK_CONDITION_").size());
}

}  // namespace

bool SameCondition(v1::StockCondition a, v1::StockCondition b) { return UnitsOf(a, 1) == UnitsOf(b, 1); }

int64_t UnitsIn(const Quantities& level, v1::StockCondition condition) {
  switch (condition) {
    case v1::STOCK_CONDITION_DAMAGED:
      return level.damaged;
    case v1::STOCK_CONDITION_QUALITY_CONTROL:
      return level.quality_control;
    default:
      return level.sellable();
  }
}

Quantities UnitsOf(v1::StockCondition condition, int64_t quantity) {
  switch (condition) {
    case v1::STOCK_CONDITION_DAMAGED:
      return {.on_hand = quantity, .damaged = quantity};
    case v1::STOCK_CONDITION_QUALITY_CONTROL:
      return {.on_hand = quantity, .quality_control = quantity};
    default:
      return {.on_hand = quantity};
  }
}

absl::Status InsufficientOnHand(const std::string& sku, const std::string& warehouse_id, const Quantities& level,
                                v1::StockCondition condition, std::pair<std::string_view, int64_t> asked) {
  const int64_t units = UnitsIn(level, condition);
  const std::string name = NameOf(condition);
  return Precondition("INSUFFICIENT_ON_HAND",
                      absl::StrCat("only ", units, " ", name, " units of ", sku, " lie in ", warehouse_id),
                      {{"sku", sku},
                       {"warehouse_id", warehouse_id},
                       {"on_hand", absl::StrCat(level.on_hand)},
                       {"condition", name},
                       {"units", absl::StrCat(units)},
                       {asked.first, absl::StrCat(asked.second)}});
}

}  // namespace inventory::commands
