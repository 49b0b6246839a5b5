// The only file of the service that knows the MySQL connector.
#include "storage/connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <charconv>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sql_error.h"

namespace inventory::storage {
namespace {

sql::Driver& Driver() {
  static sql::Driver* const driver = sql::mysql::get_driver_instance();
  return *driver;
}

int Seconds(absl::Duration duration) { return static_cast<int>(std::max<int64_t>(1, absl::ToInt64Seconds(duration))); }

sql::ConnectOptionsMap ConnectorOptions(const DatabaseOptions& options) {
  sql::ConnectOptionsMap map;
  map["hostName"] = sql::SQLString(options.socket.empty() ? absl::StrCat("tcp://", options.host, ":", options.port)
                                                          : absl::StrCat("unix://", options.socket));
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  if (!options.database.empty()) map["schema"] = sql::SQLString(options.database);
  map["CLIENT_MULTI_STATEMENTS"] = true;
  map["OPT_CONNECT_TIMEOUT"] = Seconds(options.connect_timeout);
  map["OPT_READ_TIMEOUT"] = Seconds(options.read_timeout);
  map["OPT_WRITE_TIMEOUT"] = Seconds(options.write_timeout);
  if (!options.tls_ca.empty()) {
    // The connector's own switch for encryption does nothing with libmariadb; these two encrypt and verify.
    map["sslCA"] = sql::SQLString(options.tls_ca);
    map["sslVerify"] = true;
  }
  return map;
}

class ConnectorConnection final : public Connection {
 public:
  ConnectorConnection(std::unique_ptr<sql::Connection> connection, absl::Duration idle_timeout)
      : connection_(std::move(connection)), statement_(connection_->createStatement()) {
    // Well before the server's own limit.
    idle_limit_ = idle_timeout * 0.6;
  }

 protected:
  absl::Status Run(const Sql& sql, std::vector<Rows>& results) override {
    results.resize(static_cast<std::size_t>(sql.statements()));
    int statement = 0;
    try {
      bool has_rows = statement_->execute(sql::SQLString(sql.text()));
      for (;;) {
        if (has_rows) Read(results[static_cast<std::size_t>(statement)]);
        if (++statement == sql.statements()) return absl::OkStatus();
        has_rows = statement_->getMoreResults();
      }
    } catch (const sql::SQLException& e) {
      return SqlError(e.getErrorCode(), e.getSQLStateCStr(), e.what(), statement);
    } catch (const std::exception& e) {
      return SqlError(0, "", e.what(), statement);
    }
  }

 private:
  void Read(Rows& rows) {
    const std::unique_ptr<sql::ResultSet> result(statement_->getResultSet());
    const unsigned columns = result->getMetaData()->getColumnCount();
    SetColumns(rows, columns);
    while (result->next()) {
      for (unsigned column = 1; column <= columns; ++column) {
        // Asked for first, isNull would look the cell up once more.
        const sql::SQLString text = result->getString(column);
        AppendCell(rows, text.asStdString(), result->wasNull());
      }
    }
  }

  // Destroyed in reverse order: the statement first.
  const std::unique_ptr<sql::Connection> connection_;
  const std::unique_ptr<sql::Statement> statement_;
};

// Everything that makes all engines behave alike, in one packet. Lock waits and silent sessions are bounded, so that a
// client that vanishes doesn't keep its locks for hours.
Sql SessionSettings(const DatabaseOptions& options) {
  Sql sql;
  sql.Raw("SET NAMES utf8mb4 COLLATE utf8mb4_bin").Then();
  sql.Raw(
      "SET SESSION sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
      "SESSION time_zone='+00:00', SESSION autocommit=1, SESSION innodb_lock_wait_timeout=");
  sql.Int(Seconds(options.lock_wait_timeout)).Raw(", SESSION wait_timeout=").Int(Seconds(options.idle_timeout)).Then();
  // The connector has just set REPEATABLE READ.
  sql.Raw("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").Then();
  sql.Raw("SELECT VERSION()").Then();
  sql.Raw("SHOW SESSION VARIABLES LIKE 'wsrep\\_on'");
  return sql;
}

// Settings that only some engines have.
absl::Status SetUpEngine(Connection& connection, const std::vector<Rows>& settings) {
  const std::string_view version = settings[3].empty() ? "" : settings[3][0].Text(0);
  const bool galera = !settings[4].empty() && settings[4][0].Text(1) == "ON";
  Sql sql;
  if (galera) {
    // Reads on any node see what was committed on every other one.
    sql.Raw("SET SESSION wsrep_sync_wait=1");
  } else if (version.find("TiDB") != std::string_view::npos) {
    // TiDB has no shared row locks; with this it takes exclusive ones instead of refusing.
    sql.Raw("SET SESSION tidb_enable_shared_lock_promotion=1");
  }
  if (sql.empty()) return absl::OkStatus();
  return connection.Execute(sql).status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const DatabaseOptions& options) {
  std::unique_ptr<Connection> connection;
  try {
    sql::ConnectOptionsMap map = ConnectorOptions(options);
    connection = std::make_unique<ConnectorConnection>(std::unique_ptr<sql::Connection>(Driver().connect(map)),
                                                       options.idle_timeout);
  } catch (const sql::SQLException& e) {
    return ConnectError(e.getErrorCode(), e.what());
  } catch (const std::exception& e) {
    return ConnectError(0, e.what());
  }
  absl::StatusOr<std::vector<Rows>> settings = connection->Execute(SessionSettings(options));
  absl::Status status = settings.ok() ? SetUpEngine(*connection, *settings) : settings.status();
  if (!status.ok()) return ConnectError(ErrorNumber(status), DetailOf(status));
  return connection;
}

absl::StatusOr<std::vector<Rows>> Connection::Execute(const Sql& sql) {
  std::vector<Rows> results;
  if (sql.empty()) return results;
  absl::Status status = Run(sql, results);
  last_use_ = absl::Now();
  if (FaultOf(status) == SqlFault::kConnectionLost) broken_ = true;
  if (!status.ok()) return status;
  return results;
}

}  // namespace inventory::storage
