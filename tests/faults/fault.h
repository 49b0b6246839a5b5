// One way of breaking a service.
#ifndef INVENTORY_TESTS_FAULTS_FAULT_H_
#define INVENTORY_TESTS_FAULTS_FAULT_H_

#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/faults/site.h"
#include "tests/history/history.h"
#include "tests/history/violation.h"

namespace inventory::faults {

// One kind of fault, which is done to one site again and again. Used by the thread of the site, which it outlives.
class Fault {
 public:
  // A unit of chance.
  using Random = std::mt19937;

  virtual ~Fault() = default;

  // In lower case with hyphens.
  virtual std::string_view name() const = 0;
  // What is done, in a line.
  virtual std::string_view about() const = 0;

  // Adds what it needs to the options of its site. FAILED_PRECONDITION says what is missing here for this kind, which
  // is skipped then.
  virtual absl::Status Prepare(Site::Options& options) { return absl::OkStatus(); }

  // How long it may last at most; zero for a blow that is over as soon as it has begun.
  virtual absl::Duration longest() const { return absl::ZeroDuration(); }
  // Breaks something under load. An error means that it could not be done, which says nothing of the service.
  virtual absl::Status Begin(Site& site, Random& random) = 0;
  // Ends it, so that the service must come back by itself from now on.
  virtual absl::Status End(Site& site, Random& random) { return absl::OkStatus(); }

  // Gives back what the service had to do without, once all callers have been answered without it. An error means that
  // it does not come back.
  virtual absl::Status Restore(Site& site, Random& random) { return absl::OkStatus(); }

  // How long the service may take to come back, if that is longer than the run's own patience.
  virtual absl::Duration patience() const { return absl::ZeroDuration(); }

  // Whether the database dies of it, or may.
  virtual bool kills_database() const { return false; }

  // Whether no call of a client that uses the library's retries may fail.
  virtual bool retries_suffice() const { return false; }

  // What is wrong besides what every history must fulfil, once nobody calls any more. Called after each fault.
  virtual history::Violations Check(const history::History& history) { return {}; }
};

// True with so many chances of a hundred.
inline bool Chance(Fault::Random& random, int percent) {
  return std::uniform_int_distribution<int>(0, 99)(random) < percent;
}
inline absl::Duration AnyDuration(Fault::Random& random, absl::Duration least, absl::Duration most) {
  return least + (most - least) * std::uniform_real_distribution<double>(0, 1)(random);
}

// One of each kind, in the order of the README.
std::vector<std::unique_ptr<Fault>> AllFaults();

// ---- In files of their names in kinds/ ----

std::unique_ptr<Fault> MakeServerKill();
std::unique_ptr<Fault> MakeGracefulStop();
// Several servers on one database.
std::unique_ptr<Fault> MakeReplicaKill();
std::unique_ptr<Fault> MakeTwoReplicasKill();
std::unique_ptr<Fault> MakeRollingRestart();
std::unique_ptr<Fault> MakeClockJump();
std::unique_ptr<Fault> MakeDatabaseKill();
std::unique_ptr<Fault> MakeEmbeddedDatabaseKill();
std::unique_ptr<Fault> MakeDatabasePause();
std::unique_ptr<Fault> MakeDatabaseReadOnly();
std::unique_ptr<Fault> MakeDatabaseNodeKill();
std::unique_ptr<Fault> MakeDatabaseNodeCut();
std::unique_ptr<Fault> MakeDiskFull();
std::unique_ptr<Fault> MakeDeadlockStorm();
std::unique_ptr<Fault> MakeLockWait();
std::unique_ptr<Fault> MakeCommitKill();
std::unique_ptr<Fault> MakeCommitReset();
std::unique_ptr<Fault> MakeCommitLate();
std::unique_ptr<Fault> MakeDatabaseDelay();
// Faults of the networks before and behind the server.
std::unique_ptr<Fault> MakeClientCut();
std::unique_ptr<Fault> MakeClientTrickle();
std::unique_ptr<Fault> MakeClientReset();
std::unique_ptr<Fault> MakeDatabaseCut();
std::unique_ptr<Fault> MakeDatabaseTrickle();
std::unique_ptr<Fault> MakeDatabaseReset();

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_FAULT_H_
