#include <algorithm>

#include "inventory/v1/availability_estimate.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/queries/configuration.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

using storage::AvailabilityEstimateRecord;

struct ListAvailabilityEstimates {
  using Request = v1::ListAvailabilityEstimatesRequest;
  using Response = v1::ListAvailabilityEstimatesResponse;
  using Key = std::pair<int64_t, std::string>;  // Priority and id.

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    rpc::CheckText(request.filter().title_prefix(), commands::kMaxEstimateTitleBytes, "filter.title_prefix",
                   violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const rpc::Page<Key> page(request);
    std::map<Key, const AvailabilityEstimateRecord*> in_order;
    for (const auto& [id, estimate] : (*configuration)->availability_estimates) {
      if (!estimate.title.starts_with(request.filter().title_prefix())) continue;
      in_order.emplace(Key(estimate.priority, id), &estimate);
    }
    std::vector<const AvailabilityEstimateRecord*> estimates;
    for (auto it = in_order.upper_bound(page.after()); it != in_order.end(); ++it) {
      if (static_cast<int64_t>(estimates.size()) == page.fetch()) break;
      estimates.push_back(it->second);
    }
    response.set_next_page_token(page.Cut(
        estimates, [](const auto* estimate) { return Key(estimate->priority, estimate->availability_estimate_id); }));
    for (const auto* estimate : estimates) ToProto(*estimate, *response.add_availability_estimates());
    return absl::OkStatus();
  }
};

const rpc::Registered<ListAvailabilityEstimates> kListAvailabilityEstimates;

}  // namespace
}  // namespace inventory::queries
