// The only file of the service that knows the MySQL connector.
#include "storage/connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/connect_counts.h"
#include "storage/server_facts.h"
#include "storage/sql_error.h"

namespace inventory::storage {
namespace {

std::atomic<int64_t> connections_opened = 0;
std::atomic<int64_t> connections_failed = 0;

constexpr int kNodeNotReady = 1047;             // What a Galera node answers then.
constexpr std::string_view kSeparator = ";\n";  // Of statements; see Sql::Then.

sql::Driver& Driver() {
  static sql::Driver* const driver = sql::mysql::get_driver_instance();
  return *driver;
}

int Seconds(absl::Duration duration) { return static_cast<int>(std::max<int64_t>(1, absl::ToInt64Seconds(duration))); }

DatabaseAddress AddressOf(const DatabaseOptions& options, std::size_t number) {
  return number == 0 ? DatabaseAddress{options.host, options.port} : options.others[number - 1];
}

// As the connector wants it, with brackets around what has colons: an address of IPv6.
std::string HostName(const DatabaseOptions& options, const DatabaseAddress& address) {
  if (!options.socket.empty()) return absl::StrCat("unix://", options.socket);
  const bool colons = address.host.find(':') != std::string::npos;
  return absl::StrCat("tcp://", colons ? "[" : "", address.host, colons ? "]" : "", ":", address.port);
}

sql::ConnectOptionsMap ConnectorOptions(const DatabaseOptions& options, const DatabaseAddress& address) {
  sql::ConnectOptionsMap map;
  map["hostName"] = sql::SQLString(HostName(options, address));
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

  // From now on sends each statement by itself.
  void SendOneByOne() { one_by_one_ = true; }
  void LookAtAllOfIndexes() { skips_in_indexes_ = false; }

 protected:
  absl::Status Run(const Sql& sql, std::vector<Rows>& results) override {
    results.resize(static_cast<std::size_t>(sql.statements()));
    int statement = 0;
    try {
      std::string_view rest = sql.text();
      bool has_rows = statement_->execute(one_by_one_ ? TakeStatement(rest) : sql::SQLString(sql.text()));
      for (;;) {
        if (has_rows) Read(results[static_cast<std::size_t>(statement)]);
        if (++statement == sql.statements()) return absl::OkStatus();
        has_rows = one_by_one_ ? statement_->execute(TakeStatement(rest)) : statement_->getMoreResults();
      }
    } catch (const sql::SQLException& e) {
      return SqlError(e.getErrorCode(), e.getSQLStateCStr(), e.what(), statement);
    } catch (const std::exception& e) {
      return SqlError(0, "", e.what(), statement);
    }
  }

 private:
  // Cuts the first statement off. Values are escaped, so what Sql::Then writes is in none of them.
  static sql::SQLString TakeStatement(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(kSeparator), rest.size());
    const sql::SQLString statement(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + kSeparator.size(), rest.size()));
    return statement;
  }

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
  bool one_by_one_ = false;
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
  sql.Raw("SELECT VERSION(), @@GLOBAL.read_only").Then();
  sql.Raw("SHOW SESSION VARIABLES LIKE 'wsrep\\_on'");
  return sql;
}

