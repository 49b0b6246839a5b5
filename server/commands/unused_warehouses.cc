#include "server/commands/unused_warehouses.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "server/sourcing/explain.h"

namespace inventory::commands {
namespace {

using pipeline::Configuration;

bool Attached(const Configuration& configuration, const std::string& channel_id, const std::string& warehouse_id) {
  const auto attachments = configuration.attachments.find(channel_id);
  return attachments != configuration.attachments.end() &&
         std::any_of(attachments->second.begin(), attachments->second.end(),
                     [&](const storage::AttachmentRecord& one) { return one.warehouse_id == warehouse_id; });
}

v1::UnusedReason UnusedReasonOf(sourcing::UnusedReason reason) {
  return reason == sourcing::UnusedReason::kNothingAvailable ? v1::UNUSED_REASON_NOTHING_AVAILABLE
                                                             : v1::UNUSED_REASON_NOT_NEEDED;
}

}  // namespace

void ExplainUnused(const pipeline::Work& work, const storage::ReservationRecord& reservation,
                   const sourcing::Problem& problem, const sourcing::Plan& plan,
                   google::protobuf::RepeatedPtrField<v1::UnusedWarehouse>& out) {
  // What was not asked at all, then what the strategy left out.
  std::map<std::string, v1::UnusedReason> reasons;
  for (const auto& [id, warehouse] : work.configuration().warehouses) {
    if (warehouse.delete_time) continue;
    if (!Attached(work.configuration(), reservation.channel_id, id)) {
      reasons[id] = v1::UNUSED_REASON_NOT_ATTACHED;
    } else if (!warehouse.active) {
      reasons[id] = v1::UNUSED_REASON_INACTIVE;
    } else {
      reasons[id] = v1::UNUSED_REASON_NOT_NAMED;
    }
  }
  for (const sourcing::Site& site : problem.sites) reasons.erase(site.warehouse_id);
  for (const sourcing::Unused& unused : sourcing::ExplainUnused(problem, plan)) {
    reasons[unused.warehouse_id] = UnusedReasonOf(unused.reason);
  }
  for (const auto& [id, reason] : reasons) {
    v1::UnusedWarehouse& unused = *out.Add();
    unused.set_warehouse_id(id);
    unused.set_reason(reason);
  }
}

}  // namespace inventory::commands
