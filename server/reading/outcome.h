// What a read tells its caller.
#ifndef INVENTORY_SERVER_READING_OUTCOME_H_
#define INVENTORY_SERVER_READING_OUTCOME_H_

#include "absl/status/status.h"

namespace inventory::reading {

// Turns a fault of the database into what the caller may know: UNAVAILABLE where it is away, INTERNAL (and a log line)
// where the service is at fault. Everything else stays as it is.
absl::Status Outcome(absl::Status status);

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_OUTCOME_H_
