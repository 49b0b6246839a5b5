// Brings a database's schema up to date.
#ifndef INVENTORY_STORAGE_MIGRATOR_H_
#define INVENTORY_STORAGE_MIGRATOR_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/connection.h"

namespace inventory::storage {

// One file of storage/migrations, compiled in. Every statement of it can be run again, because a schema change is not
// part of a transaction and a crash may fall between two of them: CREATE TABLE IF NOT EXISTS, an INSERT that ignores
// what is there, or an ALTER TABLE that adds or drops columns and keys, whose second run counts as done.
struct Migration {
  int version = 0;        // 1, 2, 3, ... without a gap.
  std::string_view name;  // "0001_initial"
  std::string_view sql;   // Statements, each ended by a semicolon at the end of a line.
};

// All migrations, by version.
std::span<const Migration> AllMigrations();

// Applies what is missing, under a lock that other instances wait for, and records each with its checksum. `report`
// hears each name before it is applied. Returns how many were applied. FAILED_PRECONDITION if the schema is newer than
// this program or a recorded migration differs from the one compiled in; UNAVAILABLE if the lock could not be had.
absl::StatusOr<int> Migrate(Connection& connection, const std::function<void(std::string_view name)>& report);

// OK if the schema is exactly the one this program knows; FAILED_PRECONDITION with what to do otherwise.
absl::Status CheckSchema(Connection& connection);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_MIGRATOR_H_
