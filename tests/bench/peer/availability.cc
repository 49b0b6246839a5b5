#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "server/queries/offer.h"
#include "tests/bench/peer/rules.h"

namespace inventory::bench::peer {
namespace {

struct Seen {
  bool published = true;
  bool shows_quantity = false;
  int64_t quantity = 0;
};

// What the warehouses have of each SKU that exists.
absl::StatusOr<std::map<std::string, Seen>> Read(Session& session, const std::vector<std::string>& warehouses,
                                                 const std::set<std::string>& skus) {
  const std::string text =
      "SELECT i.sku, i.published, i.display_stock_quantity, l.warehouse_id, "
      "l.on_hand - l.damaged - l.quality_control - l.reserved - l.safety_stock "
      "FROM item i LEFT JOIN stock_level l ON l.sku = i.sku WHERE i.sku IN (" +
      Marks(skus.size()) + ")";
  absl::StatusOr<storage::Rows> rows = session.Query(text, Values(skus.begin(), skus.end()));
  if (!rows.ok()) return rows.status();
  std::map<std::string, Seen> all;
  for (const storage::Row& row : *rows) {
    Seen& seen = all[std::string(row.Text(0))];
    seen.published = row.Bool(1);
    seen.shows_quantity = row.Bool(2);
    const bool sold = std::find(warehouses.begin(), warehouses.end(), row.Text(3)) != warehouses.end();
    if (sold) seen.quantity += std::max<int64_t>(row.Int(4), 0);
  }
  return all;
}

}  // namespace

absl::Status ShowAvailability(Session& session, const pipeline::Configuration& configuration,
                              const v1::GetAvailabilityRequest& request, v1::GetAvailabilityResponse& response) {
  absl::StatusOr<queries::Offer> offer = queries::OfferOf(request.channel_id(), configuration);
  if (!offer.ok()) return offer.status();
  const std::set<std::string> skus(request.skus().begin(), request.skus().end());
  absl::StatusOr<std::map<std::string, Seen>> all = Read(session, offer->warehouses, skus);
  if (!all.ok()) return all.status();
  for (const std::string& sku : request.skus()) {
    const Seen& seen = (*all)[sku];
    v1::Availability& out = *response.add_availabilities();
    out.set_sku(sku);
    out.set_reason(!offer->reason.empty() ? offer->reason : seen.published ? "" : "ITEM_UNPUBLISHED");
    out.set_status(!out.reason().empty() ? v1::AVAILABILITY_STATUS_NOT_SELLABLE
                   : seen.quantity > 0   ? v1::AVAILABILITY_STATUS_IN_STOCK
                                         : v1::AVAILABILITY_STATUS_OUT_OF_STOCK);
    if (seen.shows_quantity || request.view() == v1::AVAILABILITY_VIEW_OPERATOR) out.set_quantity(seen.quantity);
  }
  return absl::OkStatus();
}

}  // namespace inventory::bench::peer
