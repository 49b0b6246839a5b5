#include "tests/faults/table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_format.h"

namespace inventory::faults {
namespace {

using Kind = history::Violation::Kind;

constexpr char kRow[] = "%-24s %6d %8d %8d %6d %6d %8d %6d %9s %9s\n";

struct Found {
  int64_t lost = 0;
  int64_t doubled = 0;
  int64_t wrong = 0;
};

Found FoundIn(const KindResult& result) {
  Found found;
  for (const history::Violation& violation : result.violations) {
    if (violation.kind == Kind::kLost) {
      ++found.lost;
    } else if (violation.kind == Kind::kDoubled) {
      ++found.doubled;
    } else {
      ++found.wrong;
    }
  }
  return found;
}

// "-" if there are none.
std::string Quantile(std::vector<absl::Duration> all, double part) {
  if (all.empty()) return "-";
  std::sort(all.begin(), all.end());
  const auto at = static_cast<std::size_t>(std::llround(part * static_cast<double>(all.size() - 1)));
  return absl::StrFormat("%.2f s", absl::ToDoubleSeconds(all[at]));
}

std::string Row(const KindResult& result, const Found& found) {
  return absl::StrFormat(kRow, result.name, result.faults, result.calls, result.unknown, result.failed, found.lost,
                         found.doubled, found.wrong, Quantile(result.recoveries, 0.5), Quantile(result.recoveries, 1));
}

}  // namespace

std::string ResultsTable(const std::vector<KindResult>& results) {
  std::string table =
      absl::StrFormat("%-24s %6s %8s %8s %6s %6s %8s %6s %19s\n", "", "", "", "", "", "", "", "", "recovery");
  table += absl::StrFormat("%-24s %6s %8s %8s %6s %6s %8s %6s %9s %9s\n", "fault", "faults", "calls", "unknown",
                           "failed", "lost", "doubled", "wrong", "p50", "max");
  KindResult sum = {.name = "all"};
  Found all;
  std::string skipped;
  for (const KindResult& result : results) {
    if (!result.skipped.empty()) {
      skipped += absl::StrFormat("Skipped %s: %s.\n", result.name, result.skipped);
      continue;
    }
    const Found found = FoundIn(result);
    table += Row(result, found);
    sum.faults += result.faults;
    sum.calls += result.calls;
    sum.unknown += result.unknown;
    sum.failed += result.failed;
    sum.recoveries.insert(sum.recoveries.end(), result.recoveries.begin(), result.recoveries.end());
    all = {all.lost + found.lost, all.doubled + found.doubled, all.wrong + found.wrong};
  }
  return table + Row(sum, all) + skipped;
}

}  // namespace inventory::faults
