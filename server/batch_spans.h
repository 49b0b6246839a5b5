// What the traces say of batches.
#ifndef INVENTORY_SERVER_BATCH_SPANS_H_
#define INVENTORY_SERVER_BATCH_SPANS_H_

#include "server/pipeline/lane.h"

namespace inventory::server {

// The observer, which besides records in each sampled trace how its commands have waited for a batch, and the batch.
// All commands of a batch have spans of their own of it. A command that was never part of one that was committed has
// waited until its end.
pipeline::Observer RecordingSpans(pipeline::Observer observer);

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_BATCH_SPANS_H_
