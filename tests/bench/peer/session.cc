#include "tests/bench/peer/session.h"

#include <cppconn/connection.h>
#include <cppconn/datatype.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <atomic>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/event_repository.h"
#include "storage/sql_error.h"

namespace inventory::bench::peer {
namespace {

int Seconds(absl::Duration duration) { return static_cast<int>(absl::ToInt64Seconds(duration)); }

// Binds one value at a place, from 1.
struct Binder {
  sql::PreparedStatement& statement;
  unsigned place;

  void operator()(std::monostate) const { statement.setNull(place, sql::DataType::VARCHAR); }
  void operator()(int64_t value) const { statement.setInt64(place, value); }
  void operator()(double value) const { statement.setDouble(place, value); }
  void operator()(const std::string& value) const { statement.setString(place, sql::SQLString(value)); }
};

int16_t NextEventLog() {
  static std::atomic<int> sessions = 0;
  return static_cast<int16_t>(sessions++ % storage::kEventLogs);
}

}  // namespace

Session::Session(std::unique_ptr<sql::Connection> connection)
    : connection_(std::move(connection)), plain_(connection_->createStatement()), event_log_(NextEventLog()) {}

Session::~Session() = default;

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const storage::DatabaseOptions& options) {
  sql::ConnectOptionsMap map;
  map["hostName"] = sql::SQLString(options.socket.empty() ? absl::StrCat("tcp://", options.host, ":", options.port)
                                                          : absl::StrCat("unix://", options.socket));
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  map["schema"] = sql::SQLString(options.database);
  map["OPT_CONNECT_TIMEOUT"] = Seconds(options.connect_timeout);
  map["OPT_READ_TIMEOUT"] = Seconds(options.read_timeout);
  map["OPT_WRITE_TIMEOUT"] = Seconds(options.write_timeout);
  try {
    sql::Driver& driver = *sql::mysql::get_driver_instance();
    std::unique_ptr<Session> session(new Session(std::unique_ptr<sql::Connection>(driver.connect(map))));
    absl::Status ready = session->SetUp(options);
    if (!ready.ok()) return ready;
    return session;
  } catch (const sql::SQLException& e) {
    return storage::ConnectError(e.getErrorCode(), e.what());
  }
}

absl::Status Session::SetUp(const storage::DatabaseOptions& options) {
  for (const std::string& text :
       {std::string("SET NAMES utf8mb4 COLLATE utf8mb4_bin"),
        absl::StrCat("SET SESSION sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
                     "SESSION time_zone='+00:00', SESSION autocommit=0, SESSION innodb_lock_wait_timeout=",
                     Seconds(options.lock_wait_timeout)),
        std::string("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")}) {
    absl::Status done = Execute(storage::Sql().Raw(text)).status();
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

template <typename Work>
absl::Status Session::Try(const Work& work) {
  absl::Status status;
  try {
    work();
  } catch (const sql::SQLException& e) {
    status = storage::SqlError(e.getErrorCode(), e.getSQLStateCStr(), e.what(), 0);
  } catch (const std::exception& e) {
    status = storage::SqlError(0, "", e.what(), 0);
  }
  if (storage::FaultOf(status) == storage::SqlFault::kConnectionLost) lost_ = true;
  return status;
}

sql::PreparedStatement& Session::Bind(const std::string& text, const Values& values) {
  std::unique_ptr<sql::PreparedStatement>& statement = prepared_[text];
  if (statement == nullptr) statement.reset(connection_->prepareStatement(sql::SQLString(text)));
  unsigned place = 0;
  for (const Value& value : values) std::visit(Binder{*statement, ++place}, value);
  return *statement;
}

absl::Status Session::Run(const std::string& text, const Values& values) {
  return Try([&] { Bind(text, values).executeUpdate(); });
}

absl::StatusOr<storage::Rows> Session::Query(const std::string& text, const Values& values) {
  storage::Rows rows;
  absl::Status status = Try([&] {
    const std::unique_ptr<sql::ResultSet> result(Bind(text, values).executeQuery());
    const unsigned columns = result->getMetaData()->getColumnCount();
    SetColumns(rows, columns);
    while (result->next()) {
      for (unsigned column = 1; column <= columns; ++column) {
        const bool null = result->isNull(column);
        AppendCell(rows, null ? std::string_view() : std::string_view(result->getString(column).asStdString()), null);
      }
    }
  });
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<int64_t> Session::EventLogEnd() {
  if (event_log_end_) return *event_log_end_;
  const absl::StatusOr<storage::Rows> rows =
      Query("SELECT COALESCE(MAX(position), 0) FROM event_chunk WHERE log_id = ?", {int64_t{event_log_}});
  if (!rows.ok()) return rows.status();
  return (*rows)[0].Int(0);
}

// Not by the connector's own commit and rollback, which hide errors.
absl::Status Session::Commit() { return Execute(storage::Sql().Raw("COMMIT")).status(); }

void Session::Rollback() {
  event_log_end_.reset();
  if (!Execute(storage::Sql().Raw("ROLLBACK")).ok()) lost_ = true;
}

absl::Status Session::Run(const storage::Sql& sql, std::vector<storage::Rows>& results) {
  results.resize(1);
  return Try([&] { plain_->execute(sql::SQLString(sql.text())); });
}

}  // namespace inventory::bench::peer
