#include "server/queries/offer.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/queries/promises.h"

namespace inventory::queries {
namespace {

using storage::BackorderPolicy;
using storage::Component;
using storage::ItemRecord;

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

int64_t AvailableOf(const Stock& stock, const Offer& offer, const std::string& sku) {
  int64_t sum = 0;
  const auto levels = stock.levels.find(sku);
  if (levels == stock.levels.end()) return sum;
  for (const storage::LevelRecord& level : levels->second) {
    const auto& from = offer.warehouses;
    if (std::find(from.begin(), from.end(), level.warehouse_id) == from.end()) continue;
    sum += std::max<int64_t>(level.quantities.available(), 0);
  }
  return sum;
}

int64_t QuotaLeft(const Stock& stock, const Offer& offer, const std::string& sku) {
  const auto quota = stock.quotas.find({sku, offer.channel_id});
  if (quota == stock.quotas.end()) return kNoLimit;
  return std::max<int64_t>(quota->second.quantity - quota->second.outstanding, 0);
}

bool MayWait(const ItemRecord& item, int64_t units) {
  switch (item.backorder_policy) {
    case BackorderPolicy::kUnlimited:
      return true;
    case BackorderPolicy::kLimited:
      return item.backordered + units <= item.backorder_limit;
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

Sellable SellableOf(const Stock& stock, const Offer& offer, const std::string& sku) {
  const ItemRecord& item = stock.item(sku);
  const std::vector<Component> itself = {{sku, 1}};
  Sellable sellable;
  for (const Component& part : item.is_kit() ? item.components : itself) {
    const ItemRecord& component = stock.item(part.sku);
    if (!component.tracked) continue;
    const int64_t available = AvailableOf(stock, offer, part.sku);
    const int64_t quota = QuotaLeft(stock, offer, part.sku);
    const int64_t whole = std::min(available, quota) / part.quantity;
    sellable.quantity = std::min(sellable.quantity.value_or(kNoLimit), whole);
    const int64_t missing = part.quantity - available;
    sellable.may_wait = sellable.may_wait && quota >= part.quantity && (missing <= 0 || MayWait(component, missing));
  }
  return sellable;
}

bool IsLow(const Stock& stock, const Offer& offer, const std::string& sku) {
  const auto rules = stock.rules.find(sku);
  if (rules == stock.rules.end()) return false;
  return std::any_of(rules->second.begin(), rules->second.end(), [&offer](const storage::LowStockRuleRecord& rule) {
    const bool concerns = rule.warehouse_id.empty() && (rule.channel_id.empty() || rule.channel_id == offer.channel_id);
    return concerns && rule.low;
  });
}

std::optional<absl::Time> RestockTime(const Stock& stock, const Offer& offer, const std::string& sku) {
  const auto incoming = stock.incoming.find(sku);
  if (incoming == stock.incoming.end() || QuotaLeft(stock, offer, sku) == 0) return std::nullopt;
  return ReachedAt(PromisesOf(0, stock.item(sku).backordered, incoming->second, offer.warehouses, stock.now), 1);
}

}  // namespace inventory::queries
