#include "tests/faults/table.h"

#include <gtest/gtest.h>

namespace inventory::faults {
namespace {

using Kind = history::Violation::Kind;

TEST(FaultsTableTest, EachKindHasARowAndAllASum) {
  std::vector<KindResult> results(3);
  results[0] = {.name = "server-kill", .faults = 3, .calls = 1200, .unknown = 17, .failed = 2};
  results[0].recoveries = {absl::Milliseconds(300), absl::Milliseconds(100), absl::Milliseconds(200)};
  results[1] = {.name = "disk-full", .skipped = "it needs root"};
  results[2] = {.name = "client-cut", .faults = 1, .calls = 100};
  results[2].violations = {{Kind::kLost, ""}, {Kind::kDoubled, ""}, {Kind::kStale, ""}, {Kind::kNotRecovered, ""}};
  EXPECT_EQ("\n" + ResultsTable(results), R"(
                                                                                           recovery
fault                    faults    calls  unknown failed   lost  doubled  wrong       p50       max
server-kill                   3     1200       17      2      0        0      0    0.20 s    0.30 s
client-cut                    1      100        0      0      1        1      2         -         -
all                           4     1300       17      2      1        1      2    0.20 s    0.30 s
Skipped disk-full: it needs root.
)");
}

}  // namespace
}  // namespace inventory::faults
