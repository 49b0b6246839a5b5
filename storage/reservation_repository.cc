#include "storage/reservation_repository.h"

#include "storage/external_reference_repository.h"

namespace inventory::storage {
namespace {

constexpr char kDeadHold[] = "(r.state = 1 AND r.expire_time <= NOW(6))";

// "SELECT columns" of reservation r, the state as it is now.
std::string LiveSelect() {
  std::string columns = Columns<ReservationRecord>("r");
  const std::string state = "r.state";
  columns.replace(columns.find(state), state.size(), std::string("IF(") + kDeadHold + ", 5, r.state)");
  return "SELECT " + columns;
}

// Whether what is reserved in the filter's warehouse leads to the reservations. An order and a code have few, and a SKU
// has fewer than a warehouse.
bool LedByWarehouse(const ReservationFilter& filter) {
  return !filter.warehouse_id.empty() && filter.sku.empty() && filter.order_reference.empty() &&
         filter.external_reference_code.empty();
}

// " FROM ...", with the index that has the rows of the filter in order of id. Left to itself an optimizer that expects
// many of them walks through all reservations instead, which is far where they are all old.
void AppendFrom(Sql& sql, const ReservationFilter& filter) {
  if (LedByWarehouse(filter)) {
    sql.Raw(" FROM allocation l FORCE INDEX (allocation_by_warehouse) STRAIGHT_JOIN reservation r ON ");
    sql.Raw("r.reservation_id = l.reservation_id");
  } else if (!filter.external_reference_code.empty() && filter.sku.empty()) {
    sql.Raw(" FROM reservation r");
  } else if (!filter.order_reference.empty()) {
    sql.Raw(" FROM reservation r FORCE INDEX (reservation_by_order)");
    if (!filter.sku.empty()) sql.Raw(" JOIN reservation_line l ON l.reservation_id = r.reservation_id");
  } else if (!filter.sku.empty()) {
    sql.Raw(" FROM reservation_line l FORCE INDEX (reservation_line_by_sku) STRAIGHT_JOIN reservation r ON ");
    sql.Raw("r.reservation_id = l.reservation_id");
  } else if (!filter.channel_id.empty()) {
    sql.Raw(" FROM reservation r FORCE INDEX (reservation_by_channel)");
  } else {
    sql.Raw(" FROM reservation r");
  }
}

void AppendLiveState(Sql& sql, ReservationState state) {
  if (state == ReservationState::kHeld) {
    sql.Raw(" AND r.state = 1 AND r.expire_time > NOW(6)");
  } else if (state == ReservationState::kExpired) {
    sql.Raw(" AND (r.state = 5 OR ").Raw(kDeadHold).Raw(")");
  } else {
    sql.Raw(" AND r.state = ").Int(static_cast<int64_t>(state));
  }
}

// " AND ...": the reservation, or its line of the SKU, has live units in the warehouse.
void AppendReservedIn(Sql& sql, const ReservationFilter& filter) {
  // Only held and committed ones have any. Otherwise all of the warehouse's would be looked through for nothing.
  if (filter.state && *filter.state != ReservationState::kHeld && *filter.state != ReservationState::kCommitted) {
    sql.Raw(" AND FALSE");
  }
  if (!LedByWarehouse(filter)) {
    // Not EXISTS: optimizers turn that into a join that starts from all allocations of the warehouse.
    sql.Raw(" AND (SELECT COUNT(*) FROM allocation a FORCE INDEX (PRIMARY) WHERE a.reservation_id = r.reservation_id");
    if (!filter.sku.empty()) sql.Raw(" AND a.sku = ").Blob(filter.sku);
    sql.Raw(" AND a.warehouse_id = ").Blob(filter.warehouse_id).Raw(" AND a.outstanding = 1");
    sql.Raw(" AND (a.expire_time IS NULL OR a.expire_time > NOW(6))) > 0");
    return;
  }
  sql.Raw(" AND l.warehouse_id = ").Blob(filter.warehouse_id).Raw(" AND l.outstanding = 1");
  sql.Raw(" AND (l.expire_time IS NULL OR l.expire_time > NOW(6))");
  // One that has several SKUs there comes by the first of them. DISTINCT would have all of the warehouse's collected.
  sql.Raw(" AND l.sku = (SELECT MIN(a.sku) FROM allocation a FORCE INDEX (allocation_by_warehouse) WHERE ");
  sql.Raw("a.warehouse_id = ").Blob(filter.warehouse_id).Raw(" AND a.outstanding = 1 AND ");
  sql.Raw("a.reservation_id = l.reservation_id)");
}

}  // namespace

bool AppendSelectReservations(Sql& sql, std::span<const std::string> reservation_ids) {
  return AppendSelectByKeyPrefix<ReservationRecord>(sql, reservation_ids);
}

bool AppendSelectReservationLines(Sql& sql, std::span<const std::string> reservation_ids) {
  return AppendSelectByKeyPrefix<ReservationLineRecord>(sql, reservation_ids);
}

bool AppendSelectAllocations(Sql& sql, std::span<const std::string> reservation_ids) {
  return AppendSelectByKeyPrefix<AllocationRecord>(sql, reservation_ids);
}

bool AppendSelectLiveReservations(Sql& sql, std::span<const std::string> reservation_ids) {
  if (reservation_ids.empty()) return false;
  BeginStatement(sql).Raw(LiveSelect()).Raw(" FROM reservation r WHERE r.reservation_id IN (");
  AppendTextList(sql, reservation_ids);
  sql.Raw(")");
  return true;
}

bool AppendSelectHolders(Sql& sql, const std::string& sku, absl::Time now, int64_t limit) {
  BeginStatement(sql).Raw("SELECT l.reservation_id FROM reservation_line l STRAIGHT_JOIN reservation r ON ");
  sql.Raw("r.reservation_id = l.reservation_id WHERE (l.reserved > 0 OR l.backordered > 0) AND l.sku = ").Blob(sku);
  sql.Raw(" AND (r.state = 2 OR (r.state = 1 AND r.expire_time > ").Time(now);
  sql.Raw(")) ORDER BY l.reservation_id DESC LIMIT ").Int(limit);
  return true;
}

bool AppendSelectDeadAllocations(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<AllocationRecord>() +
                          " FROM allocation FORCE INDEX (allocation_by_expiry)");
  AppendTextList(sql.Raw(" WHERE sku IN ("), skus);
  sql.Raw(") AND expire_time <= ").Time(now);
  sql.Raw(" ORDER BY expire_time, reservation_id, sku, warehouse_id LIMIT ").Int(limit);
  return true;
}

