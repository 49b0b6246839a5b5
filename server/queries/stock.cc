#include "server/queries/stock.h"

#include <algorithm>
#include <utility>

#include "server/pipeline/packet.h"
#include "storage/backorder_repository.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/low_stock_repository.h"
#include "storage/quota_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::queries {
namespace {

using pipeline::Packet;
using storage::Sql;
using Skus = std::vector<std::string>;

void AddItems(const Skus& skus, Packet& packet, Stock& stock) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectItems(sql, skus); },
             [&stock](const storage::Rows& rows) {
               for (storage::ItemRecord& item : storage::ParseItems(rows)) {
                 std::string sku = item.sku;
                 stock.items.emplace(std::move(sku), std::move(item));
               }
             });
}

// Selects the levels of the SKUs without what their dead holds still have, in place of levels that are there.
void AddLiveLevels(const Skus& skus, Packet& packet, Stock& stock) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectLiveLevels(sql, skus); },
             [&stock, skus](const storage::Rows& rows) {
               for (const std::string& sku : skus) stock.levels.erase(sku);
               for (auto& level : storage::ParseAll<storage::LevelRecord>(rows)) {
                 stock.levels[level.sku].push_back(std::move(level));
               }
             });
}

// Selects the levels of the SKUs as they are stored, and the configuration's version and the time.
void AddStoredLevels(const Skus& skus, Packet& packet, Stock& stock) {
  packet.Add(storage::AppendSelectConfigurationState, [&stock](const storage::Rows& rows) {
    const auto state = storage::ParseConfigurationState(rows);
    if (!state) return;
    stock.configuration_version = state->version;
    stock.now = state->now;
  });
  packet.Add(
      [&](Sql& sql) {
        if (!storage::AppendSelectByKeyPrefix<storage::LevelRecord>(sql, skus)) return false;
        sql.Raw(" ORDER BY sku, warehouse_id");
        return true;
      },
      [&stock](const storage::Rows& rows) {
        for (auto& level : storage::ParseAll<storage::LevelRecord>(rows)) {
          stock.levels[level.sku].push_back(std::move(level));
        }
      });
}

void AddIncoming(const Skus& skus, Packet& packet, Stock& stock) {
  if (skus.empty()) return;
  packet.Add([&](Sql& sql) { return storage::AppendSelectIncoming(sql, skus); },
             [&stock](const storage::Rows& rows) {
               for (auto& units : storage::ParseIncoming(rows)) stock.incoming[units.sku].push_back(std::move(units));
             });
}

void AddQuotasAndRules(const Skus& limited, const Skus& watched, Packet& packet, Stock& stock) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectLiveQuotas(sql, limited); },
             [&stock](const storage::Rows& rows) {
               for (auto& quota : storage::ParseAll<storage::QuotaRecord>(rows)) {
                 stock.quotas.emplace(quota.key(), std::move(quota));
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectRulesOf(sql, watched); },
             [&stock](const storage::Rows& rows) {
               for (auto& rule : storage::ParseAll<storage::LowStockRuleRecord>(rows)) {
                 stock.rules[rule.sku].push_back(std::move(rule));
               }
             });
}

// What dead holds still have of SKUs that orders wait for. After the SKUs themselves, whose numbers it corrects.
void AddDead(const Skus& waiting, Packet& packet, Stock& stock) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadWaiting(sql, waiting); },
             [&stock](const storage::Rows& rows) {
               for (const storage::Row& row : rows) {
                 const auto item = stock.items.find(std::string(row.Text(0)));
                 if (item == stock.items.end()) continue;
                 item->second.backordered = std::max<int64_t>(item->second.backordered - row.Int(1), 0);
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadUnits(sql, waiting); },
             [&stock](const storage::Rows& rows) {
               for (const storage::Row& row : rows) {
                 const auto item = stock.items.find(std::string(row.Text(0)));
                 if (item == stock.items.end()) continue;
                 for (storage::LevelRecord& level : stock.levels[item->first]) {
                   if (level.warehouse_id == row.Text(1)) GiveToWaiting(row.Int(2), item->second, level);
                 }
               }
             });
}

bool AnyIncoming(const std::vector<storage::LevelRecord>& levels) {
  return std::any_of(levels.begin(), levels.end(),
                     [](const storage::LevelRecord& level) { return level.quantities.incoming > 0; });
}

// What only some SKUs have, as what was read of them says.
absl::Status ReadRest(const std::set<std::string>& skus, storage::Connection& connection, Stock& stock) {
  std::set<std::string> expecting;
  for (const auto& [sku, levels] : stock.levels) {
    if (AnyIncoming(levels)) expecting.insert(sku);
  }
  std::set<std::string> components;
  Skus limited;
  Skus watched;
  Skus waiting;
  Skus due;
  for (const auto& [sku, item] : stock.items) {
    for (const storage::Component& component : item.components) {
      if (!skus.contains(component.sku)) components.insert(component.sku);
    }
    if (item.quotas > 0) limited.push_back(sku);
    if (item.low_stock_rules > 0) watched.push_back(sku);
    if (item.backordered > 0) waiting.push_back(sku);
    // Who waits gets what dead holds free, which is counted below from what is live.
    const bool may_be_dead = item.next_hold_expiry && *item.next_hold_expiry <= stock.now;
    if (may_be_dead || item.backordered > 0) due.push_back(sku);
  }
  // What their items would say is not known yet, and a third round trip costs more than looking.
  limited.insert(limited.end(), components.begin(), components.end());
  waiting.insert(waiting.end(), components.begin(), components.end());
  Packet packet;
  AddItems({components.begin(), components.end()}, packet, stock);
  due.insert(due.end(), components.begin(), components.end());
  AddLiveLevels(due, packet, stock);
  AddIncoming({expecting.begin(), expecting.end()}, packet, stock);
  AddQuotasAndRules(limited, watched, packet, stock);
  AddDead(waiting, packet, stock);
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection);
}

}  // namespace

const storage::ItemRecord& Stock::item(const std::string& sku) const {
  static const storage::ItemRecord kDefaults;
  const auto configured = items.find(sku);
  return configured == items.end() ? kDefaults : configured->second;
}

void GiveToWaiting(int64_t freed, storage::ItemRecord& item, storage::LevelRecord& level) {
  const int64_t available = std::max<int64_t>(level.quantities.available(), 0);
  const int64_t given = std::min({freed, item.backordered, available});
  level.quantities.reserved += given;
  item.backordered -= given;
}

absl::StatusOr<Stock> ReadStock(const std::set<std::string>& skus, storage::Connection& connection) {
  Stock stock;
  Packet packet;
  const Skus all(skus.begin(), skus.end());
  // The items first: a hold that is there by then and dead by the later time is seen in its item.
  AddItems(all, packet, stock);
  AddStoredLevels(all, packet, stock);
  absl::Status read = packet.Send(connection);
  if (read.ok()) read = ReadRest(skus, connection, stock);
  if (!read.ok()) return read;
  return stock;
}

}  // namespace inventory::queries
