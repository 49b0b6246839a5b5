#include "tests/bench/database_settings.h"

#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/server_facts.h"
#include "tests/bench/measure.h"
#include "tests/bench/query.h"

namespace inventory::bench {
namespace {

absl::Status WaitUntilClean(storage::Connection& connection) {
  // The server itself writes a page now and then.
  constexpr int64_t kFewPages = 200;
  const absl::Time give_up = absl::Now() + absl::Minutes(1);
  while (absl::Now() < give_up && !Interrupted()) {
    const auto dirty = Query(connection, "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'");
    if (!dirty.ok()) return dirty.status();
    if ((*dirty)[0].Int(1) <= kFewPages) break;
    absl::SleepFor(absl::Milliseconds(100));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadDurableSettings(storage::Connection& connection) {
  absl::StatusOr<storage::ServerFacts> facts = storage::ReadServerFacts(connection);
  if (!facts.ok()) return facts.status();
  if (!facts->not_durable.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database is not durable: ", absl::StrJoin(facts->not_durable, "; ")));
  }
  const auto settings =
      Query(connection,
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'innodb_doublewrite', "
            "'innodb_flush_method', 'innodb_buffer_pool_size', 'innodb_log_file_size', 'innodb_redo_log_capacity', "
            "'log_bin', 'sync_binlog')");
  if (!settings.ok()) return settings.status();
  std::vector<std::string> read = {absl::StrCat("version=", facts->version)};
  for (const storage::Row& row : *settings) {
    read.push_back(absl::StrCat(std::string(row.Text(0)), "=", std::string(row.Text(1))));
  }
  return read;
}

absl::StatusOr<int64_t> ReadTablesMib(storage::Connection& connection) {
  const auto size =
      Query(connection,
            "SELECT CAST(SUM(data_length + index_length) / 1048576 AS SIGNED) FROM information_schema.tables "
            "WHERE table_schema = DATABASE()");
  if (!size.ok()) return size.status();
  return (*size)[0].Int(0);
}

absl::Status SetRedoLogSize(storage::Connection& connection, int mib) {
  const auto version = Query(connection, "SELECT VERSION()");
  if (!version.ok()) return version.status();
  const bool maria = absl::StrContains(std::string((*version)[0].Text(0)), "MariaDB");
  return Query(connection, absl::StrCat("SET GLOBAL ", maria ? "innodb_log_file_size" : "innodb_redo_log_capacity",
                                        " = ", int64_t{mib} << 20))
      .status();
}

absl::Status Settle(storage::Connection& connection) {
  const auto usual = Query(connection,
                           "SELECT @@GLOBAL.innodb_max_dirty_pages_pct, @@GLOBAL.innodb_io_capacity_max, "
                           "@@GLOBAL.innodb_io_capacity");
  if (!usual.ok()) return usual.status();
  const auto set = [&connection](std::string_view percent, std::string_view most, std::string_view capacity) {
    storage::Sql sql;
    sql.Raw("SET GLOBAL innodb_max_dirty_pages_pct = ").Raw(percent);
    sql.Raw(", GLOBAL innodb_io_capacity_max = ").Raw(most).Raw(", GLOBAL innodb_io_capacity = ").Raw(capacity);
    return connection.Execute(sql).status();
  };
  absl::Status status = set("0", "40000", "20000");
  if (status.ok()) status = WaitUntilClean(connection);
  const storage::Row row = (*usual)[0];
  const absl::Status restored = set(row.Text(0), row.Text(1), row.Text(2));
  return status.ok() ? restored : status;
}

}  // namespace inventory::bench
