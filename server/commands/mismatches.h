// Whether the counters of some SKUs add up.
#ifndef INVENTORY_SERVER_COMMANDS_MISMATCHES_H_
#define INVENTORY_SERVER_COMMANDS_MISMATCHES_H_

#include <cstdint>
#include <vector>

#include "inventory/v1/ledger.pb.h"
#include "server/pipeline/work.h"
#include "storage/verify_repository.h"

namespace inventory::commands {

// Every number of the snapshot that is not what its parts say; see v1::Mismatch. Pure.
std::vector<v1::Mismatch> FindMismatches(const storage::VerifySnapshot& snapshot);

// How many mismatches VerifyStock has found in this process, each as often as it was looked at, and takes note of more.
// Thread-safe.
int64_t MismatchesFound();
void CountMismatches(int64_t found);

// Puts right what can be put right of the snapshot's levels, items and reservations, which are locked and in `work` as
// the snapshot has them, apart from what the batch has changed since. `mismatches` are those of the snapshot; each that
// is mended is marked as repaired. What remains needs to know what has happened: a movement that is missing from the
// ledger, or more returned than was shipped.
absl::Status Repair(const storage::VerifySnapshot& snapshot, std::vector<v1::Mismatch>& mismatches,
                    pipeline::Work& work);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_MISMATCHES_H_
