#include "server/rpc/runtime.h"

#include "absl/strings/match.h"

namespace inventory::rpc {

reading::Freshness FreshnessOf(const std::string& full_name) {
  const std::string name = full_name.substr(full_name.rfind('.') + 1);
  const bool lists = absl::StartsWith(name, "List") || absl::StartsWith(name, "Export");
  return lists ? reading::Freshness::kBounded : reading::Freshness::kCurrent;
}

}  // namespace inventory::rpc
