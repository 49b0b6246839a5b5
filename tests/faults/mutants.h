// Services and callers that are wrong on purpose, which a run must find: so it proves itself.
#ifndef INVENTORY_TESTS_FAULTS_MUTANTS_H_
#define INVENTORY_TESTS_FAULTS_MUTANTS_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/faults/caller.h"
#include "tests/faults/fault.h"
#include "tests/faults/proxy.h"
#include "tests/history/violation.h"

namespace inventory::faults {

// The server is the one that is shipped. What is wrong is made between it and its database, or at its callers.
struct Mutant {
  std::string name;
  std::string about;
  std::function<std::unique_ptr<Fault>()> fault;
  Caller::Mutant caller = Caller::Mutant::kNone;
  Proxy::PacketHook packet_hook = nullptr;
  // It is caught if any of these is found.
  std::set<history::Violation::Kind> expected;
};

std::vector<Mutant> AllMutants();

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_MUTANTS_H_
