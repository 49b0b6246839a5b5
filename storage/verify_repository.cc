#include "storage/verify_repository.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "absl/status/status.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/sql.h"
#include "storage/table.h"

namespace inventory::storage {
namespace {

// The SKUs of a page: after `after`, up to and with `last` unless it is empty, all with the prefix. Or, if there are
// any, the named ones.
struct SkuRange {
  std::string prefix = {};
  std::string after = {};
  std::string last = {};
  std::span<const std::string> named = {};
};

Sql& AppendRange(Sql& sql, const std::string& column, const SkuRange& range) {
  if (!range.named.empty()) {
    sql.Raw(column + " IN (");
    AppendTextList(sql, range.named);
    return sql.Raw(")");
  }
  sql.Raw(column + " > ").Blob(range.after);
  AppendPrefixRange(sql, column, range.prefix);
  if (!range.last.empty()) sql.Raw(" AND " + column + " <= ").Blob(range.last);
  return sql;
}

void AppendItems(Sql& sql, const SkuRange& range, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<ItemRecord>() + " FROM item WHERE ");
  AppendRange(sql, "sku", range).Raw(" ORDER BY sku LIMIT ").Int(limit);
}

void AppendLevels(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT " + Columns<LevelRecord>() + " FROM stock_level WHERE ");
  AppendRange(sql, "sku", range).Raw(" ORDER BY sku, warehouse_id");
}

void AppendReserved(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, warehouse_id, SUM(reserved) FROM allocation WHERE ");
  AppendRange(sql, "sku", range).Raw(" GROUP BY sku, warehouse_id ORDER BY sku, warehouse_id");
}

void AppendIncoming(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, warehouse_id, SUM(units) FROM (");
  sql.Raw("SELECT p.sku, p.warehouse_id, p.ordered - p.received AS units FROM replenishment p WHERE p.state = 1 AND ");
  AppendRange(sql, "p.sku", range);
  sql.Raw(" UNION ALL SELECT l.sku, t.to_warehouse_id, l.quantity - l.received - l.missing FROM transfer_line l ");
  sql.Raw("JOIN transfer t ON t.transfer_id = l.transfer_id AND t.state = 1 WHERE ");
  AppendRange(sql, "l.sku", range);
  sql.Raw(") u GROUP BY sku, warehouse_id ORDER BY sku, warehouse_id");
}

// A balance forward stands for as many movements as its version says.
Sql& AppendMovementCount(Sql& sql) {
  sql.Raw("COUNT(*) + SUM(CASE WHEN type = ").Int(static_cast<int64_t>(MovementType::kBalanceForward));
  return sql.Raw(" THEN version - 1 ELSE 0 END)");
}

void AppendLevelLedgers(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, warehouse_id, ");
  for (const QuantityField& field : kQuantities) sql.Raw("SUM(delta_").Raw(field.name).Raw("), ");
  AppendMovementCount(sql.Raw("MAX(version), ")).Raw(" FROM movement WHERE ");
  AppendRange(sql, "sku", range).Raw(" GROUP BY sku, warehouse_id ORDER BY sku, warehouse_id");
}

void AppendSkuLedgers(Sql& sql, const SkuRange& range) {
  AppendMovementCount(BeginStatement(sql).Raw("SELECT sku, MAX(sequence), ")).Raw(" FROM movement WHERE ");
  AppendRange(sql, "sku", range).Raw(" GROUP BY sku ORDER BY sku");
}

// Open shipments are found through the lines of their reservations, which have an index by SKU.
void AppendShipped(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT reservation_id, sku, warehouse_id, SUM(bound), SUM(open) FROM (");
  sql.Raw("SELECT a.reservation_id, a.sku, a.warehouse_id, a.in_shipment AS bound, 0 AS open ");
  sql.Raw("FROM allocation a WHERE a.in_shipment <> 0 AND ");
  AppendRange(sql, "a.sku", range);
  sql.Raw(
      " UNION ALL SELECT r.reservation_id, r.sku, s.warehouse_id, 0, l.quantity FROM "
      "reservation_line r ");
  sql.Raw("JOIN shipment s ON s.reservation_id = r.reservation_id AND s.state IN (1, 2) ");
  sql.Raw("JOIN shipment_line l ON l.shipment_id = s.shipment_id AND l.sku = r.sku WHERE ");
  AppendRange(sql, "r.sku", range);
  sql.Raw(") u GROUP BY reservation_id, sku, warehouse_id ORDER BY reservation_id, sku, warehouse_id");
}

void AppendReturned(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT reservation_id, sku, SUM(returned), SUM(in_returns), SUM(shipped) FROM (");
  sql.Raw("SELECT r.reservation_id, r.sku, r.returned, 0 AS in_returns, r.shipped FROM reservation_line r ");
  sql.Raw("WHERE r.returned <> 0 AND ");
  AppendRange(sql, "r.sku", range);
  sql.Raw(" UNION ALL SELECT d.reservation_id, l.sku, 0, l.quantity, 0 FROM stock_return_line l ");
  sql.Raw("JOIN stock_return d ON d.return_id = l.return_id WHERE ");
  AppendRange(sql, "l.sku", range);
  sql.Raw(") u GROUP BY reservation_id, sku ORDER BY reservation_id, sku");
}

void AppendBackordered(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT reservation_id, sku, SUM(backordered), SUM(waiting) FROM (");
  sql.Raw("SELECT r.reservation_id, r.sku, r.backordered, 0 AS waiting FROM reservation_line r ");
  sql.Raw("WHERE r.backordered <> 0 AND ");
  AppendRange(sql, "r.sku", range);
  sql.Raw(" UNION ALL SELECT b.reservation_id, b.sku, 0, b.quantity FROM backorder b WHERE ");
  AppendRange(sql, "b.sku", range);
  sql.Raw(") u GROUP BY reservation_id, sku ORDER BY reservation_id, sku");
}

// From the lines of the quota's SKU, which have an index, to their reservations.
void AppendQuotas(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, channel_id, SUM(outstanding), SUM(unshipped) FROM (");
  sql.Raw("SELECT q.sku, q.channel_id, q.outstanding, 0 AS unshipped FROM quota q WHERE ");
  AppendRange(sql, "q.sku", range);
  sql.Raw(" UNION ALL SELECT q.sku, q.channel_id, 0, l.reserved + l.backordered FROM quota q ");
  sql.Raw("STRAIGHT_JOIN reservation_line l ON l.sku = q.sku AND (l.reserved > 0 OR l.backordered > 0) ");
  sql.Raw("STRAIGHT_JOIN reservation r ON r.reservation_id = l.reservation_id AND r.channel_id = q.channel_id WHERE ");
  AppendRange(sql, "q.sku", range);
  sql.Raw(") u GROUP BY sku, channel_id ORDER BY sku, channel_id");
}

// Those of all SKUs, as components have no rows of their own. Each list of components begins with a number, and only a
// bound that no empty list meets lets the index, which has but the first byte, skip all that are no kits.
void AppendKits(Sql& sql) { BeginStatement(sql).Raw("SELECT components FROM item WHERE components >= '1'"); }

void AppendLowStockRules(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, COUNT(*) FROM low_stock_rule WHERE delete_time IS NULL AND ");
  AppendRange(sql, "sku", range).Raw(" GROUP BY sku ORDER BY sku");
}

void AppendFirstExpiries(Sql& sql, const SkuRange& range) {
  BeginStatement(sql).Raw("SELECT sku, MIN(expire_time) FROM allocation FORCE INDEX (allocation_by_expiry) WHERE ");
  AppendRange(sql, "sku", range).Raw(" AND expire_time IS NOT NULL GROUP BY sku ORDER BY sku");
}

std::vector<LevelSum> ParseLevelSums(const Rows& rows) {
  std::vector<LevelSum> all;
  for (const Row& row : rows) all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Int(2)});
  return all;
}

std::vector<LevelLedger> ParseLevelLedgers(const Rows& rows) {
  std::vector<LevelLedger> all;
  for (const Row& row : rows) {
    constexpr int kLast = 2 + kQuantities.size();
    LevelLedger ledger{.sku = std::string(row.Text(0)), .warehouse_id = std::string(row.Text(1))};
    ledger.deltas = column::ParseQuantities(row, 2);
    ledger.last_version = row.Int(kLast);
    ledger.movements = row.Int(kLast + 1);
    all.push_back(std::move(ledger));
  }
  return all;
}

std::vector<SkuLedger> ParseSkuLedgers(const Rows& rows) {
  std::vector<SkuLedger> all;
  for (const Row& row : rows) all.push_back({std::string(row.Text(0)), row.Int(1), row.Int(2)});
  return all;
}

std::vector<AllocationShipped> ParseShipped(const Rows& rows) {
  std::vector<AllocationShipped> all;
  for (const Row& row : rows) {
    all.push_back(
        {std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2)), row.Int(3), row.Int(4)});
  }
  return all;
}

std::vector<LineReturned> ParseReturned(const Rows& rows) {
  std::vector<LineReturned> all;
  for (const Row& row : rows) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Int(2), row.Int(3), row.Int(4)});
  }
  return all;
}

