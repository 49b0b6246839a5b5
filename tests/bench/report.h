// What a run has found, for people and for programs.
#ifndef INVENTORY_TESTS_BENCH_REPORT_H_
#define INVENTORY_TESTS_BENCH_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/results.h"

namespace inventory::bench {

// Facts, results and bars as tables for a terminal, of at most 110 columns.
std::string Table(const RunFacts& run, const std::vector<Result>& results);

// The same, every round and the sizes of batches as JSON.
std::string Json(const RunFacts& run, const std::vector<Result>& results);

// Writes into the folder, which is made if it isn't there: table.txt, result.json and the charts. Replaces files of
// these names. Charts of an earlier run of which nothing was run this time are removed, so that what lies in the folder
// belongs together.
absl::Status WriteReport(const std::string& folder, const RunFacts& run, const std::vector<Result>& results);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_REPORT_H_
