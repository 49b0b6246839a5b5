// What a read tells its caller.
#ifndef INVENTORY_SERVER_READING_OUTCOME_H_
#define INVENTORY_SERVER_READING_OUTCOME_H_

#include "absl/status/status.h"
#include "server/tracing/tracer.h"

namespace inventory::reading {

// Turns a fault of the database into what the caller may know: UNAVAILABLE where it is away, INTERNAL where the service
// is at fault. Everything else stays as it is.
absl::Status Outcome(absl::Status status);

// Writes a fault of the service, which callers hear no more of, to the log. A null trace: the read has none.
void LogFault(const absl::Status& status, const tracing::Trace* trace);

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_OUTCOME_H_
