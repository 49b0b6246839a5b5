#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "server/commands/availability_estimates.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::AvailabilityEstimateRecord;

struct DeleteAvailabilityEstimate {
  using Request = v1::DeleteAvailabilityEstimateRequest;
  using Response = v1::DeleteAvailabilityEstimateResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.availability_estimate_id(), "availability_estimate_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.configuration = true, .exclusive_availability_estimates = {request.availability_estimate_id()}};
  }

  // Items refer to it by its uid, which no later estimate has: without the row they have none.
  static absl::Status Apply(const Request& request, pipeline::Work& work, Response&) {
    const std::string& id = request.availability_estimate_id();
    auto found = FindAvailabilityEstimate(work, id, request.etag());
    if (!found.ok()) return found.status();
    const std::vector<std::string> users = UsersOf(work, **found);
    if (!users.empty() && !request.clear_items()) {
      return Precondition("AVAILABILITY_ESTIMATE_IN_USE",
                          absl::StrCat("items use availability estimate ", id, ": ", absl::StrJoin(users, ", ")),
                          {{"availability_estimate_id", id}, {"skus", absl::StrJoin(users, ",")}});
    }
    work.rows().availability_estimates.Remove(id);
    return absl::OkStatus();
  }

 private:
  // One that the batch has made itself has no users yet: items are configured in other batches.
  static std::vector<std::string> UsersOf(const pipeline::Work& work, const AvailabilityEstimateRecord& estimate) {
    const std::string& id = estimate.availability_estimate_id;
    const AvailabilityEstimateRecord* stored = work.rows().availability_estimates.Stored(id);
    const auto users = work.estimate_users->find(id);
    const bool made_here = stored == nullptr || stored->uid != estimate.uid;
    return made_here || users == work.estimate_users->end() ? std::vector<std::string>() : users->second;
  }
};

const rpc::Registered<DeleteAvailabilityEstimate> kDeleteAvailabilityEstimate;

}  // namespace
}  // namespace inventory::commands
