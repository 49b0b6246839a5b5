// What is kept of a fault that the service did not stand.
#ifndef INVENTORY_TESTS_FAULTS_EVIDENCE_H_
#define INVENTORY_TESTS_FAULTS_EVIDENCE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/history/history.h"
#include "tests/history/violation.h"

namespace inventory::faults {

// Makes a folder with violations.txt, history.txt (all calls, in the order of their starts), ledgers.txt, and copies of
// the logs.
absl::Status KeepEvidence(const std::string& folder, const history::History& history,
                          const history::Violations& violations, const std::vector<std::string>& logs);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_EVIDENCE_H_
