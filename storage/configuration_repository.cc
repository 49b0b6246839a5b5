#include "storage/configuration_repository.h"

namespace inventory::storage {
namespace {

constexpr char kShared[] = "LOCK IN SHARE MODE";
constexpr char kAlone[] = "FOR UPDATE";

template <typename Record>
bool AppendLockIds(Sql& sql, std::span<const std::string> ids, const char* lock) {
  if (ids.empty()) return false;
  const std::string key = table_internal::kNames<Record>[0];
  BeginStatement(sql).Raw("SELECT " + key + " FROM " + Table<Record>::kName + " WHERE " + key + " IN (");
  AppendTextList(sql, ids);
  sql.Raw(") ORDER BY " + key + " ").Raw(lock);
  return true;
}

// What each row of the use of a warehouse says.
enum UseRow {
  kLevels = 1,
  kAllocations = 2,
  kOpenShipments = 3,
  kOpenReplenishments = 4,
  kOpenTransfers = 5,
  kExampleSku = 6,
};

}  // namespace

bool AppendSelectConfigurationVersion(Sql& sql) {
  BeginStatement(sql).Raw("SELECT version FROM configuration WHERE id = 1");
  return true;
}

bool AppendLockConfiguration(Sql& sql) {
  BeginStatement(sql).Raw("SELECT version FROM configuration WHERE id = 1 FOR UPDATE");
  return true;
}

bool AppendShareLockConfiguration(Sql& sql) {
  BeginStatement(sql).Raw("SELECT version FROM configuration WHERE id = 1 LOCK IN SHARE MODE");
  return true;
}

int64_t ParseConfigurationVersion(const Rows& rows) { return rows.empty() ? 0 : rows[0].Int(0); }

bool AppendBumpConfiguration(Sql& sql) {
  BeginStatement(sql).Raw("UPDATE configuration SET version = version + 1 WHERE id = 1");
  return true;
}

bool AppendSelectConfigurationState(Sql& sql) {
  BeginStatement(sql).Raw("SELECT NOW(6), version, followed_version FROM configuration WHERE id = 1");
  return true;
}

std::optional<ConfigurationState> ParseConfigurationState(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return ConfigurationState{.now = rows[0].Time(0), .version = rows[0].Int(1), .followed_version = rows[0].Int(2)};
}

bool AppendFollowed(Sql& sql, int64_t version) {
  BeginStatement(sql).Raw("UPDATE configuration SET followed_version = ").Int(version);
  sql.Raw(" WHERE id = 1 AND followed_version < ").Int(version);
  return true;
}

bool AppendSelectWarehouses(Sql& sql) { return AppendSelectAll<WarehouseRecord>(sql); }
bool AppendSelectChannels(Sql& sql) { return AppendSelectAll<ChannelRecord>(sql); }
bool AppendSelectAttachments(Sql& sql) { return AppendSelectAll<AttachmentRecord>(sql); }
bool AppendSelectAvailabilityEstimates(Sql& sql) { return AppendSelectAll<AvailabilityEstimateRecord>(sql); }

bool AppendShareLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids) {
  return AppendLockIds<WarehouseRecord>(sql, warehouse_ids, kShared);
}

bool AppendLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids) {
  return AppendLockIds<WarehouseRecord>(sql, warehouse_ids, kAlone);
}

bool AppendShareLockAvailabilityEstimates(Sql& sql, std::span<const std::string> ids) {
  return AppendLockIds<AvailabilityEstimateRecord>(sql, ids, kShared);
}

bool AppendLockAvailabilityEstimates(Sql& sql, std::span<const std::string> ids) {
  return AppendLockIds<AvailabilityEstimateRecord>(sql, ids, kAlone);
}

bool AppendSelectUsersOfEstimate(Sql& sql, const std::string& id, int64_t limit) {
  BeginStatement(sql).Raw("SELECT i.sku FROM availability_estimate e JOIN item i ON i.availability_estimate = e.uid ");
  sql.Raw("WHERE e.availability_estimate_id = ").Blob(id).Raw(" ORDER BY i.sku LIMIT ").Int(limit);
  return true;
}

bool AppendWarehouseUse(Sql& sql, const std::string& warehouse_id) {
  // With the SKU, the index (sku, expire_time) gives only the dead holds.
  constexpr char kUsed[] =
      " AND (l.on_hand <> 0 OR l.safety_stock <> 0 OR l.damaged <> 0 OR l.quality_control <> 0 OR l.incoming <> 0 OR "
      "(l.reserved <> 0 AND l.reserved <> (SELECT COALESCE(SUM(a.reserved), 0) FROM allocation a WHERE a.sku = l.sku "
      "AND a.expire_time <= NOW(6) AND a.warehouse_id = l.warehouse_id)))";
  const auto count = [&](const char* select) { sql.Raw(" UNION ALL ").Raw(select).Blob(warehouse_id); };
  BeginStatement(sql).Raw("SELECT 1, COUNT(*), '' FROM stock_level l WHERE l.warehouse_id = ").Blob(warehouse_id);
  sql.Raw(kUsed);
  count(
      "SELECT 2, COUNT(*), '' FROM stock_level l JOIN allocation a ON a.sku = l.sku AND a.warehouse_id = "
      "l.warehouse_id WHERE a.reserved > 0 AND (a.expire_time IS NULL OR a.expire_time > NOW(6)) AND l.reserved <> 0 "
      "AND l.warehouse_id = ");
  count("SELECT 3, COUNT(*), '' FROM shipment WHERE state IN (1, 2) AND warehouse_id = ");
  count("SELECT 4, COUNT(*), '' FROM replenishment WHERE state = 1 AND warehouse_id = ");
  count("SELECT 5, COUNT(*), '' FROM transfer WHERE state = 1 AND from_warehouse_id = ");
  count("SELECT 5, COUNT(*), '' FROM transfer WHERE state = 1 AND to_warehouse_id = ");
  sql.Raw(" UNION ALL (SELECT 6, 0, l.sku FROM stock_level l WHERE l.warehouse_id = ").Blob(warehouse_id);
  sql.Raw(kUsed).Raw(" ORDER BY l.sku LIMIT 10)");
  return true;
}

WarehouseUse ParseWarehouseUse(const Rows& rows) {
  WarehouseUse use;
  for (const Row& row : rows) {
    switch (static_cast<UseRow>(row.Int(0))) {
      case kLevels:
        use.levels = row.Int(1);
        break;
      case kAllocations:
        use.allocations = row.Int(1);
        break;
      case kOpenShipments:
        use.open_shipments = row.Int(1);
        break;
      case kOpenReplenishments:
        use.open_replenishments = row.Int(1);
        break;
      case kOpenTransfers:
        use.open_transfers += row.Int(1);
        break;
      case kExampleSku:
        use.example_skus.push_back(std::string(row.Text(2)));
        break;
    }
  }
  return use;
}

}  // namespace inventory::storage
