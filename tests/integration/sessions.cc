#include "tests/integration/sessions.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace inventory::storage {
namespace {

constexpr absl::Duration kWaitTime = absl::Seconds(60);
constexpr absl::Duration kPoll = absl::Milliseconds(10);

std::vector<int64_t> Ids(const Rows& rows) {
  std::vector<int64_t> ids;
  for (const Row& row : rows) ids.push_back(row.Int(0));
  return ids;
}

}  // namespace

std::unique_ptr<Connection> MustOpen(const DatabaseOptions& options) {
  auto opened = Connection::Open(options);
  EXPECT_TRUE(opened.ok()) << DetailOf(opened.status());
  return opened.ok() ? *std::move(opened) : nullptr;
}

absl::StatusOr<std::vector<Rows>> Try(Connection& connection, const std::vector<std::string>& statements) {
  Sql sql;
  for (const std::string& statement : statements) BeginStatement(sql).Raw(statement);
  return connection.Execute(sql);
}

Rows Must(Connection& connection, const std::vector<std::string>& statements) {
  auto results = Try(connection, statements);
  EXPECT_TRUE(results.ok()) << DetailOf(results.status());
  return results.ok() ? std::move(results->back()) : Rows();
}

bool Eventually(const std::function<bool()>& holds) {
  const absl::Time give_up = absl::Now() + kWaitTime;
  while (!holds()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(kPoll);
  }
  return true;
}

int64_t IdOf(Connection& connection) { return Must(connection, {"SELECT CONNECTION_ID()"})[0].Int(0); }

std::vector<int64_t> SessionsOf(Connection& watcher, const std::string& database) {
  return Ids(Must(watcher, {absl::StrCat("SELECT id FROM information_schema.processlist WHERE db = '", database,
                                         "' AND id <> CONNECTION_ID()")}));
}

std::vector<int64_t> WaitForLockWaits(Connection& watcher, const std::string& database, std::size_t count) {
  std::vector<int64_t> waiting;
  const absl::Time give_up = absl::Now() + kWaitTime;
  while (waiting.size() < count && absl::Now() < give_up) {
    // InnoDB shows a copy that it renews only if nobody has read it for 100 ms.
    absl::SleepFor(absl::Milliseconds(110));
    waiting = Ids(Must(watcher, {absl::StrCat("SELECT t.trx_mysql_thread_id FROM information_schema.innodb_trx t JOIN "
                                              "information_schema.processlist p ON p.id = t.trx_mysql_thread_id "
                                              "WHERE t.trx_state = 'LOCK WAIT' AND p.db = '",
                                              database, "' ORDER BY t.trx_started")}));
  }
  EXPECT_GE(waiting.size(), count) << "nobody waits for a lock";
  return waiting;
}

void Kill(Connection& killer, const std::vector<int64_t>& sessions) {
  for (const int64_t id : sessions) Try(killer, {absl::StrCat("KILL ", id)}).status().IgnoreError();
}

}  // namespace inventory::storage
