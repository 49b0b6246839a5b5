#include "tests/faults/fault.h"

namespace inventory::faults {

std::vector<std::unique_ptr<Fault>> AllFaults() {
  std::vector<std::unique_ptr<Fault>> all;
  for (auto* make : {MakeServerKill,      MakeGracefulStop,     MakeReplicaKill,      MakeTwoReplicasKill,
                     MakeRollingRestart,  MakeClockJump,        MakeDatabaseKill,     MakeEmbeddedDatabaseKill,
                     MakeDatabasePause,   MakeDatabaseReadOnly, MakeDatabaseNodeKill, MakeDatabaseNodeCut,
                     MakeDiskFull,        MakeDeadlockStorm,    MakeLockWait,         MakeCommitKill,
                     MakeCommitReset,     MakeCommitLate,       MakeDatabaseDelay,    MakeDatabaseCut,
                     MakeDatabaseTrickle, MakeDatabaseReset,    MakeClientCut,        MakeClientTrickle,
                     MakeClientReset}) {
    all.push_back(make());
  }
  return all;
}

}  // namespace inventory::faults
