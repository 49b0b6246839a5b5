// Commands made of others.
#ifndef INVENTORY_SERVER_PIPELINE_MERGE_NEEDS_H_
#define INVENTORY_SERVER_PIPELINE_MERGE_NEEDS_H_

#include "server/pipeline/command.h"

namespace inventory::pipeline {

// Adds the rows of `more` to `needs`.
void MergeNeeds(Needs more, Needs& needs);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_MERGE_NEEDS_H_
