// The results for programs.
#ifndef INVENTORY_TESTS_BENCH_REPORT_JSON_H_
#define INVENTORY_TESTS_BENCH_REPORT_JSON_H_

#include <string>
#include <vector>

#include "tests/bench/bars.h"
#include "tests/bench/results.h"

namespace inventory::bench {

// Everything that is known of the run: facts, bars, and for each case its medians, every round, and the distribution of
// batch sizes.
std::string Json(const RunFacts& run, const std::vector<Result>& results, const std::vector<Bar>& bars);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_REPORT_JSON_H_
