#include "server/queries/estimate_text.h"

#include "absl/strings/ascii.h"

namespace inventory::queries {

const std::string& TitleIn(const storage::AvailabilityEstimateRecord& estimate, std::string_view locale) {
  std::string tag = absl::AsciiStrToLower(std::string(locale));
  while (!tag.empty()) {
    const auto title = estimate.localized_titles.find(tag);
    if (title != estimate.localized_titles.end()) return title->second;
    const std::size_t last = tag.rfind('-');
    tag.resize(last == std::string::npos ? 0 : last);
  }
  return estimate.title;
}

}  // namespace inventory::queries
