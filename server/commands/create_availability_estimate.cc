#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct CreateAvailabilityEstimate {
  using Request = v1::CreateAvailabilityEstimateRequest;
  using Response = v1::AvailabilityEstimate;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    CheckAvailabilityEstimate(request.availability_estimate(), "availability_estimate", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& wanted = request.availability_estimate().availability_estimate_id();
    const std::string id = wanted.empty() ? work.fresh_id() : wanted;
    if (work.rows().availability_estimates.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "AVAILABILITY_ESTIMATE_EXISTS",
                     absl::StrCat("there is an availability estimate ", id, " already"),
                     {{"availability_estimate_id", id}});
    }
    storage::AvailabilityEstimateRecord record;
    record.availability_estimate_id = id;
    record.uid = work.fresh_id();
    record.version = 1;
    record.create_time = work.now();
    record.update_time = work.now();
    ToProto(work.rows().availability_estimates.Add(Configured(std::move(record), request.availability_estimate())),
            response);
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateAvailabilityEstimate> kCreateAvailabilityEstimate;

}  // namespace
}  // namespace inventory::commands
