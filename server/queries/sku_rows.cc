#include "server/queries/sku_rows.h"

#include <algorithm>
#include <utility>

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
using reading::SkuStock;
using storage::Sql;
using Skus = std::vector<std::string>;

bool AnyIncoming(const std::vector<storage::LevelRecord>& levels) {
  return std::any_of(levels.begin(), levels.end(),
                     [](const storage::LevelRecord& level) { return level.quantities.incoming > 0; });
}

}  // namespace

SkuStock ToStock(SkuRows rows) {
  SkuStock stock;
  if (rows.item) {
    storage::ItemRecord& item = *rows.item;
    stock.tracked = item.tracked;
    stock.published = item.published;
    stock.display_availability = item.display_availability;
    stock.display_stock_quantity = item.display_stock_quantity;
    stock.backorder_policy = item.backorder_policy;
    stock.backorder_limit = item.backorder_limit;
    stock.backordered = item.backordered;
    stock.components = std::move(item.components);
    stock.availability_estimate = std::move(item.availability_estimate);
  }
  for (storage::LevelRecord& level : rows.levels) {
    stock.levels.push_back({std::move(level.warehouse_id), level.quantities.available()});
  }
  for (storage::QuotaRecord& quota : rows.quotas) {
    stock.quotas.push_back({std::move(quota.channel_id), std::max<int64_t>(quota.quantity - quota.outstanding, 0)});
  }
  for (storage::LowStockRuleRecord& rule : rows.rules) {
    if (rule.low && rule.warehouse_id.empty()) stock.low_channels.push_back(std::move(rule.channel_id));
  }
  stock.incoming = std::move(rows.incoming);
  return stock;
}

void RowsReader::AddItems(const Skus& skus, Packet& packet) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectItems(sql, skus); },
             [this](const storage::Rows& rows) {
               for (storage::ItemRecord& item : storage::ParseItems(rows)) {
                 std::string sku = item.sku;
                 rows_[sku].item = std::move(item);
               }
             });
}

// Selects the levels of the SKUs without what their dead holds still have, in place of levels that are there.
void RowsReader::AddLiveLevels(const Skus& skus, Packet& packet) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectLiveLevels(sql, skus); },
             [this, skus](const storage::Rows& rows) {
               for (const std::string& sku : skus) rows_[sku].levels.clear();
               for (auto& level : storage::ParseAll<storage::LevelRecord>(rows)) {
                 rows_[level.sku].levels.push_back(std::move(level));
               }
             });
}

// Selects the levels of the SKUs as they are stored, and the configuration's version and the time.
void RowsReader::AddStoredLevels(const Skus& skus, Packet& packet) {
  packet.Add(storage::AppendSelectConfigurationState, [this](const storage::Rows& rows) {
    const auto state = storage::ParseConfigurationState(rows);
    if (!state) return;
    configuration_version_ = state->version;
    now_ = state->now;
  });
  packet.Add(
      [&](Sql& sql) {
        if (!storage::AppendSelectByKeyPrefix<storage::LevelRecord>(sql, skus)) return false;
        sql.Raw(" ORDER BY sku, warehouse_id");
        return true;
      },
      [this](const storage::Rows& rows) {
        for (auto& level : storage::ParseAll<storage::LevelRecord>(rows)) {
          rows_[level.sku].levels.push_back(std::move(level));
        }
      });
}

void RowsReader::AddIncoming(const Skus& skus, Packet& packet) {
  if (skus.empty()) return;
  packet.Add([&](Sql& sql) { return storage::AppendSelectIncoming(sql, skus); },
             [this](const storage::Rows& rows) {
               for (auto& units : storage::ParseIncoming(rows)) rows_[units.sku].incoming.push_back(std::move(units));
             });
}

