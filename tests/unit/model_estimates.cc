// The model's availability estimates.
#include <algorithm>

#include "tests/unit/model.h"
#include "tests/unit/model_malformed.h"

namespace inventory::model {
namespace {

Outcome Find(State& state, const std::string& id, const std::string& etag, Estimate*& found) {
  const auto it = state.estimates.find(id);
  if (it == state.estimates.end()) return NotFound("AVAILABILITY_ESTIMATE");
  found = &it->second;
  return CheckEtag(etag, found->version);
}

}  // namespace

bool Malformed(const v1::CreateAvailabilityEstimateRequest& request) {
  return request.availability_estimate().title().empty();
}

bool Malformed(const v1::UpdateAvailabilityEstimateRequest& request) {
  const v1::AvailabilityEstimate& wanted = request.availability_estimate();
  return Names(request.update_mask(), wanted, "title") && wanted.title().empty();
}

Outcome Model::Do(const v1::CreateAvailabilityEstimateRequest& request) {
  const v1::AvailabilityEstimate& wanted = request.availability_estimate();
  const std::string id = wanted.availability_estimate_id().empty() ? fresh_id_ : wanted.availability_estimate_id();
  if (state_.estimates.contains(id)) return {absl::StatusCode::kAlreadyExists, "AVAILABILITY_ESTIMATE_EXISTS"};
  state_.estimates[id] = {.uid = ++state_.last_uid, .title = wanted.title(), .priority = wanted.priority()};
  return {};
}

Outcome Model::Do(const v1::UpdateAvailabilityEstimateRequest& request) {
  const v1::AvailabilityEstimate& wanted = request.availability_estimate();
  Estimate* estimate = nullptr;
  Outcome found = Find(state_, wanted.availability_estimate_id(), wanted.etag(), estimate);
  if (!found.ok()) return found;
  const Estimate before = *estimate;
  if (Names(request.update_mask(), wanted, "title")) estimate->title = wanted.title();
  if (Names(request.update_mask(), wanted, "priority")) estimate->priority = wanted.priority();
  if (estimate->title != before.title || estimate->priority != before.priority) ++estimate->version;
  return {};
}

Outcome Model::Do(const v1::DeleteAvailabilityEstimateRequest& request) {
  Estimate* estimate = nullptr;
  Outcome found = Find(state_, request.availability_estimate_id(), request.etag(), estimate);
  if (!found.ok()) return found;
  const bool used = std::any_of(state_.items.begin(), state_.items.end(),
                                [estimate](const auto& entry) { return entry.second.estimate == estimate->uid; });
  if (used && !request.clear_items()) return Precondition("AVAILABILITY_ESTIMATE_IN_USE");
  state_.estimates.erase(request.availability_estimate_id());
  return {};
}

}  // namespace inventory::model
