// Quotas of channels, and the count of what stands against them.
#ifndef INVENTORY_SERVER_PIPELINE_QUOTAS_H_
#define INVENTORY_SERVER_PIPELINE_QUOTAS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/pipeline/work.h"

namespace inventory::pipeline {

// Units of the locked SKU that may still be promised through the channel; never below zero. Unset without a quota.
std::optional<int64_t> QuotaLeft(const Work& work, const std::string& channel_id, const std::string& sku);

// Units that stand unshipped through the channel now, whether or not there is a quota: the sum in Work::outstanding,
// put right by what the batch has changed since.
int64_t OutstandingNow(const Work& work, const storage::QuotaRecord::Key& quota);

// Adds what the lines changed since the last mark have gained or lost to the quotas of their SKUs. Part of the
// consequences of every command.
absl::Status CountQuotas(Work& work);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_QUOTAS_H_
