// Warehouses, channels, attachments and availability estimates, as plain values: see records.h.
#ifndef INVENTORY_STORAGE_CONFIGURATION_RECORDS_H_
#define INVENTORY_STORAGE_CONFIGURATION_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace inventory::storage {

struct WarehouseRecord {
  std::string warehouse_id;
  std::string name;
  std::string description;
  bool active = false;
  std::optional<double> latitude;  // Both or none.
  std::optional<double> longitude;
  std::vector<std::string> street_lines;
  std::string city;
  std::string postal_code;
  std::string region_code;
  std::string country_code;
  std::string type;
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  using Key = std::string;
  Key key() const { return warehouse_id; }
  bool operator==(const WarehouseRecord&) const = default;
};

// How the warehouses that serve an order are chosen among those that may.
enum class SourcingStrategy : int8_t {
  kPriority = 1,
  kNearest = 2,
  kFewestSplits = 3,
  kBalanced = 4,
};

struct ChannelRecord {
  std::string channel_id;
  std::string name;
  bool active = true;
  SourcingStrategy sourcing_strategy = SourcingStrategy::kPriority;
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  using Key = std::string;
  Key key() const { return channel_id; }
  bool operator==(const ChannelRecord&) const = default;
};

struct AttachmentRecord {
  std::string channel_id;
  std::string warehouse_id;
  int32_t priority = 0;

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {channel_id, warehouse_id}; }
  bool operator==(const AttachmentRecord&) const = default;
};

// A text about delivery that items refer to by its uid, which no other one ever has.
struct AvailabilityEstimateRecord {
  std::string availability_estimate_id;
  std::string uid;
  std::string title;
  std::map<std::string, std::string> localized_titles;  // By language tag in lower case.
  int32_t priority = 0;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return availability_estimate_id; }
  bool operator==(const AvailabilityEstimateRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONFIGURATION_RECORDS_H_
