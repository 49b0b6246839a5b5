// What a batch tells others, against what it changes.
#ifndef INVENTORY_TESTS_UNIT_MODEL_EVENTS_H_
#define INVENTORY_TESTS_UNIT_MODEL_EVENTS_H_

#include "server/pipeline/loaded_batch.h"

namespace inventory {

// Expects that every movement of the batch is told, in order, and every state that a reservation or shipment has gone
// through, from the one it had. Takes the batch's events.
void CheckEvents(pipeline::LoadedBatch& batch);

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_MODEL_EVENTS_H_
