// Warehouses, channels, their attachments and the version of all of them. The conventions of
// Append... are those of table.h.
#ifndef INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_
#define INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

// street_lines are stored one a line, so that none is empty or holds a line feed.
template <>
struct Table<WarehouseRecord> {
  static constexpr const char* kName = "warehouse";
  static constexpr std::array kColumns = {"warehouse_id", "name",        "description",  "active",
                                          "latitude",     "longitude",   "street_lines", "city",
                                          "postal_code",  "region_code", "country_code", "type",
                                          "version",      "create_time", "update_time",  "delete_time"};
  static constexpr int kKeySize = 1;
  static void AppendValues(Sql& sql, const WarehouseRecord& warehouse);
  static WarehouseRecord Parse(const Row& row, int first_column);
};

template <>
struct Table<ChannelRecord> {
  static constexpr const char* kName = "channel";
  static constexpr std::array kColumns = {"channel_id",  "name",        "active",     "version",
                                          "create_time", "update_time", "delete_time"};
  static constexpr int kKeySize = 1;
  static void AppendValues(Sql& sql, const ChannelRecord& channel);
  static ChannelRecord Parse(const Row& row, int first_column);
};

template <>
struct Table<AttachmentRecord> {
  static constexpr const char* kName = "attachment";
  static constexpr std::array kColumns = {"channel_id", "warehouse_id", "priority"};
  static constexpr int kKeySize = 2;
  static void AppendValues(Sql& sql, const AttachmentRecord& attachment);
  static void AppendKey(Sql& sql, const AttachmentRecord& attachment);
  static AttachmentRecord Parse(const Row& row, int first_column);
};

// Selects the version; AppendLockConfiguration also locks it until the transaction ends:
// ParseConfigurationVersion.
bool AppendSelectConfigurationVersion(Sql& sql);
bool AppendLockConfiguration(Sql& sql);
// 0 if there is no row.
int64_t ParseConfigurationVersion(const Rows& rows);
// Makes the version one greater.
bool AppendBumpConfiguration(Sql& sql);

// Selects all rows, the deleted ones too, in key order.
bool AppendSelectWarehouses(Sql& sql);
bool AppendSelectChannels(Sql& sql);
bool AppendSelectAttachments(Sql& sql);

// Locks the warehouses in the order of their ids, against changes of them or alone, and selects the
// ids of those that exist: ParseTexts.
bool AppendShareLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids);
bool AppendLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids);

// What stands against deleting a warehouse. Dead holds do not, released or not.
struct WarehouseUse {
  int64_t levels = 0;       // With any quantity that is not zero.
  int64_t allocations = 0;  // With reserved units.
  int64_t open_shipments = 0;
  std::vector<std::string> example_skus;  // Of those levels, at most 10, in SKU order.

  bool in_use() const { return levels > 0 || allocations > 0 || open_shipments > 0; }
};

// Selects the use of a warehouse. Allocations are counted where the level has reserved units.
bool AppendWarehouseUse(Sql& sql, const std::string& warehouse_id);
WarehouseUse ParseWarehouseUse(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_
