#include "tests/bench/peer/stock.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"

namespace inventory::bench::peer {
namespace {

using storage::ItemRecord;
using storage::LevelRecord;
using storage::MovementRecord;

// Columns of the locking statement.
enum Column {
  kSku,
  kPublished,
  kLeast,
  kMost,
  kMultiple,
  kAllowed,
  kSequence,
  kLastMovementTime,
  kNextHoldExpiry,
  kUnknownRules,
  kNow,
  kLevel,  // And those that follow.
};

const std::string& LockText(std::size_t skus) {
  static const std::string head = absl::StrCat(
      "SELECT i.sku, i.published, i.min_order_quantity, i.max_order_quantity, i.multiple_order_quantity, "
      "i.allowed_order_quantities, i.sequence, i.last_movement_time, "
      "COALESCE(i.next_hold_expiry, '9999-12-31 00:00:00'), i.components <> '' OR i.tracked = 0 OR "
      "i.quotas > 0 OR i.low_stock_rules > 0 OR i.backordered > 0 OR i.fill_pending > 0, NOW(6), ",
      storage::Columns<LevelRecord>("l"),
      " FROM item i FORCE INDEX (PRIMARY) LEFT JOIN stock_level l FORCE INDEX (PRIMARY) ON l.sku = i.sku "
      "WHERE i.sku IN (");
  thread_local std::map<std::size_t, std::string> texts;
  std::string& text = texts[skus];
  if (text.empty()) text = head + Marks(skus) + ") ORDER BY i.sku FOR UPDATE";
  return text;
}

// The SKUs and, up to the next power of two, the last one again, so that there are few statements to keep.
Values Padded(const std::set<std::string>& skus) {
  Values values(skus.begin(), skus.end());
  while ((values.size() & (values.size() - 1)) != 0) values.push_back(*skus.rbegin());
  return values;
}

ItemRecord ParseItem(const storage::Row& row) {
  ItemRecord item;
  item.sku = row.Text(kSku);
  item.published = row.Bool(kPublished);
  item.min_order_quantity = row.Int(kLeast);
  item.max_order_quantity = row.Int(kMost);
  item.multiple_order_quantity = row.Int(kMultiple);
  item.allowed_order_quantities = storage::IntegersCodec::Parse(row, kAllowed);
  item.sequence = row.Int(kSequence);
  if (!row.IsNull(kLastMovementTime)) item.last_movement_time = row.Time(kLastMovementTime);
  item.next_hold_expiry = row.Time(kNextHoldExpiry);
  return item;
}

}  // namespace

absl::StatusOr<Stock> Stock::Lock(Session& session, const std::set<std::string>& skus) {
  const Values values = Padded(skus);
  absl::StatusOr<storage::Rows> rows = session.Query(LockText(values.size()), values);
  if (!rows.ok()) return rows.status();
  Stock stock;
  for (const storage::Row& row : *rows) {
    ItemRecord item = ParseItem(row);
    if (row.Bool(kUnknownRules)) {
      return absl::UnimplementedError(absl::StrCat(item.sku, " has rules that this service does not know"));
    }
    stock.last_movement_ = std::max(stock.last_movement_, item.last_movement_time.value_or(absl::InfinitePast()));
    stock.now_ = std::max({stock.now_, row.Time(kNow), stock.last_movement_});
    if (!row.IsNull(kLevel)) {
      auto level = storage::Parse<LevelRecord>(row, kLevel);
      stock.levels_.emplace(level.key(), std::move(level));
    }
    stock.items_.emplace(item.sku, std::move(item));
  }
  return stock;
}

const ItemRecord* Stock::item(const std::string& sku) const {
  const auto found = items_.find(sku);
  return found == items_.end() ? nullptr : &found->second;
}

const LevelRecord* Stock::level(const std::string& sku, const std::string& warehouse_id) const {
  const auto found = levels_.find({sku, warehouse_id});
  return found == levels_.end() ? nullptr : &found->second;
}

void Stock::Reserve(const std::string& sku, const std::string& warehouse_id, int64_t units, storage::MovementType type,
                    const std::string& reservation_id, const std::string& request_id) {
  ItemRecord& item = items_.at(sku);
  LevelRecord& level = levels_.at({sku, warehouse_id});
  level.quantities.reserved += units;
  level.version += 1;
  level.update_time = now_;
  item.sequence += 1;
  item.last_movement_time = now_;
  movements_.push_back({.sku = sku,
                        .sequence = item.sequence,
                        .warehouse_id = warehouse_id,
                        .version = level.version,
                        .type = type,
                        .delta = {.reserved = units},
                        .balance = level.quantities,
                        .reason = {},
                        .actor = {},
                        .document_id = reservation_id,
                        .request_id = request_id,
                        .create_time = now_});
}

void Stock::Hold(const std::string& sku, absl::Time expire_time) {
  ItemRecord& item = items_.at(sku);
  item.next_hold_expiry = std::min(*item.next_hold_expiry, expire_time);
}

absl::Status Stock::Write(Session& session) const {
  // Both counters in one statement: every round trip here is one that others wait for.
  static const std::string kText =
      "UPDATE stock_level l JOIN item i ON i.sku = l.sku SET l.reserved = ?, l.version = ?, l.update_time = ?, "
      "i.sequence = ?, i.last_movement_time = ?, i.next_hold_expiry = ? WHERE l.sku = ? AND l.warehouse_id = ?";
  std::set<LevelRecord::Key> keys;
  for (const MovementRecord& movement : movements_) keys.insert({movement.sku, movement.warehouse_id});
  const Value now = TimeValue(now_);
  for (const LevelRecord::Key& key : keys) {
    const LevelRecord& level = levels_.at(key);
    const ItemRecord& item = items_.at(level.sku);
    absl::Status done = session.Run(kText, {level.quantities.reserved, level.version, now, item.sequence, now,
                                            TimeValue(*item.next_hold_expiry), level.sku, level.warehouse_id});
    if (!done.ok()) return done;
  }
  return session.Insert(movements_);
}

}  // namespace inventory::bench::peer
