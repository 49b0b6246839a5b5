#include "storage/heartbeat_repository.h"

#include "storage/table.h"

namespace inventory::storage {

bool AppendBeat(Sql& sql, absl::Duration interval) {
  // BETWEEN, so that a time in the future, of a clock that was put back, doesn't stop the beats.
  BeginStatement(sql).Raw(
      "UPDATE heartbeat SET beats = beats + 1, beat_time = NOW(6) WHERE id = 1 AND beat_time NOT BETWEEN "
      "NOW(6) - INTERVAL ");
  sql.Int(absl::ToInt64Microseconds(interval)).Raw(" MICROSECOND AND NOW(6)");
  BeginStatement(sql).Raw("SELECT beats, ROW_COUNT() FROM heartbeat WHERE id = 1");
  return true;
}

bool AppendSelectBeat(Sql& sql) {
  BeginStatement(sql).Raw("SELECT beats, 0 FROM heartbeat WHERE id = 1");
  return true;
}

Beat ParseBeat(const Rows& rows) {
  if (rows.empty()) return {};
  return {.beats = rows[0].Int(0), .raised = rows[0].Int(1) == 1};
}

}  // namespace inventory::storage
