// Reserving by SQL alone, without the server: what the server is compared with.
#ifndef INVENTORY_TESTS_BENCH_RAW_SQL_H_
#define INVENTORY_TESTS_BENCH_RAW_SQL_H_

#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "tests/bench/measure.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// How the statements of one transaction travel.
enum class Travel {
  kSingly,  // Each in a round trip of its own.
  kPacked,  // In two packets: what is locked and read; all writes and COMMIT.
};

// (b): one transaction per reservation, as a service without a pipeline would do it: lock and read the item and the
// level, write all rows, commit. Each connection is a thread that starts again when it is done.
absl::StatusOr<Sample> RunTransactions(const storage::DatabaseOptions& database, const ReservationRows& pattern,
                                       Workload workload, int connections, Travel travel, const Timing& timing);

// (c): `batch` reservations per transaction with the pipeline's statements, two packets each. Connections draw from
// shares of the SKUs that don't overlap, as the pipeline's lanes do.
absl::StatusOr<Sample> RunBatches(const storage::DatabaseOptions& database, const ReservationRows& pattern,
                                  Workload workload, int connections, int batch, const Timing& timing);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_RAW_SQL_H_