void RowsReader::AddQuotasAndRules(const Skus& limited, const Skus& watched, Packet& packet) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectLiveQuotas(sql, limited); },
             [this](const storage::Rows& rows) {
               for (auto& quota : storage::ParseAll<storage::QuotaRecord>(rows)) {
                 rows_[quota.sku].quotas.push_back(std::move(quota));
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectRulesOf(sql, watched); },
             [this](const storage::Rows& rows) {
               for (auto& rule : storage::ParseAll<storage::LowStockRuleRecord>(rows)) {
                 rows_[rule.sku].rules.push_back(std::move(rule));
               }
             });
}

// What dead holds still have of SKUs that orders wait for. After the SKUs themselves, whose numbers it corrects.
void RowsReader::AddDead(const Skus& waiting, Packet& packet) {
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadWaiting(sql, waiting); },
             [this](const storage::Rows& rows) {
               for (const storage::Row& row : rows) {
                 const std::string sku(row.Text(0));
                 auto& item = rows_[sku].item;
                 corrected_.insert(sku);
                 if (item) item->backordered = std::max<int64_t>(item->backordered - row.Int(1), 0);
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadUnits(sql, waiting); },
             [this](const storage::Rows& rows) {
               for (const storage::Row& row : rows) {
                 const std::string sku(row.Text(0));
                 SkuRows& freed = rows_[sku];
                 corrected_.insert(sku);
                 if (!freed.item) continue;
                 for (storage::LevelRecord& level : freed.levels) {
                   if (level.warehouse_id == row.Text(1)) GiveToWaiting(row.Int(2), *freed.item, level);
                 }
               }
             });
}

absl::Status RowsReader::Read(const Skus& skus) {
  for (const std::string& sku : skus) rows_[sku] = {};
  Packet packet;
  // The items first: a hold that is there by then and dead by the later time is seen in its item.
  AddItems(skus, packet);
  AddStoredLevels(skus, packet);
  return packet.Send(connection_);
}

absl::Status RowsReader::ReadRest(const Skus& components) {
  components_ = {components.begin(), components.end()};
  Skus expecting;
  // What the items of components would say is not known yet, and a third round trip costs more than looking.
  Skus limited = components;
  Skus waiting = components;
  Skus due = components;
  Skus watched;
  for (const auto& [sku, read] : rows_) {
    if (AnyIncoming(read.levels)) expecting.push_back(sku);
    if (!read.item) continue;
    const storage::ItemRecord& item = *read.item;
    if (item.quotas > 0) limited.push_back(sku);
    if (item.low_stock_rules > 0) watched.push_back(sku);
    if (item.backordered > 0) waiting.push_back(sku);
    // Who waits gets what dead holds free, which is counted below from what is live.
    const bool may_be_dead = item.next_hold_expiry && *item.next_hold_expiry <= now_;
    if (may_be_dead || item.backordered > 0) due.push_back(sku);
  }
  for (const std::string& sku : components) rows_[sku] = {};
  Packet packet;
  AddItems(components, packet);
  AddLiveLevels(due, packet);
  AddIncoming(expecting, packet);
  AddQuotasAndRules(limited, watched, packet);
  AddDead(waiting, packet);
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection_);
}

absl::Time RowsReader::HoldsUntil(const std::string& sku) const {
  const SkuRows& rows = rows_.at(sku);
  // Of components neither is read what comes nor rules.
  if (components_.contains(sku) && (AnyIncoming(rows.levels) || (rows.item && rows.item->low_stock_rules > 0))) {
    return absl::InfinitePast();
  }
  if (!rows.item) return absl::InfiniteFuture();
  // Units that wait go when their hold runs out, which the item's next_hold_expiry does not tell.
  if (rows.item->backordered > 0 || corrected_.contains(sku)) return absl::InfinitePast();
  return rows.item->next_hold_expiry.value_or(absl::InfiniteFuture());
}

void GiveToWaiting(int64_t freed, storage::ItemRecord& item, storage::LevelRecord& level) {
  const int64_t available = std::max<int64_t>(level.quantities.available(), 0);
  const int64_t given = std::min({freed, item.backordered, available});
  level.quantities.reserved += given;
  item.backordered -= given;
}

}  // namespace inventory::queries
