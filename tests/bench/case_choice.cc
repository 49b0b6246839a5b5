#include "tests/bench/case_choice.h"

#include "absl/strings/match.h"

namespace inventory::bench {

std::set<std::string> Chosen(const std::set<std::string>& ids, const std::vector<std::string>& wanted) {
  std::set<std::string> chosen;
  for (const std::string& one : wanted) {
    const bool exact = ids.contains(one);
    for (const std::string& id : ids) {
      if (exact ? id == one : absl::StartsWith(id, one)) chosen.insert(id);
    }
  }
  return chosen;
}

}  // namespace inventory::bench
