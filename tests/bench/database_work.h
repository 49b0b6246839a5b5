// What a database does for one operation, besides taking time.
#ifndef INVENTORY_TESTS_BENCH_DATABASE_WORK_H_
#define INVENTORY_TESTS_BENCH_DATABASE_WORK_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "storage/connection.h"

namespace inventory::bench {

// By the database's own counters, since it was started.
struct DatabaseWork {
  int64_t pages = 0;             // Looked at, in memory or not (Innodb_buffer_pool_read_requests).
  int64_t pages_read = 0;        // Of those, read from files (Innodb_buffer_pool_reads).
  int64_t redo_bytes = 0;        // Written to the redo log (Innodb_os_log_written).
  int64_t binary_log_bytes = 0;  // Length of all binary logs (SHOW BINARY LOGS); 0 if there is none.
};

absl::StatusOr<DatabaseWork> ReadDatabaseWork(const storage::DatabaseOptions& database);

// Adds what each of `operations` took of it, as "redo_bytes_for_one" and so on. What is less than a tenth for each was
// not for them and is left out.
void AddWorkForOne(const DatabaseWork& before, const DatabaseWork& after, int64_t operations,
                   std::map<std::string, double>& more);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_DATABASE_WORK_H_
