// One fault under load, from the set-up of its callers to the verdict.
#ifndef INVENTORY_TESTS_FAULTS_EPISODE_H_
#define INVENTORY_TESTS_FAULTS_EPISODE_H_

#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/faults/caller.h"
#include "tests/faults/fault.h"
#include "tests/faults/recorder.h"
#include "tests/faults/run.h"
#include "tests/faults/site.h"
#include "tests/faults/workload.h"

namespace inventory::faults {

// Used once, by the thread of its site.
class Episode {
 public:
  // `prefix` begins the names of all that it makes.
  Episode(Site& site, const RunOptions& options, std::string prefix, uint32_t seed);
  ~Episode();

  struct Result {
    // False: the fault could not be done, and the rest says only what happened without it.
    bool injected = false;
    std::string obstacle;
    Recorder::Counts counts;
    // When the fault began, and how long after its end all callers were answered again.
    absl::Time began;
    std::optional<absl::Duration> recovery;
    history::History history;
    history::Violations violations;
  };
  // An error means that the site is not fit for use.
  absl::StatusOr<Result> Run(Fault& fault);

 private:
  absl::Status SetUp();
  void CallerMain(Caller& caller, unsigned seed);
  void StopCallers();
  void AwaitAcknowledged(int64_t count) const;
  // Does the fault, waits until all callers are answered again, and gives back what they were answered without.
  void Inject(Fault& fault, Result& result);
  void AwaitRecovery(absl::Time since, Result& result) const;
  // Until health says that all is well, and what runs in the background has swept the holds that are dead.
  void AwaitBackground(Result& result);
  absl::StatusOr<bool> HasDeadHolds();
  // Until nothing of what callers have given up is still being done.
  void AwaitQuiet() const;
  absl::StatusOr<std::vector<v1::Movement>> ReadLedger(const std::string& sku);
  absl::StatusOr<history::History> ReadHistory();
  absl::StatusOr<Levels> ReadLevels();
  absl::Status Verify(history::Violations& violations);
  absl::Status Judge(Fault& fault, Result& result);

  Site& site_;
  const RunOptions& options_;
  const std::string prefix_;
  absl::Duration patience_;
  std::mt19937 random_;
  Recorder recorder_;
  std::vector<std::unique_ptr<Workload>> workloads_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::unique_ptr<Caller> checker_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_EPISODE_H_
