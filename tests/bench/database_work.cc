#include "tests/bench/database_work.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "storage/sql.h"
#include "tests/bench/query.h"

namespace inventory::bench {
namespace {

// 0 where no binary log is kept, which is an error to the statement.
absl::StatusOr<int64_t> ReadBinaryLogBytes(storage::Connection& connection) {
  const auto kept = Query(connection, "SELECT @@GLOBAL.log_bin");
  if (!kept.ok()) return kept.status();
  if ((*kept)[0].Int(0) == 0) return 0;
  const auto logs = Query(connection, "SHOW BINARY LOGS");
  if (!logs.ok()) return logs.status();
  int64_t bytes = 0;
  for (const storage::Row& log : *logs) bytes += log.Int(1);
  return bytes;
}

}  // namespace

absl::StatusOr<DatabaseWork> ReadDatabaseWork(const storage::DatabaseOptions& database) {
  const auto connection = storage::Connection::Open(database);
  if (!connection.ok()) return connection.status();
  storage::Sql sql;
  sql.Raw("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_read_requests'").Then();
  sql.Raw("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_reads'").Then();
  sql.Raw("SHOW GLOBAL STATUS LIKE 'Innodb_os_log_written'");
  const auto counts = (*connection)->Execute(sql);
  if (!counts.ok()) return counts.status();
  const absl::StatusOr<int64_t> binary_log_bytes = ReadBinaryLogBytes(**connection);
  if (!binary_log_bytes.ok()) return binary_log_bytes.status();
  const auto count = [&counts](std::size_t at) { return (*counts)[at][0].Int(1); };
  return DatabaseWork{
      .pages = count(0), .pages_read = count(1), .redo_bytes = count(2), .binary_log_bytes = *binary_log_bytes};
}

void AddWorkForOne(const DatabaseWork& before, const DatabaseWork& after, int64_t operations,
                   std::map<std::string, double>& more) {
  const auto add = [&](const std::string& name, int64_t DatabaseWork::*count) {
    const auto done = static_cast<double>(after.*count - before.*count);
    const double for_one = done / static_cast<double>(std::max<int64_t>(operations, 1));
    if (for_one >= 0.1) more[name + "_for_one"] = for_one;
  };
  add("pages", &DatabaseWork::pages);
  add("pages_read", &DatabaseWork::pages_read);
  add("redo_bytes", &DatabaseWork::redo_bytes);
  add("binary_log_bytes", &DatabaseWork::binary_log_bytes);
}

}  // namespace inventory::bench
