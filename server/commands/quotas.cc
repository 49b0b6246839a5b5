#include "server/commands/quotas.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/errors.h"

namespace inventory {

void ToProto(const storage::QuotaRecord& quota, v1::Quota& out) {
  out.set_channel_id(quota.channel_id);
  out.set_sku(quota.sku);
  out.set_quantity(quota.quantity);
  out.set_outstanding_quantity(quota.outstanding);
  *out.mutable_create_time() = ToTimestamp(quota.create_time);
  *out.mutable_update_time() = ToTimestamp(quota.update_time);
  out.set_etag(Etag(quota.version));
}

namespace commands {

absl::Status QuotaNotFound(const std::string& channel_id, const std::string& sku) {
  return NotFound("QUOTA_NOT_FOUND", absl::StrCat("channel ", channel_id, " has no quota of ", sku),
                  {{"channel_id", channel_id}, {"sku", sku}});
}

}  // namespace commands
}  // namespace inventory
