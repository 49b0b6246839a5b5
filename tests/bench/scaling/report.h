// What was simulated, for people and for programs.
#ifndef INVENTORY_TESTS_BENCH_SCALING_REPORT_H_
#define INVENTORY_TESTS_BENCH_SCALING_REPORT_H_

#include <string>

#include "tests/bench/scaling/study.h"

namespace inventory::bench::scaling {

std::string Table(const Findings& findings);

// Everything that the table has, and what else is known of each point.
std::string Json(const Findings& findings);

// Throughput against the nodes of the database, as SVG.
std::string NodesChart(const Findings& findings);

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_REPORT_H_
