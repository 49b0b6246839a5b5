#include "storage/configuration_repository.h"

#include <cstdlib>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace inventory::storage {
namespace {

// 17 significant digits, from which the same double is read.
void AppendOptionalDouble(Sql& sql, const std::optional<double>& value) {
  if (value) {
    sql.Raw(absl::StrFormat("%.17g", *value));
  } else {
    sql.Null();
  }
}

std::optional<double> ParseOptionalDouble(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return std::strtod(std::string(row.Text(column)).c_str(), nullptr);
}

template <typename Record>
bool AppendSelectAll(Sql& sql) {
  BeginStatement(sql).Raw("SELECT " + Columns<Record>() + " FROM " + Table<Record>::kName + " ORDER BY ");
  const std::span<const char* const> columns(Table<Record>::kColumns);
  sql.Raw(table_internal::JoinColumns(columns.first(Table<Record>::kKeySize), ""));
  return true;
}

bool AppendLockIds(Sql& sql, std::span<const std::string> warehouse_ids, const char* lock) {
  if (warehouse_ids.empty()) return false;
  BeginStatement(sql).Raw("SELECT warehouse_id FROM warehouse WHERE warehouse_id IN (");
  AppendTextList(sql, warehouse_ids);
  sql.Raw(") ORDER BY warehouse_id ").Raw(lock);
  return true;
}

// What each row of the use of a warehouse says.
enum UseRow { kLevels = 1, kAllocations = 2, kOpenShipments = 3, kExampleSku = 4 };

}  // namespace

void Table<WarehouseRecord>::AppendValues(Sql& sql, const WarehouseRecord& warehouse) {
  sql.Blob(warehouse.warehouse_id).Raw(",").Text(warehouse.name).Raw(",");
  sql.Text(warehouse.description).Raw(",").Bool(warehouse.active).Raw(",");
  AppendOptionalDouble(sql, warehouse.latitude);
  sql.Raw(",");
  AppendOptionalDouble(sql, warehouse.longitude);
  sql.Raw(",").Text(absl::StrJoin(warehouse.street_lines, "\n")).Raw(",");
  sql.Text(warehouse.city).Raw(",").Text(warehouse.postal_code).Raw(",");
  sql.Text(warehouse.region_code).Raw(",").Blob(warehouse.country_code).Raw(",");
  sql.Text(warehouse.type).Raw(",").Int(warehouse.version).Raw(",");
  sql.Time(warehouse.create_time).Raw(",").Time(warehouse.update_time).Raw(",");
  AppendOptionalTime(sql, warehouse.delete_time);
}

WarehouseRecord Table<WarehouseRecord>::Parse(const Row& row, int first_column) {
  int column = first_column;
  WarehouseRecord warehouse;
  warehouse.warehouse_id = row.Text(column++);
  warehouse.name = row.Text(column++);
  warehouse.description = row.Text(column++);
  warehouse.active = row.Bool(column++);
  warehouse.latitude = ParseOptionalDouble(row, column++);
  warehouse.longitude = ParseOptionalDouble(row, column++);
  warehouse.street_lines = absl::StrSplit(std::string(row.Text(column++)), '\n', absl::SkipEmpty());
  warehouse.city = row.Text(column++);
  warehouse.postal_code = row.Text(column++);
  warehouse.region_code = row.Text(column++);
  warehouse.country_code = row.Text(column++);
  warehouse.type = row.Text(column++);
  warehouse.version = row.Int(column++);
  warehouse.create_time = row.Time(column++);
  warehouse.update_time = row.Time(column++);
  warehouse.delete_time = ParseOptionalTime(row, column++);
  return warehouse;
}

void Table<ChannelRecord>::AppendValues(Sql& sql, const ChannelRecord& channel) {
  sql.Blob(channel.channel_id).Raw(",").Text(channel.name).Raw(",").Bool(channel.active).Raw(",");
  sql.Int(channel.version).Raw(",").Time(channel.create_time).Raw(",").Time(channel.update_time).Raw(",");
  AppendOptionalTime(sql, channel.delete_time);
}

