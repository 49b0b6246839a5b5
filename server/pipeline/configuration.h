// Channels, warehouses, attachments and availability estimates as one batch sees them.
#ifndef INVENTORY_SERVER_PIPELINE_CONFIGURATION_H_
#define INVENTORY_SERVER_PIPELINE_CONFIGURATION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "storage/mutex.h"
#include "storage/records.h"

namespace inventory::pipeline {

// All of the configuration at one version. Immutable once shared.
struct Configuration {
  int64_t version = 0;
  std::map<std::string, storage::WarehouseRecord, std::less<>> warehouses;
  std::map<std::string, storage::ChannelRecord, std::less<>> channels;
  // By channel; in order of priority, then warehouse id.
  std::map<std::string, std::vector<storage::AttachmentRecord>, std::less<>> attachments;

  std::map<std::string, storage::AvailabilityEstimateRecord, std::less<>> availability_estimates;

  // The estimate with the uid that items refer to, or nullptr.
  const storage::AvailabilityEstimateRecord* FindEstimateByUid(std::string_view uid) const;

  // The warehouse or channel, or nullptr if it does not exist or is deleted.
  const storage::WarehouseRecord* FindWarehouse(std::string_view warehouse_id) const;
  const storage::ChannelRecord* FindChannel(std::string_view channel_id) const;

  // The warehouses that the channel can draw from now: attached, active and not deleted, in order of priority.
  // Availability counts exactly these and reservations draw from exactly these.
  std::vector<std::string> SourcesOf(std::string_view channel_id) const;
  // The same, those that a reservation names only; if it names none, all.
  std::vector<std::string> SourcesOf(std::string_view channel_id, const std::vector<std::string>& only) const;
};

// Keeps the newest configuration read so far, so that a batch reads only its version number. Thread-safe.
class ConfigurationCache {
 public:
  // The configuration at `version` as just read on `connection`; reads it there if another one is cached. The result
  // may be newer than `version`.
  absl::StatusOr<std::shared_ptr<const Configuration>> At(int64_t version, storage::Connection& connection);

 private:
  storage::Mutex mutex_;
  std::shared_ptr<const Configuration> newest_ GUARDED_BY(mutex_);
};

// Reads all of the configuration.
absl::StatusOr<std::shared_ptr<const Configuration>> ReadConfiguration(storage::Connection& connection);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_CONFIGURATION_H_
