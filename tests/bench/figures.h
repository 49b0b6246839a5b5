// The charts of a run.
#ifndef INVENTORY_TESTS_BENCH_FIGURES_H_
#define INVENTORY_TESTS_BENCH_FIGURES_H_

#include <map>
#include <string>
#include <vector>

#include "tests/bench/results.h"

namespace inventory::bench {

// SVG files by their names. A chart of which nothing was run is left out.
std::map<std::string, std::string> Figures(const RunFacts& run, const std::vector<Result>& results);

// The names of all charts there are.
std::vector<std::string> FigureNames();

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_FIGURES_H_
