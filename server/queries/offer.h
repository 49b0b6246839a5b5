// What a channel can sell.
#ifndef INVENTORY_SERVER_QUERIES_OFFER_H_
#define INVENTORY_SERVER_QUERIES_OFFER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/configuration.h"
#include "server/reading/known_stock.h"

namespace inventory::queries {

// A channel's side of the question.
struct Offer {
  std::string channel_id;
  std::vector<std::string> warehouses;  // It sells from these.
  std::string reason;                   // Why it sells nothing, or empty.
};

// NOT_FOUND, reason CHANNEL_NOT_FOUND.
absl::StatusOr<Offer> OfferOf(const std::string& channel_id, const pipeline::Configuration& configuration);

// How much of a SKU an order through the channel could have now, which is what ReserveStock decides by the same
// numbers.
struct Sellable {
  // Of a kit whole kits. Unset if nothing of it is counted.
  std::optional<int64_t> quantity = {};
  // Whether one could be ordered if what is missing of it waited.
  bool may_wait = true;

  bool any() const { return !quantity || *quantity > 0; }
};
// Finds the stock of a component.
using StockOf = absl::FunctionRef<const reading::SkuStock&(const std::string& sku)>;
Sellable SellableOf(const reading::SkuStock& sku, const Offer& offer, StockOf stock_of);

// Whether a low-stock rule of the SKU, or of the SKU in the channel, is low.
bool IsLow(const reading::SkuStock& sku, const Offer& offer);

// When a unit of an item that is no kit, and of which none is there, will be there that nobody waits for.
std::optional<absl::Time> RestockTime(const reading::SkuStock& sku, const Offer& offer, absl::Time now);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_OFFER_H_
