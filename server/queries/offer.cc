#include "server/queries/offer.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/queries/promises.h"

namespace inventory::queries {
namespace {

using reading::SkuStock;
using storage::BackorderPolicy;
using storage::Component;

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

int64_t AvailableOf(const SkuStock& stock, const Offer& offer) {
  int64_t sum = 0;
  for (const SkuStock::Level& level : stock.levels) {
    const auto& from = offer.warehouses;
    if (std::find(from.begin(), from.end(), level.warehouse_id) == from.end()) continue;
    sum += std::max<int64_t>(level.available, 0);
  }
  return sum;
}

int64_t QuotaLeft(const SkuStock& stock, const Offer& offer) {
  for (const SkuStock::Quota& quota : stock.quotas) {
    if (quota.channel_id == offer.channel_id) return quota.left;
  }
  return kNoLimit;
}

bool MayWait(const SkuStock& stock, int64_t units) {
  switch (stock.backorder_policy) {
    case BackorderPolicy::kUnlimited:
      return true;
    case BackorderPolicy::kLimited:
      return stock.backordered + units <= stock.backorder_limit;
    case BackorderPolicy::kNone:
      break;
  }
  return false;
}

}  // namespace

absl::StatusOr<Offer> OfferOf(const std::string& channel_id, const pipeline::Configuration& configuration) {
  const storage::ChannelRecord* channel = configuration.FindChannel(channel_id);
  if (channel == nullptr) {
    return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", channel_id),
                    {{"channel_id", channel_id}});
  }
  Offer offer{.channel_id = channel_id, .warehouses = configuration.SourcesOf(channel_id), .reason = ""};
  if (!channel->active) {
    offer.reason = "CHANNEL_INACTIVE";
  } else if (offer.warehouses.empty()) {
    offer.reason = "CHANNEL_HAS_NO_WAREHOUSE";
  }
  return offer;
}

Sellable SellableOf(const SkuStock& sku, const Offer& offer, StockOf stock_of) {
  Sellable sellable;
  const auto add = [&](const SkuStock& part, int64_t units) {
    if (!part.tracked) return;
    const int64_t available = AvailableOf(part, offer);
    const int64_t quota = QuotaLeft(part, offer);
    const int64_t whole = std::min(available, quota) / units;
    sellable.quantity = std::min(sellable.quantity.value_or(kNoLimit), whole);
    const int64_t missing = units - available;
    sellable.may_wait = sellable.may_wait && quota >= units && (missing <= 0 || MayWait(part, missing));
  };
  for (const Component& component : sku.components) add(stock_of(component.sku), component.quantity);
  if (sku.components.empty()) add(sku, 1);
  return sellable;
}

bool IsLow(const SkuStock& sku, const Offer& offer) {
  return std::any_of(sku.low_channels.begin(), sku.low_channels.end(), [&offer](const std::string& channel_id) {
    return channel_id.empty() || channel_id == offer.channel_id;
  });
}

std::optional<absl::Time> RestockTime(const SkuStock& sku, const Offer& offer, absl::Time now) {
  if (sku.incoming.empty() || QuotaLeft(sku, offer) == 0) return std::nullopt;
  return ReachedAt(PromisesOf(0, sku.backordered, sku.incoming, offer.warehouses, now), 1);
}

}  // namespace inventory::queries
