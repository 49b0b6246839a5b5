#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "inventory/v1/availability.pb.h"
#include "server/commands/convert.h"
#include "server/errors.h"
#include "server/queries/promises.h"
#include "server/rpc/rule.h"
#include "storage/configuration_repository.h"
#include "storage/incoming_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"

namespace inventory::queries {
namespace {

constexpr int kMaxSkus = 1'000;

// What the database says of the SKUs of all callers, each statement after the last commit.
struct Stock {
  int64_t configuration_version = 0;
  std::map<std::string, storage::ItemRecord, std::less<>> items;
  // By SKU.
  std::map<std::string, std::vector<storage::LevelRecord>, std::less<>> levels;
  // Of SKUs that have units on their way.
  std::map<std::string, std::vector<storage::Incoming>, std::less<>> incoming;
  absl::Time now;
};

// A second round trip, made only if some SKU has units on their way.
absl::Status ReadIncoming(storage::Connection& connection, Stock& stock) {
  std::vector<std::string> skus;
  for (const auto& [sku, levels] : stock.levels) {
    const auto incoming = [](const storage::LevelRecord& level) { return level.quantities.incoming > 0; };
    if (std::any_of(levels.begin(), levels.end(), incoming)) skus.push_back(sku);
  }
  if (skus.empty()) return absl::OkStatus();
  storage::Sql sql;
  sql.Raw("SELECT NOW(6)");
  storage::AppendSelectIncoming(sql, skus);
  absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  stock.now = results->at(0)[0].Time(0);
  for (auto& units : storage::ParseIncoming(results->at(1))) stock.incoming[units.sku].push_back(std::move(units));
  return absl::OkStatus();
}

absl::StatusOr<Stock> ReadStock(const std::vector<std::string>& skus, storage::Connection& connection) {
  storage::Sql sql;
  storage::AppendSelectConfigurationVersion(sql);
  storage::AppendSelectByKeyPrefix<storage::ItemRecord>(sql, skus);
  storage::AppendSelectLiveLevels(sql, skus);
  absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  Stock stock;
  stock.configuration_version = storage::ParseConfigurationVersion(results->at(0));
  for (auto& item : storage::ParseAll<storage::ItemRecord>(results->at(1))) {
    std::string sku = item.sku;
    stock.items.emplace(std::move(sku), std::move(item));
  }
  for (auto& level : storage::ParseAll<storage::LevelRecord>(results->at(2))) {
    stock.levels[level.sku].push_back(std::move(level));
  }
  absl::Status incoming = ReadIncoming(connection, stock);
  if (!incoming.ok()) return incoming;
  return stock;
}

// What a channel sells from; `reason` says why it sells nothing.
struct Offer {
  std::vector<std::string> warehouses;
  std::string reason;
};

absl::StatusOr<Offer> OfferOf(const std::string& channel_id, const pipeline::Configuration& configuration) {
  const storage::ChannelRecord* channel = configuration.FindChannel(channel_id);
  if (channel == nullptr) {
    return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", channel_id),
                    {{"channel_id", channel_id}});
  }
  Offer offer{.warehouses = configuration.SourcesOf(channel_id), .reason = ""};
  if (!channel->active) {
    offer.reason = "CHANNEL_INACTIVE";
  } else if (offer.warehouses.empty()) {
    offer.reason = "CHANNEL_HAS_NO_WAREHOUSE";
  }
  return offer;
}

int64_t Sellable(const Stock& stock, const std::string& sku, const Offer& offer) {
  int64_t sum = 0;
  auto levels = stock.levels.find(sku);
  if (levels == stock.levels.end()) return sum;
  for (const storage::LevelRecord& level : levels->second) {
    const auto& from = offer.warehouses;
    if (std::find(from.begin(), from.end(), level.warehouse_id) == from.end()) continue;
    sum += std::max<int64_t>(level.quantities.available(), 0);
  }
  return sum;
}

const char* LabelOf(v1::AvailabilityStatus status) {
  switch (status) {
    case v1::AVAILABILITY_STATUS_IN_STOCK:
      return "In stock";
    case v1::AVAILABILITY_STATUS_BACKORDER:
      return "On backorder";
    case v1::AVAILABILITY_STATUS_OUT_OF_STOCK:
      return "Out of stock";
    default:
      return "Not available";
  }
}

bool MayWait(const storage::ItemRecord& item) {
  return item.backorder_policy == storage::BackorderPolicy::kUnlimited ||
         (item.backorder_policy == storage::BackorderPolicy::kLimited && item.backordered < item.backorder_limit);
}

// When a unit will be there that nobody waits for.
std::optional<absl::Time> RestockTime(const std::string& sku, const Stock& stock, const Offer& offer,
                                      const storage::ItemRecord& item) {
  const auto incoming = stock.incoming.find(sku);
  if (incoming == stock.incoming.end()) return std::nullopt;
  return ReachedAt(PromisesOf(0, item.backordered, incoming->second, offer.warehouses, stock.now), 1);
}

void Describe(const std::string& sku, const Stock& stock, const Offer& offer, bool show_all, v1::Availability& out) {
  static const storage::ItemRecord kDefaults;
  const auto configured = stock.items.find(sku);
  const storage::ItemRecord& item = configured == stock.items.end() ? kDefaults : configured->second;
  const int64_t quantity = item.tracked ? Sellable(stock, sku, offer) : 0;
  out.set_sku(sku);
  out.set_reason(!offer.reason.empty() ? offer.reason : item.published ? "" : "ITEM_UNPUBLISHED");
  if (!out.reason().empty()) {
    out.set_status(v1::AVAILABILITY_STATUS_NOT_SELLABLE);
  } else if (quantity > 0 || !item.tracked) {
    out.set_status(v1::AVAILABILITY_STATUS_IN_STOCK);
  } else {
    out.set_status(MayWait(item) ? v1::AVAILABILITY_STATUS_BACKORDER : v1::AVAILABILITY_STATUS_OUT_OF_STOCK);
  }
  if (item.tracked && (show_all || item.display_stock_quantity)) out.set_quantity(quantity);
  if (!show_all && !item.display_availability) return;
  out.set_label(LabelOf(out.status()));
  if (!item.tracked || quantity > 0 || out.status() == v1::AVAILABILITY_STATUS_NOT_SELLABLE) return;
  const std::optional<absl::Time> restock = RestockTime(sku, stock, offer, item);
  if (restock) *out.mutable_restock_time() = ToTimestamp(*restock);
}

struct GetAvailability {
  using Request = v1::GetAvailabilityRequest;
  using Response = v1::GetAvailabilityResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckEnum<v1::AvailabilityView_IsValid>(request.view(), "view", violations);
    rpc::CheckCount(request.skus_size(), 1, kMaxSkus, "skus", violations);
    for (int i = 0; i < std::min(request.skus_size(), kMaxSkus); ++i) {
      rpc::CheckSku(request.skus(i), absl::StrCat("skus[", i, "]"), violations);
    }
  }