std::vector<LineBackordered> ParseBackordered(const Rows& rows) {
  std::vector<LineBackordered> all;
  for (const Row& row : rows) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Int(2), row.Int(3)});
  }
  return all;
}

std::vector<QuotaOutstanding> ParseQuotas(const Rows& rows) {
  std::vector<QuotaOutstanding> all;
  for (const Row& row : rows) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), row.Int(2), row.Int(3)});
  }
  return all;
}

bool Contains(const SkuRange& range, const std::string& sku) {
  if (!range.named.empty()) return std::find(range.named.begin(), range.named.end(), sku) != range.named.end();
  return sku > range.after && sku.starts_with(range.prefix) && (range.last.empty() || sku <= range.last);
}

std::vector<SkuCount> ParseKits(const Rows& rows, const SkuRange& range) {
  std::map<std::string, int64_t> kits;
  for (const Row& row : rows) {
    for (const Component& component : ComponentsCodec::Parse(row, 0)) {
      if (Contains(range, component.sku)) ++kits[component.sku];
    }
  }
  std::vector<SkuCount> all;
  for (const auto& [sku, count] : kits) all.push_back({sku, count});
  return all;
}

std::vector<SkuCount> ParseSkuCounts(const Rows& rows) {
  std::vector<SkuCount> all;
  for (const Row& row : rows) all.push_back({std::string(row.Text(0)), row.Int(1)});
  return all;
}

