#include "tests/bench/server_metrics.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace inventory::bench {
namespace {

double NumberIn(absl::string_view text) {
  double number = 0;
  return absl::SimpleAtod(text, &number) ? number : 0;
}

// The bound in `...{le="64"} 12`.
double BoundOf(absl::string_view line) {
  const absl::string_view bound = std::vector<absl::string_view>(absl::StrSplit(line, '"')).at(1);
  return bound == "+Inf" ? std::numeric_limits<double>::infinity() : NumberIn(bound);
}

BatchFigures Combine(const BatchFigures& one, const BatchFigures& other, double sign) {
  BatchFigures sum{.batches = one.batches + sign * other.batches,
                   .commands = one.commands + sign * other.commands,
                   .seconds = one.seconds + sign * other.seconds,
                   .commit_seconds = one.commit_seconds + sign * other.commit_seconds,
                   .retries = one.retries + sign * other.retries,
                   .by_commands = one.by_commands};
  for (const auto& [bound, batches] : other.by_commands) sum.by_commands[bound] += sign * batches;
  return sum;
}

}  // namespace

BatchFigures ParseBatchFigures(const std::string& metrics) {
  BatchFigures figures;
  double below = 0;  // Prometheus counts in each bucket what lies in all smaller ones too.
  for (absl::string_view line : absl::StrSplit(metrics, '\n')) {
    const double value = NumberIn(line.substr(std::min(line.rfind(' ') + 1, line.size())));
    if (absl::StartsWith(line, "inventory_batch_commands_bucket")) {
      figures.by_commands[BoundOf(line)] = value - below;
      below = value;
    } else if (absl::StartsWith(line, "inventory_batch_commands_count")) {
      figures.batches = value;
    } else if (absl::StartsWith(line, "inventory_batch_commands_sum")) {
      figures.commands = value;
    } else if (absl::StartsWith(line, "inventory_batch_duration_seconds_sum")) {
      figures.seconds = value;
    } else if (absl::StartsWith(line, "inventory_commit_duration_seconds_sum")) {
      figures.commit_seconds = value;
    } else if (absl::StartsWith(line, "inventory_batch_retries_total")) {
      figures.retries += value;
    }
  }
  return figures;
}

BatchFigures Between(const BatchFigures& earlier, const BatchFigures& later) { return Combine(later, earlier, -1); }

BatchFigures Together(const BatchFigures& one, const BatchFigures& other) { return Combine(one, other, 1); }

}  // namespace inventory::bench
