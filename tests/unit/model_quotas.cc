// The model's quotas.
#include "absl/time/time.h"
#include "tests/unit/model.h"

namespace inventory::model {

Outcome Model::Do(const v1::SetQuotaRequest& request) {
  const auto channel = state_.channels.find(request.channel_id());
  if (channel == state_.channels.end() || channel->second.deleted) return NotFound("CHANNEL");
  if (Outcome tracked = CheckTracked(request.sku()); !tracked.ok()) return tracked;
  const std::pair key{request.sku(), request.channel_id()};
  const auto found = state_.quotas.find(key);
  const bool is_new = found == state_.quotas.end();
  if (Outcome matches = CheckEtag(request.etag(), is_new ? 0 : found->second.version); !matches.ok()) return matches;
  Quota& quota = state_.quotas[key];
  if (is_new) {
    quota.version = absl::ToUnixMicros(state_.now);
  } else if (quota.quantity != request.quantity()) {
    ++quota.version;
  }
  quota.quantity = request.quantity();
  return {};
}

Outcome Model::Do(const v1::DeleteQuotaRequest& request) {
  const auto found = state_.quotas.find({request.sku(), request.channel_id()});
  if (found == state_.quotas.end()) return NotFound("QUOTA");
  if (Outcome matches = CheckEtag(request.etag(), found->second.version); !matches.ok()) return matches;
  state_.quotas.erase(found);
  return {};
}

}  // namespace inventory::model
