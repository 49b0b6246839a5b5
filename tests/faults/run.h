// Runs one kind of fault again and again, and judges what its callers saw after each.
#ifndef INVENTORY_TESTS_FAULTS_RUN_H_
#define INVENTORY_TESTS_FAULTS_RUN_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/faults/caller.h"
#include "tests/faults/fault.h"
#include "tests/faults/proxy.h"
#include "tests/history/violation.h"

namespace inventory::faults {

struct RunOptions {
  std::string server_binary;
  // Where the site works, on a disk; and where what is found goes.
  std::string work_folder;
  std::string output_folder;
  int faults = 50;
  int callers = 8;
  uint32_t seed = 0;
  // No fault begins after this.
  absl::Time deadline = absl::InfiniteFuture();
  // How long the service may take to come back by itself.
  absl::Duration patience = absl::Seconds(30);
  // What is wrong on purpose: see mutants.h.
  Caller::Mutant mutant = Caller::Mutant::kNone;
  Proxy::PacketHook packet_hook;
  // Hears what happens, in lines for people. From the running thread.
  std::function<void(const std::string&)> report;
  // Keeps histories and logs of all faults, not only of those that were not stood.
  bool keep_all = false;
  // Ends after the first fault that finds something wrong.
  bool until_found = false;
  // Set from outside to end it early.
  const std::atomic<bool>* stop = nullptr;
};

struct KindResult {
  std::string name;
  std::string about;
  std::string skipped;  // Why it was not done here; empty if it was.
  int faults = 0;
  bool enough = false;  // As many as were asked for, or there was no time for more.
  int64_t calls = 0;
  int64_t acknowledged = 0;
  int64_t refused = 0;
  int64_t unknown = 0;
  int64_t failed = 0;
  std::vector<absl::Duration> recoveries;
  history::Violations violations;
};

// Sets up a site, does the fault `options.faults` times, each time on SKUs that nobody has used, and removes the site.
// On violations a folder of the fault's name and number is left in the output folder, with the history, the ledgers,
// what is wrong and the logs. Must be called on a thread that lives on until it returns.
KindResult RunKind(Fault& fault, const RunOptions& options);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_RUN_H_
