// Quotas of channels. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_QUOTA_REPOSITORY_H_
#define INVENTORY_STORAGE_QUOTA_REPOSITORY_H_

#include <cstdint>
#include <span>
#include <string>
#include <tuple>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<QuotaRecord> {
  using R = QuotaRecord;
  static constexpr const char* kName = "quota";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("sku", &R::sku), column::Bytes("channel_id", &R::channel_id),
                 column::Value("quantity", &R::quantity), column::Value("outstanding", &R::outstanding),
                 column::Value("version", &R::version), column::Value("create_time", &R::create_time),
                 column::Value("update_time", &R::update_time));
};

// Selects the sum of what lines of the SKU have reserved or waiting through the channel, dead holds included. Reads
// every line that the SKU ever had.
bool AppendSelectOutstanding(Sql& sql, const std::string& sku, const std::string& channel_id);

// Selects all quotas of the SKUs as whole records, and the one of the SKU and channel; what dead holds count is left
// out of `outstanding`, released or not.
bool AppendSelectLiveQuotas(Sql& sql, std::span<const std::string> skus);
bool AppendSelectLiveQuota(Sql& sql, const QuotaRecord::Key& key);

// Empty members match all.
struct QuotaFilter {
  std::string sku = {};
  std::string channel_id = {};
};

// Selects the first `limit` quotas after the key `after` ({}: from the start) that match, live, by SKU and channel.
bool AppendListLiveQuotas(Sql& sql, const QuotaFilter& filter, const QuotaRecord::Key& after, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_QUOTA_REPOSITORY_H_
