// Warehouses, channels, their attachments, availability estimates and the version of all of them. The conventions of
// Append... are those of table.h.
#ifndef INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_
#define INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/item_repository.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

// street_lines are stored one a line, so that none is empty or holds a line feed.
template <>
struct Table<WarehouseRecord> {
  using R = WarehouseRecord;
  static constexpr const char* kName = "warehouse";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("warehouse_id", &R::warehouse_id), column::Text("name", &R::name),
                 column::Text("description", &R::description), column::Value("active", &R::active),
                 column::Value("latitude", &R::latitude), column::Value("longitude", &R::longitude),
                 column::Coded<column::ListCodec<'\n', column::TextCodec>>("street_lines", &R::street_lines),
                 column::Text("city", &R::city), column::Text("postal_code", &R::postal_code),
                 column::Text("region_code", &R::region_code), column::Bytes("country_code", &R::country_code),
                 column::Text("type", &R::type), column::Value("version", &R::version),
                 column::Value("create_time", &R::create_time), column::Value("update_time", &R::update_time),
                 column::Value("delete_time", &R::delete_time),
                 column::Bytes("external_reference_code", &R::external_reference_code));
};

template <>
struct Table<ChannelRecord> {
  using R = ChannelRecord;
  static constexpr const char* kName = "channel";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns = std::tuple(
      column::Bytes("channel_id", &R::channel_id), column::Text("name", &R::name), column::Value("active", &R::active),
      column::Value("version", &R::version), column::Value("create_time", &R::create_time),
      column::Value("update_time", &R::update_time), column::Value("delete_time", &R::delete_time),
      column::Value("sourcing_strategy", &R::sourcing_strategy),
      column::Bytes("external_reference_code", &R::external_reference_code));
};

template <>
struct Table<AttachmentRecord> {
  using R = AttachmentRecord;
  static constexpr const char* kName = "attachment";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("channel_id", &R::channel_id), column::Bytes("warehouse_id", &R::warehouse_id),
                 column::Value("priority", &R::priority));
};

template <>
struct Table<AvailabilityEstimateRecord> {
  using R = AvailabilityEstimateRecord;
  static constexpr const char* kName = "availability_estimate";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("availability_estimate_id", &R::availability_estimate_id), column::Bytes("uid", &R::uid),
                 column::Text("title", &R::title), column::Coded<LabelsCodec>("localized_titles", &R::localized_titles),
                 column::Value("priority", &R::priority), column::Value("version", &R::version),
                 column::Value("create_time", &R::create_time), column::Value("update_time", &R::update_time));
};

// Selects the version; the others also lock it until the transaction ends, alone or against changes:
// ParseConfigurationVersion.
bool AppendSelectConfigurationVersion(Sql& sql);
bool AppendLockConfiguration(Sql& sql);
bool AppendShareLockConfiguration(Sql& sql);
// 0 if there is no row.
int64_t ParseConfigurationVersion(const Rows& rows);
// Makes the version one greater.
bool AppendBumpConfiguration(Sql& sql);

struct ConfigurationState {
  absl::Time now;  // The database's.
  int64_t version = 0;
  int64_t followed_version = 0;  // Up to which the consequences were carried out.
};
inline constexpr int kStateColumns = 3;
// Selects it: ParseConfigurationState, which reads the first kStateColumns columns. Nothing if its row, which is made
// with the schema, is gone.
bool AppendSelectConfigurationState(Sql& sql);
std::optional<ConfigurationState> ParseConfigurationState(const Rows& rows);
// Says that the consequences were carried out up to `version`.
bool AppendFollowed(Sql& sql, int64_t version);

// Selects all rows, the deleted ones too, in key order.
bool AppendSelectWarehouses(Sql& sql);
bool AppendSelectChannels(Sql& sql);
bool AppendSelectAttachments(Sql& sql);
bool AppendSelectAvailabilityEstimates(Sql& sql);

// Locks the warehouses in the order of their ids, against changes of them or alone, and selects the
// ids of those that exist: ParseTexts.
bool AppendShareLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids);
bool AppendLockWarehouses(Sql& sql, std::span<const std::string> warehouse_ids);

// Locks the estimates in the order of their ids, against changes of them or alone.
bool AppendShareLockAvailabilityEstimates(Sql& sql, std::span<const std::string> ids);
bool AppendLockAvailabilityEstimates(Sql& sql, std::span<const std::string> ids);
// Selects the SKUs of the items that use the estimate, the first `limit`: ParseTexts.
bool AppendSelectUsersOfEstimate(Sql& sql, const std::string& id, int64_t limit);

// What stands against deleting a warehouse. Dead holds do not, released or not.
struct WarehouseUse {
  int64_t levels = 0;       // With any quantity that is not zero.
  int64_t allocations = 0;  // With reserved units.
  int64_t open_shipments = 0;
  int64_t open_replenishments = 0;
  int64_t open_transfers = 0;             // To it and from it.
  std::vector<std::string> example_skus;  // Of those levels, at most 10, in SKU order.

  bool in_use() const {
    return levels > 0 || allocations > 0 || open_shipments > 0 || open_replenishments > 0 || open_transfers > 0;
  }
};

// Selects the use of a warehouse. Allocations are counted where the level has reserved units.
bool AppendWarehouseUse(Sql& sql, const std::string& warehouse_id);
WarehouseUse ParseWarehouseUse(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONFIGURATION_REPOSITORY_H_
