// What follows from every command, in the same transaction.
#ifndef INVENTORY_SERVER_PIPELINE_CONSEQUENCES_H_
#define INVENTORY_SERVER_PIPELINE_CONSEQUENCES_H_

#include "absl/status/status.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/work.h"

namespace inventory::pipeline {

// Serves the backorders of SKUs that have grown, then counts what stands against quotas and judges low-stock rules. To
// be called before the command's changes are marked.
absl::Status DrawConsequences(Work& work, BackorderSource& source);

// The same where backorders have been served already.
absl::Status DrawConsequencesOfFill(Work& work);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_CONSEQUENCES_H_
