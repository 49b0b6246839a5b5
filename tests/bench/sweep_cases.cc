#include "tests/bench/core_cases.h"

namespace inventory::bench {

std::vector<Case> SweepCases() {
  std::vector<Case> cases;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int connections : {4, 64}) cases.push_back(TransactionsCase(workload, connections, Travel::kPacked));
    for (const int in_flight : {4, 16, 64, 1024}) cases.push_back(ServerCase(workload, in_flight));
    for (const int in_flight : {4, 16, 64}) cases.push_back(PeerCase(workload, in_flight));
  }
  return cases;
}

}  // namespace inventory::bench
