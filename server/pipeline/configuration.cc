#include "server/pipeline/configuration.h"

#include <algorithm>
#include <tuple>

#include "storage/configuration_repository.h"

namespace inventory::pipeline {

const storage::WarehouseRecord* Configuration::FindWarehouse(std::string_view warehouse_id) const {
  auto it = warehouses.find(warehouse_id);
  return it == warehouses.end() || it->second.delete_time ? nullptr : &it->second;
}

const storage::ChannelRecord* Configuration::FindChannel(std::string_view channel_id) const {
  auto it = channels.find(channel_id);
  return it == channels.end() || it->second.delete_time ? nullptr : &it->second;
}

std::vector<std::string> Configuration::SourcesOf(std::string_view channel_id) const {
  std::vector<std::string> sources;
  auto it = attachments.find(channel_id);
  if (it == attachments.end()) return sources;
  for (const storage::AttachmentRecord& attachment : it->second) {
    const storage::WarehouseRecord* warehouse = FindWarehouse(attachment.warehouse_id);
    if (warehouse != nullptr && warehouse->active) sources.push_back(attachment.warehouse_id);
  }
  return sources;
}

std::vector<std::string> Configuration::SourcesOf(std::string_view channel_id,
                                                  const std::vector<std::string>& only) const {
  std::vector<std::string> sources = SourcesOf(channel_id);
  std::erase_if(sources, [&only](const std::string& warehouse_id) {
    return !only.empty() && std::find(only.begin(), only.end(), warehouse_id) == only.end();
  });
  return sources;
}

const storage::AvailabilityEstimateRecord* Configuration::FindEstimateByUid(std::string_view uid) const {
  // Most items have none.
  if (uid.empty()) return nullptr;
  for (const auto& [id, estimate] : availability_estimates) {
    if (estimate.uid == uid) return &estimate;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<const Configuration>> ConfigurationCache::At(int64_t version,
                                                                            storage::Connection& connection) {
  {
    storage::MutexLock lock(mutex_);
    if (newest_ != nullptr && newest_->version == version) return newest_;
  }
  absl::StatusOr<std::shared_ptr<const Configuration>> read = ReadConfiguration(connection);
  if (!read.ok()) return read;
  storage::MutexLock lock(mutex_);
  if (newest_ == nullptr || newest_->version < (*read)->version) newest_ = *read;
  return read;
}

absl::StatusOr<std::shared_ptr<const Configuration>> ReadConfiguration(storage::Connection& connection) {
  storage::Sql sql;
  // The version before and after: if it moved, a change was committed between the reads.
  storage::AppendSelectConfigurationVersion(sql);
  storage::AppendSelectWarehouses(sql);
  storage::AppendSelectChannels(sql);
  storage::AppendSelectAttachments(sql);
  storage::AppendSelectAvailabilityEstimates(sql);
  storage::AppendSelectConfigurationVersion(sql);
  constexpr int kTries = 10;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
    if (!results.ok()) return results.status();
    const int64_t version = storage::ParseConfigurationVersion((*results)[0]);
    if (version != storage::ParseConfigurationVersion((*results)[5])) continue;
    auto configuration = std::make_shared<Configuration>();
    configuration->version = version;
    for (auto& record : storage::ParseAll<storage::WarehouseRecord>((*results)[1])) {
      configuration->warehouses.emplace(record.warehouse_id, record);
    }
    for (auto& record : storage::ParseAll<storage::ChannelRecord>((*results)[2])) {
      configuration->channels.emplace(record.channel_id, record);
    }
    for (auto& record : storage::ParseAll<storage::AttachmentRecord>((*results)[3])) {
      configuration->attachments[record.channel_id].push_back(record);
    }
    for (auto& record : storage::ParseAll<storage::AvailabilityEstimateRecord>((*results)[4])) {
      configuration->availability_estimates.emplace(record.availability_estimate_id, record);
    }
    for (auto& [channel, list] : configuration->attachments) {
      std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return std::tie(a.priority, a.warehouse_id) < std::tie(b.priority, b.warehouse_id);
      });
    }
    return std::shared_ptr<const Configuration>(std::move(configuration));
  }
  return absl::UnavailableError("the configuration kept changing while it was read");
}

}  // namespace inventory::pipeline