  static absl::Status ReadTogether(std::vector<rpc::Asked<GetAvailability>>& asked, reading::Reader& reader) {
    std::set<std::string> skus;
    for (const auto& one : asked) skus.insert(one.request->skus().begin(), one.request->skus().end());
    absl::StatusOr<Stock> stock = ReadStock({skus.begin(), skus.end()}, reader.connection());
    if (!stock.ok()) return stock.status();
    auto configuration = reader.configurations().At(stock->configuration_version, reader.connection());
    if (!configuration.ok()) return configuration.status();
    for (auto& one : asked) one.status = Answer(*one.request, *stock, **configuration, *one.response);
    return absl::OkStatus();
  }

 private:
  static absl::Status Answer(const Request& request, const Stock& stock, const pipeline::Configuration& configuration,
                             Response& response) {
    absl::StatusOr<Offer> offer = OfferOf(request.channel_id(), configuration);
    if (!offer.ok()) return offer.status();
    const bool show_all = request.view() == v1::AVAILABILITY_VIEW_OPERATOR;
    for (const std::string& sku : request.skus()) {
      Describe(sku, stock, *offer, show_all, *response.add_availabilities());
    }
    return absl::OkStatus();
  }
};

const rpc::Registered<GetAvailability> kRegistered;

}  // namespace
}  // namespace inventory::queries
