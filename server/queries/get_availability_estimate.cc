#include "inventory/v1/availability_estimate.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/queries/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

struct GetAvailabilityEstimate {
  using Request = v1::GetAvailabilityEstimateRequest;
  using Response = v1::AvailabilityEstimate;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.availability_estimate_id(), "availability_estimate_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const std::string& id = request.availability_estimate_id();
    const auto found = (*configuration)->availability_estimates.find(id);
    if (found == (*configuration)->availability_estimates.end()) {
      return commands::AvailabilityEstimateNotFound(id);
    }
    ToProto(found->second, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetAvailabilityEstimate> kGetAvailabilityEstimate;

}  // namespace
}  // namespace inventory::queries