std::vector<SkuExpiry> ParseExpiries(const Rows& rows) {
  std::vector<SkuExpiry> all;
  for (const Row& row : rows) all.push_back({std::string(row.Text(0)), row.Time(1)});
  return all;
}

// What is computed from the parts, in eleven statements.
void AppendSums(Sql& sql, const SkuRange& range) {
  AppendReserved(sql, range);
  AppendLevelLedgers(sql, range);
  AppendSkuLedgers(sql, range);
  AppendShipped(sql, range);
  AppendReturned(sql, range);
  AppendIncoming(sql, range);
  AppendBackordered(sql, range);
  AppendQuotas(sql, range);
  AppendKits(sql);
  AppendLowStockRules(sql, range);
  AppendFirstExpiries(sql, range);
}

void ParseSums(std::span<const Rows> results, const SkuRange& range, VerifySnapshot& snapshot) {
  snapshot.reserved = ParseLevelSums(results[0]);
  snapshot.level_ledgers = ParseLevelLedgers(results[1]);
  snapshot.sku_ledgers = ParseSkuLedgers(results[2]);
  snapshot.shipped = ParseShipped(results[3]);
  snapshot.returned = ParseReturned(results[4]);
  snapshot.incoming = ParseLevelSums(results[5]);
  snapshot.backordered = ParseBackordered(results[6]);
  snapshot.quotas = ParseQuotas(results[7]);
  snapshot.kits = ParseKits(results[8], range);
  snapshot.low_stock_rules = ParseSkuCounts(results[9]);
  snapshot.first_expiries = ParseExpiries(results[10]);
}

absl::StatusOr<VerifySnapshot> ReadInTransaction(Connection& connection, SkuRange range, int64_t limit) {
  Sql first;
  BeginStatement(first).Raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  BeginStatement(first).Raw("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  AppendItems(first, range, limit);
  absl::StatusOr<std::vector<Rows>> page = connection.Execute(first);
  if (!page.ok()) return page.status();
  VerifySnapshot snapshot;
  snapshot.items = ParseAll<ItemRecord>(page->at(2));
  if (!snapshot.items.empty() && static_cast<int64_t>(snapshot.items.size()) >= limit) {
    snapshot.next_after_sku = range.last = snapshot.items.back().sku;
  }

  Sql rest;
  AppendLevels(rest, range);
  AppendSums(rest, range);
  BeginStatement(rest).Raw("COMMIT");
  absl::StatusOr<std::vector<Rows>> results = connection.Execute(rest);
  if (!results.ok()) return results.status();
  snapshot.levels = ParseAll<LevelRecord>(results->at(0));
  ParseSums(std::span<const Rows>(*results).subspan(1), range, snapshot);
  return snapshot;
}

}  // namespace

absl::Status ReadSums(Connection& connection, std::span<const std::string> skus, VerifySnapshot& snapshot) {
  if (skus.empty()) return absl::OkStatus();
  const SkuRange range = {.named = skus};
  Sql sql;
  AppendSums(sql, range);
  absl::StatusOr<std::vector<Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  ParseSums(*results, range, snapshot);
  return absl::OkStatus();
}

absl::StatusOr<VerifySnapshot> ReadVerifySnapshot(Connection& connection, const std::string& sku_prefix,
                                                  const std::string& after_sku, int64_t limit) {
  if (limit <= 0) return absl::InvalidArgumentError("limit must be positive");
  absl::StatusOr<VerifySnapshot> snapshot =
      ReadInTransaction(connection, {.prefix = sku_prefix, .after = after_sku}, limit);
  if (!snapshot.ok()) {
    Sql rollback;
    BeginStatement(rollback).Raw("ROLLBACK");
    // A connection that can't answer has lost its transaction with itself.
    (void)connection.Execute(rollback);
  }
  return snapshot;
}

}  // namespace inventory::storage
