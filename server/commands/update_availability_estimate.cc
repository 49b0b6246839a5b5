#include "inventory/v1/availability_estimate.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/commands/field_mask.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::AvailabilityEstimateRecord;

struct UpdateAvailabilityEstimate {
  using Request = v1::UpdateAvailabilityEstimateRequest;
  using Response = v1::AvailabilityEstimate;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.availability_estimate().availability_estimate_id(),
                 "availability_estimate.availability_estimate_id", violations);
    const auto mask = CheckUpdateMask(request.update_mask(), *v1::AvailabilityEstimate::descriptor(),
                                      kFixedAvailabilityEstimateFields, violations);
    v1::AvailabilityEstimate changed;
    changed.set_title("any");
    ApplyUpdate(mask, kFixedAvailabilityEstimateFields, request.availability_estimate(), changed);
    CheckAvailabilityEstimate(changed, "availability_estimate", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const v1::AvailabilityEstimate& changes = request.availability_estimate();
    auto found = FindAvailabilityEstimate(work, changes.availability_estimate_id(), changes.etag());
    if (!found.ok()) return found.status();
    v1::AvailabilityEstimate wanted;
    ToProto(**found, wanted);
    ApplyUpdate(request.update_mask(), kFixedAvailabilityEstimateFields, changes, wanted);
    AvailabilityEstimateRecord record = Configured(**found, wanted);
    if (record != **found) {
      record.version += 1;
      record.update_time = work.now();
      work.rows().availability_estimates.Edit(record.key()) = record;
    }
    ToProto(record, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateAvailabilityEstimate> kUpdateAvailabilityEstimate;

}  // namespace
}  // namespace inventory::commands
