// The comparison on MySQL.
#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/bench/cases.h"
#include "tests/bench/core_cases.h"

namespace inventory::bench {

std::vector<Case> MySqlCases(bool all) {
  std::vector<Case> cases;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int connections : {1, 16}) cases.push_back(TransactionsCase(workload, connections, Travel::kPacked));
    for (const int connections : {2, 4}) cases.push_back(BatchesCase(workload, connections, 256));
    for (const int in_flight : {1, 256}) cases.push_back(ServerCase(workload, in_flight));
  }
  if (all) {
    for (std::vector<Case> more : {PeerCases(), ZipfCases(), OrderCases(), ReadCases()}) {
      std::move(more.begin(), more.end(), std::back_inserter(cases));
    }
    std::erase_if(cases, [](const Case& what) { return what.kind == Kind::kEcho; });  // No database has a part in it.
  }
  for (Case& what : cases) {
    what.place = Place::kMySql;
    what.id = absl::StrCat("mysql-", what.id);
    if (!what.series.empty()) what.series = absl::StrCat("mysql-", what.series);
  }
  return cases;
}

}  // namespace inventory::bench
