#include "server/activities/activity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "server/die.h"

namespace inventory::activities {
namespace {

constexpr char kAfterUrl[] = "inventory/after_at_least";

using Registry = std::map<std::string, std::unique_ptr<Activity>, std::less<>>;

Registry& TheRegistry() {
  static auto& registry = *new Registry();
  return registry;
}

}  // namespace

absl::Status AfterAtLeast(absl::Status status, absl::Duration delay) {
  status.SetPayload(kAfterUrl, absl::Cord(absl::FormatDuration(delay)));
  return status;
}

std::optional<absl::Duration> AfterAtLeastOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kAfterUrl);
  absl::Duration delay;
  if (!payload || !absl::ParseDuration(std::string(*payload), &delay)) return std::nullopt;
  return delay;
}

std::vector<ParameterProblem> CheckParameters(const Activity& activity, const Parameters& parameters) {
  const std::vector<ParameterFacts> known = activity.parameters();
  std::vector<ParameterProblem> problems;
  for (const auto& given : parameters) {
    const bool is_known =
        std::any_of(known.begin(), known.end(), [&](const auto& facts) { return facts.name == given.first; });
    if (!is_known) problems.push_back({given.first, "is not a parameter of this activity"});
  }
  for (const ParameterFacts& facts : known) {
    if (facts.required && !parameters.contains(facts.name)) problems.push_back({facts.name, "is required"});
  }
  return problems.empty() ? activity.CheckValues(parameters) : problems;
}

const Activity* Find(std::string_view key) {
  const auto found = TheRegistry().find(key);
  return found == TheRegistry().end() ? nullptr : found->second.get();
}

std::vector<const Activity*> All() {
  std::vector<const Activity*> all;
  for (const auto& [key, activity] : TheRegistry()) all.push_back(activity.get());
  return all;
}

void Register(std::unique_ptr<Activity> activity) {
  std::string key(activity->key());
  if (!TheRegistry().try_emplace(key, std::move(activity)).second) Die("there are two activities ", key);
}

}  // namespace inventory::activities