// Settings that only some engines have.
absl::Status SetUpEngine(ConnectorConnection& connection, const DatabaseOptions& options,
                         const std::vector<Rows>& settings) {
  const std::string_view version = settings[3].empty() ? "" : settings[3][0].Text(0);
  const bool galera = !settings[4].empty() && settings[4][0].Text(1) == "ON";
  Sql sql;
  if (galera) {
    // Reads on any node see what was committed on every other one.
    sql.Raw("SET SESSION wsrep_sync_wait=1").Then();
    sql.Raw("SHOW STATUS LIKE 'wsrep\\_ready'");
    // A node that rolls a transaction back between two statements of a packet, because it conflicts with one of another
    // node, tells nobody: the next statements are carried out, each by itself, and COMMIT succeeds. It does tell when
    // the next packet comes. Seen with MariaDB 10.11.
    connection.SendOneByOne();
  } else if (version.find("TiDB") != std::string_view::npos) {
    // TiDB has no shared row locks; with the first it takes exclusive ones instead of refusing. With the second locks
    // are taken when they are asked for, also in a cluster that was made before that was the default; with the third a
    // duplicate key fails its own statement, not COMMIT.
    connection.LookAtAllOfIndexes();
    sql.Raw(
        "SET SESSION tidb_enable_shared_lock_promotion=1, SESSION tidb_txn_mode='pessimistic', "
        "SESSION tidb_constraint_check_in_place_pessimistic=1");
  }
  if (options.statement_timeout > absl::ZeroDuration()) {
    const int64_t milliseconds = absl::ToInt64Milliseconds(options.statement_timeout);
    if (!sql.empty()) sql.Then();
    if (version.find("MariaDB") != std::string_view::npos) {
      sql.Raw("SET SESSION max_statement_time=").Int(milliseconds).Raw("/1000");
    } else {
      sql.Raw("SET SESSION max_execution_time=").Int(milliseconds);
    }
  }
  if (sql.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  // A node that has lost the others, or has not joined them yet, takes connections and refuses all statements.
  if (galera && ((*results)[1].empty() || (*results)[1][0].Text(1) != "ON")) {
    return SqlError(kNodeNotReady, "08S01", "the node is not connected to its cluster", 1);
  }
  return absl::OkStatus();
}

}  // namespace

struct Connection::Opened {
  std::unique_ptr<Connection> connection;
  bool read_only = false;
};

absl::StatusOr<Connection::Opened> Connection::OpenAt(const DatabaseOptions& options, std::size_t address) {
  std::unique_ptr<ConnectorConnection> connection;
  try {
    sql::ConnectOptionsMap map = ConnectorOptions(options, AddressOf(options, address));
    connection = std::make_unique<ConnectorConnection>(std::unique_ptr<sql::Connection>(Driver().connect(map)),
                                                       options.idle_timeout);
  } catch (const sql::SQLException& e) {
    return ConnectError(e.getErrorCode(), e.what());
  } catch (const std::exception& e) {
    return ConnectError(0, e.what());
  }
  absl::StatusOr<std::vector<Rows>> settings = connection->Execute(SessionSettings(options));
  absl::Status status = settings.ok() ? SetUpEngine(*connection, options, *settings) : settings.status();
  if (!status.ok()) return ConnectError(ErrorNumber(status), DetailOf(status));
  Connection& base = *connection;
  base.current_ = options.current;
  base.address_ = address;
  // Not before it is open: a database that has been started anew meanwhile has no older session.
  base.number_ = ++connections_opened;
  return Opened{std::move(connection), IsReadOnly((*settings)[3][0].Text(1))};
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const DatabaseOptions& options) {
  const std::size_t addresses = 1 + options.others.size();
  const std::size_t current = *options.current;
  absl::StatusOr<Opened> in_use = absl::UnavailableError("not tried yet");
  for (std::size_t i = 0; i < addresses; ++i) {
    const std::size_t address = (current + i) % addresses;
    absl::StatusOr<Opened> opened = OpenAt(options, address);
    if (!opened.ok()) ++connections_failed;
    if (opened.ok() && !opened->read_only) {
      // Unless another thread has found one meanwhile, and then this connection is as good as broken.
      std::size_t expected = current;
      options.current->compare_exchange_strong(expected, address);
      return std::move(opened->connection);
    }
    if (i == 0) in_use = std::move(opened);
  }
  // The rows of any other that takes no writes may be old: it may be a replica that lags.
  if (!in_use.ok()) return in_use.status();
  return std::move(in_use->connection);
}

ConnectCounts CountConnects() { return {.opened = connections_opened, .failed = connections_failed}; }

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
