// What the calls on quotas share.
#ifndef INVENTORY_SERVER_COMMANDS_QUOTAS_H_
#define INVENTORY_SERVER_COMMANDS_QUOTAS_H_

#include <string>

#include "absl/status/status.h"
#include "inventory/v1/quota.pb.h"
#include "storage/records.h"

namespace inventory {

// The units of dead holds count as outstanding as long as they do in the record.
void ToProto(const storage::QuotaRecord& quota, v1::Quota& out);

namespace commands {

// NOT_FOUND, reason QUOTA_NOT_FOUND {channel_id, sku}.
absl::Status QuotaNotFound(const std::string& channel_id, const std::string& sku);

}  // namespace commands
}  // namespace inventory

#endif  // INVENTORY_SERVER_COMMANDS_QUOTAS_H_
