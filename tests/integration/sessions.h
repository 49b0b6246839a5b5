// Sessions that get in each other's way on purpose: who waits for a lock, who is killed.
#ifndef INVENTORY_TESTS_INTEGRATION_SESSIONS_H_
#define INVENTORY_TESTS_INTEGRATION_SESSIONS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection.h"

namespace inventory::storage {

// A connection that must come about.
std::unique_ptr<Connection> MustOpen(const DatabaseOptions& options);

// Runs trusted SQL, statements separated by semicolons.
absl::StatusOr<std::vector<Rows>> Try(Connection& connection, const std::vector<std::string>& statements);
// The result of the last statement; fails the test unless all succeed.
Rows Must(Connection& connection, const std::vector<std::string>& statements);

// Waits until it holds, and says whether it did within a time in which only a broken program fails.
bool Eventually(const std::function<bool()>& holds);

int64_t IdOf(Connection& connection);
// The sessions that use the database but `watcher`, through which it is asked.
std::vector<int64_t> SessionsOf(Connection& watcher, const std::string& database);
// Waits until at least `count` sessions of the database wait for a lock, and gives them, the oldest transaction first.
std::vector<int64_t> WaitForLockWaits(Connection& watcher, const std::string& database, std::size_t count = 1);
// Ends the sessions, whatever they are doing.
void Kill(Connection& killer, const std::vector<int64_t>& sessions);

}  // namespace inventory::storage

#endif  // INVENTORY_TESTS_INTEGRATION_SESSIONS_H_