bool AppendSelectNextExpiries(Sql& sql, std::span<const std::string> skus, absl::Time now) {
  if (skus.empty()) return false;
  BeginStatement(sql);
  for (std::size_t i = 0; i < skus.size(); ++i) {
    // Grouped, the optimizer may read all live holds of a SKU to find the first one.
    sql.Raw(i == 0 ? "(" : " UNION ALL (");
    sql.Raw("SELECT sku, expire_time FROM allocation FORCE INDEX (allocation_by_expiry) WHERE sku = ").Blob(skus[i]);
    sql.Raw(" AND expire_time > ").Time(now).Raw(" ORDER BY expire_time LIMIT 1)");
  }
  return true;
}

bool AppendSelectDeadUnits(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT sku, warehouse_id, SUM(reserved) FROM allocation WHERE sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND expire_time <= NOW(6) GROUP BY sku, warehouse_id");
  return true;
}

bool AppendSelectLines(Sql& sql, std::span<const ReservationLineRecord::Key> keys) {
  if (keys.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<ReservationLineRecord>() + " FROM reservation_line");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    sql.Raw(i == 0 ? " WHERE (reservation_id, sku) IN ((" : ",(").Blob(keys[i].first).Raw(",").Blob(keys[i].second);
    sql.Raw(")");
  }
  sql.Raw(")");
  return true;
}

bool AppendSelectExpiredReservations(Sql& sql, const std::optional<ExpiredReservation>& after, int64_t limit) {
  BeginStatement(sql).Raw("SELECT reservation_id, expire_time FROM reservation WHERE state = 1");
  sql.Raw(" AND expire_time <= NOW(6)");
  if (after) {
    sql.Raw(" AND expire_time >= ").Time(after->expire_time).Raw(" AND (expire_time > ").Time(after->expire_time);
    sql.Raw(" OR reservation_id > ").Blob(after->reservation_id).Raw(")");
  }
  sql.Raw(" ORDER BY expire_time, reservation_id LIMIT ").Int(limit);
  return true;
}

std::vector<ExpiredReservation> ParseExpiredReservations(const Rows& rows) {
  std::vector<ExpiredReservation> expired;
  expired.reserve(rows.size());
  for (const Row& row : rows) expired.push_back({std::string(row.Text(0)), row.Time(1)});
  return expired;
}

bool AppendListReservations(Sql& sql, const ReservationFilter& filter, const std::string& after_id, int64_t limit) {
  BeginStatement(sql).Raw(LiveSelect());
  AppendFrom(sql, filter);
  const bool by_part = !filter.sku.empty() || LedByWarehouse(filter);
  const std::string id = by_part ? "l.reservation_id" : "r.reservation_id";
  sql.Raw(" WHERE " + id + " > ").Blob(after_id);
  if (!filter.order_reference.empty()) sql.Raw(" AND r.order_reference = ").Blob(filter.order_reference);
  if (!filter.channel_id.empty()) sql.Raw(" AND r.channel_id = ").Blob(filter.channel_id);
  if (!filter.sku.empty()) sql.Raw(" AND l.sku = ").Blob(filter.sku);
  if (filter.state) AppendLiveState(sql, *filter.state);
  if (!filter.warehouse_id.empty()) AppendReservedIn(sql, filter);
  AppendHasCode(sql, id, ResourceKind::kReservation, filter.external_reference_code);
  sql.Raw(" ORDER BY " + id + " LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
