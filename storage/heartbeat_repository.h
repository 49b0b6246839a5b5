// How far a replica of the database is behind. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_HEARTBEAT_REPOSITORY_H_
#define INVENTORY_STORAGE_HEARTBEAT_REPOSITORY_H_

#include <cstdint>

#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::storage {

struct Beat {
  int64_t beats = 0;    // So often the counter has been raised.
  bool raised = false;  // Whether by this very look.
};

// Raises the counter, unless somebody did within `interval`, and selects it: on the primary. ParseBeat.
bool AppendBeat(Sql& sql, absl::Duration interval);
// Selects it: on a replica. ParseBeat.
bool AppendSelectBeat(Sql& sql);
// No beats if there is no row.
Beat ParseBeat(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_HEARTBEAT_REPOSITORY_H_