ChannelRecord Table<ChannelRecord>::Parse(const Row& row, int first_column) {
  int column = first_column;
  ChannelRecord channel;
  channel.channel_id = row.Text(column++);
  channel.name = row.Text(column++);
  channel.active = row.Bool(column++);
  channel.version = row.Int(column++);
  channel.create_time = row.Time(column++);
  channel.update_time = row.Time(column++);
  channel.delete_time = ParseOptionalTime(row, column++);
  return channel;
}

void Table<AttachmentRecord>::AppendKey(Sql& sql, const AttachmentRecord& attachment) {
  sql.Blob(attachment.channel_id).Raw(",").Blob(attachment.warehouse_id);
}

void Table<AttachmentRecord>::AppendValues(Sql& sql, const AttachmentRecord& attachment) {
  AppendKey(sql, attachment);
  sql.Raw(",").Int(attachment.priority);
}

AttachmentRecord Table<AttachmentRecord>::Parse(const Row& row, int first_column) {
  AttachmentRecord attachment;
  attachment.channel_id = row.Text(first_column);
  attachment.warehouse_id = row.Text(first_column + 1);
  attachment.priority = static_cast<int32_t>(row.Int(first_column + 2));
  return attachment;
}

bool AppendSelectConfigurationVersion(Sql& sql) {
  BeginStatement(sql).Raw("SELECT version FROM configuration WHERE id = 1");
  return true;
}

bool AppendLockConfiguration(Sql& sql) {
  BeginStatement(sql).Raw("SELECT version FROM configuration WHERE id = 1 FOR UPDATE");
  return true;
}

int64_t ParseConfigurationVersion(const Rows& rows) { return rows.empty() ? 0 : rows[0].Int(0); }

bool AppendBumpConfiguration(Sql& sql) {
  BeginStatement(sql).Raw("UPDATE configuration SET version = version + 1 WHERE id = 1");
  return true;
}

bool AppendSelectWarehouses(Sql& sql) { return AppendSelectAll<WarehouseRecord>(sql); }
bool AppendSelectChannels(Sql& sql) { return AppendSelectAll<ChannelRecord>(sql); }
bool AppendSelectAttachments(Sql& sql) { return AppendSelectAll<AttachmentRecord>(sql); }

bool AppendShareLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids) {
  return AppendLockIds(sql, warehouse_ids, "LOCK IN SHARE MODE");
}

bool AppendLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids) {
  return AppendLockIds(sql, warehouse_ids, "FOR UPDATE");
}

bool AppendWarehouseUse(Sql& sql, const std::string& warehouse_id) {
  // With the SKU, the index (sku, expire_time) gives only the dead holds.
  constexpr char kUsed[] =
      " AND (l.on_hand <> 0 OR l.safety_stock <> 0 OR l.damaged <> 0 OR l.quality_control <> 0 OR (l.reserved <> 0 AND "
      "l.reserved <> (SELECT COALESCE(SUM(a.reserved), 0) FROM allocation a WHERE a.sku = l.sku AND a.expire_time <= "
      "NOW(6) AND a.warehouse_id = l.warehouse_id)))";
  BeginStatement(sql).Raw("SELECT 1, COUNT(*), '' FROM stock_level l WHERE l.warehouse_id = ").Blob(warehouse_id);
  sql.Raw(kUsed).Raw(
      " UNION ALL SELECT 2, COUNT(*), '' FROM stock_level l JOIN allocation a ON a.sku = l.sku AND a.warehouse_id = "
      "l.warehouse_id WHERE a.reserved > 0 AND (a.expire_time IS NULL OR a.expire_time > NOW(6)) AND l.reserved <> 0 "
      "AND l.warehouse_id = ");
  sql.Blob(warehouse_id);
  sql.Raw(" UNION ALL SELECT 3, COUNT(*), '' FROM shipment WHERE state IN (1, 2) AND warehouse_id = ");
  sql.Blob(warehouse_id).Raw(" UNION ALL (SELECT 4, 0, l.sku FROM stock_level l WHERE l.warehouse_id = ");
  sql.Blob(warehouse_id).Raw(kUsed).Raw(" ORDER BY l.sku LIMIT 10)");
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
      case kExampleSku:
        use.example_skus.push_back(std::string(row.Text(2)));
        break;
    }
  }
  return use;
}

}  // namespace inventory::storage
