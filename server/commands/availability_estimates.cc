#include "server/commands/availability_estimates.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/commands/convert.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using storage::AvailabilityEstimateRecord;

constexpr std::size_t kMaxTagBytes = 35;  // RFC 5646, section 4.4.1.
constexpr std::size_t kMaxSubtagBytes = 8;
constexpr int kMaxTitles = 64;
constexpr int64_t kMaxEstimatePriority = 1'000'000;

bool IsSubtag(const std::string& subtag) {
  const auto allowed = [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); };
  return !subtag.empty() && subtag.size() <= kMaxSubtagBytes && std::all_of(subtag.begin(), subtag.end(), allowed);
}

void CheckTitle(const std::string& title, const std::string& field, Violations& violations) {
  if (title.empty()) violations.Add(field, "is required");
  rpc::CheckText(title, kMaxEstimateTitleBytes, field, violations);
}

}  // namespace

bool IsLanguageTag(const std::string& tag) {
  const std::vector<std::string> subtags = absl::StrSplit(tag, '-');
  const std::string& language = subtags.front();
  // A single letter says only what kind of subtags follow.
  const bool alone = subtags.size() == 1 && language.size() == 1;
  return tag.size() <= kMaxTagBytes && !alone && std::all_of(subtags.begin(), subtags.end(), IsSubtag) &&
         std::all_of(language.begin(), language.end(), absl::ascii_isalpha);
}

void CheckAvailabilityEstimate(const v1::AvailabilityEstimate& estimate, const std::string& field,
                               Violations& violations) {
  rpc::CheckOptionalId(estimate.availability_estimate_id(), field + ".availability_estimate_id", violations);
  CheckTitle(estimate.title(), field + ".title", violations);
  rpc::CheckRange(estimate.priority(), 0, kMaxEstimatePriority, field + ".priority", violations);
  const std::string titles = field + ".localized_titles";
  rpc::CheckCount(static_cast<int>(estimate.localized_titles_size()), 0, kMaxTitles, titles, violations);
  if (estimate.localized_titles_size() > kMaxTitles) return;
  // In order, so that the same request always gets the same answer.
  const std::map<std::string, std::string> sorted(estimate.localized_titles().begin(),
                                                  estimate.localized_titles().end());
  for (const auto& [tag, title] : sorted) {
    if (IsLanguageTag(tag)) {
      CheckTitle(title, absl::StrCat(titles, "[", tag, "]"), violations);
    } else {
      violations.Add(titles, absl::StrCat("every key must be a BCP 47 tag in lower case of at most ", kMaxTagBytes,
                                          " bytes, such as \"pt-br\""));
    }
  }
}

absl::Status AvailabilityEstimateNotFound(const std::string& id) {
  return NotFound("AVAILABILITY_ESTIMATE_NOT_FOUND", absl::StrCat("there is no availability estimate ", id),
                  {{"availability_estimate_id", id}});
}

absl::StatusOr<const AvailabilityEstimateRecord*> FindAvailabilityEstimate(const pipeline::Work& work,
                                                                           const std::string& id,
                                                                           const std::string& etag) {
  const AvailabilityEstimateRecord* estimate = work.rows().availability_estimates.Find(id);
  if (estimate == nullptr) return AvailabilityEstimateNotFound(id);
  absl::Status matches = CheckEtag(etag, estimate->version, "the availability estimate");
  if (!matches.ok()) return matches;
  return estimate;
}

AvailabilityEstimateRecord Configured(AvailabilityEstimateRecord record, const v1::AvailabilityEstimate& estimate) {
  record.title = estimate.title();
  record.localized_titles = {estimate.localized_titles().begin(), estimate.localized_titles().end()};
  record.priority = estimate.priority();
  return record;
}

}  // namespace inventory::commands

namespace inventory {

void ToProto(const storage::AvailabilityEstimateRecord& estimate, v1::AvailabilityEstimate& out) {
  out.set_availability_estimate_id(estimate.availability_estimate_id);
  out.set_title(estimate.title);
  out.mutable_localized_titles()->insert(estimate.localized_titles.begin(), estimate.localized_titles.end());
  out.set_priority(estimate.priority);
  *out.mutable_create_time() = ToTimestamp(estimate.create_time);
  *out.mutable_update_time() = ToTimestamp(estimate.update_time);
  out.set_etag(Etag(estimate.version));
}

}  // namespace inventory
