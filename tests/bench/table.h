// The results for people.
#ifndef INVENTORY_TESTS_BENCH_TABLE_H_
#define INVENTORY_TESTS_BENCH_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/bench/results.h"

namespace inventory::bench {

// A part of the table.
struct Group {
  std::string title;
  std::vector<const Result*> results;
};

// All results by what they are about, in the order of the README. Groups without results are left out.
std::vector<Group> Groups(const std::vector<Result>& results);

// The results as a table of at most 110 columns.
std::string ResultsTable(const RunFacts& run, const std::vector<Result>& results);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_TABLE_H_
