// The results for people.
#ifndef INVENTORY_TESTS_FAULTS_TABLE_H_
#define INVENTORY_TESTS_FAULTS_TABLE_H_

#include <string>
#include <vector>

#include "tests/faults/run.h"

namespace inventory::faults {

// A row for each kind, a sum, and what was skipped and why. Violations count as lost, as doubled, or as wrong, which is
// all the rest.
std::string ResultsTable(const std::vector<KindResult>& results);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_TABLE_H_
