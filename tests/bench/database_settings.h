// What a database is set to.
#ifndef INVENTORY_TESTS_BENCH_DATABASE_SETTINGS_H_
#define INVENTORY_TESTS_BENCH_DATABASE_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/connection.h"

namespace inventory::bench {

// The version and the settings that decide about durability and speed, as "name=value". FAILED_PRECONDITION if an
// acknowledged write could be lost in a crash.
absl::StatusOr<std::vector<std::string>> ReadDurableSettings(storage::Connection& connection);

// How large the tables and their indexes are, in MiB, as the database estimates it.
absl::StatusOr<int64_t> ReadTablesMib(storage::Connection& connection);

// How much the database may write before changed pages must be in its files.
absl::Status SetRedoLogSize(storage::Connection& connection, int mib);

// Lets the database write all changed pages to its files, so that what comes next doesn't pay for what was before.
// Waits for at most a minute.
absl::Status Settle(storage::Connection& connection);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_DATABASE_SETTINGS_H_
