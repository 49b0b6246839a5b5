// Results that nobody measured.
#ifndef INVENTORY_TESTS_UNIT_BENCH_MADE_UP_RUN_H_
#define INVENTORY_TESTS_UNIT_BENCH_MADE_UP_RUN_H_

#include <string>
#include <vector>

#include "tests/bench/results.h"

namespace inventory::bench {

// A result of three rounds, whose throughputs are `per_second`, 2 % less and 4 % more, and whose median time is
// `p50_ms`; p99 and p99.9 are twice and three times that.
Result MadeUp(const std::string& id, double per_second, double p50_ms);

// One result for every case that bars, charts and groups of the table look for.
std::vector<Result> MadeUpRun();

RunFacts MadeUpFacts();

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_UNIT_BENCH_MADE_UP_RUN_H_
