// One connection to a MySQL-compatible database.
#ifndef INVENTORY_STORAGE_CONNECTION_H_
#define INVENTORY_STORAGE_CONNECTION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/sql.h"

namespace inventory::storage {

struct DatabaseAddress {
  std::string host;
  int port = 3306;  // Default 3306.

  bool operator==(const DatabaseAddress&) const = default;
};

// Where the database is and how it is reached.
struct DatabaseOptions {
  std::string host = "127.0.0.1";  // Used if `socket` is empty. Default 127.0.0.1.
  int port = 3306;                 // Default 3306.
  std::string socket;              // Path of a Unix socket. Default empty: TCP.
  // Further servers of the same database, nodes of a cluster or replicas that may be promoted. Connections go to the
  // server that was last found to take writes; when it can't be reached or takes none any more they move on, in this
  // order, to the next one that does, all of this process together, and stay there. Default none.
  std::vector<DatabaseAddress> others = {};
  std::string user = "inventory";      // Default inventory.
  std::string password;                // Default empty. Never part of a URL, a log or an error.
  std::string database = "inventory";  // Default inventory.
  // PEM file of the authorities that may have signed the server's certificate. If set, the connection is encrypted and
  // the server's name verified, or it fails. Default empty: not encrypted.
  std::string tls_ca;
  absl::Duration connect_timeout = absl::Seconds(5);  // Default 5s.
  absl::Duration read_timeout = absl::Seconds(10);    // For one packet of statements. Default 10s.
  absl::Duration write_timeout = absl::Seconds(10);   // Default 10s.
  // How long the database may work on a SELECT, or on MariaDB on any statement, before it gives up by itself. Below
  // read_timeout, after which nobody waits and it would go on. Default 0: as long as it takes.
  absl::Duration statement_timeout = absl::ZeroDuration();
  absl::Duration lock_wait_timeout = absl::Seconds(3);  // Whole seconds. Default 3s.
  // The server drops a session that is silent for so long, and with it the locks of a client that has vanished. Whole
  // seconds; must exceed the longest pause of an idle connection that is to be kept, which is reopened otherwise.
  // Default 15s.
  absl::Duration idle_timeout = absl::Seconds(15);
  // Where connections go: 0 is `host`. Shared by all copies of the options, and changed by Connection::Open.
  std::shared_ptr<std::atomic<std::size_t>> current = std::make_shared<std::atomic<std::size_t>>(0);
};

// mysql://user@host:3306,other:3306/database?tls_ca=/path or mysql://user@localhost/database?socket=/path. A password
// in it is refused: it comes from a file or the environment.
absl::StatusOr<DatabaseOptions> ParseDatabaseUrl(std::string_view url);

// What went wrong with a statement.
enum class SqlFault {
  kNone,            // Not an error of the database.
  kDuplicateKey,    // 1062.
  kDeadlock,        // 1213, and 1020 (a snapshot conflict): the transaction is to be rolled back and run again.
  kLockTimeout,     // 1205: only the statement was rolled back; roll back the transaction and run it again.
  kConnectionLost,  // The connection can't be used any more; what was being committed may or may not be.
  kReadOnly,        // The server takes no writes: 1290, 1792, 1836; or has no room for them: 1021, 1026, 1114.
  kTooSlow,         // 1969, 3024: the statement took longer than statement_timeout.
  kOther,           // Anything else: a fault of the service.
};

SqlFault FaultOf(const absl::Status& status);
// Zero-based place in the packet of the statement that failed; -1 if unknown.
int FailedStatement(const absl::Status& status);
// The key of a kDuplicateKey, such as "PRIMARY", without the table's name.
std::string DuplicateKeyName(const absl::Status& status);
// The server's error number, 0 if there is none.
int ErrorNumber(const absl::Status& status);
// The server's own words, which may hold part of a statement: for logs, never for callers.
std::string DetailOf(const absl::Status& status);

class Rows;

// One row of a result. Valid as long as its Rows.
class Row {
 public:
  Row(const Rows& rows, std::size_t first_cell) : rows_(&rows), first_cell_(first_cell) {}

  bool IsNull(int column) const;
  // Empty for NULL, as the following are 0, false and the epoch.
  std::string_view Text(int column) const;
  int64_t Int(int column) const;
  bool Bool(int column) const { return Int(column) != 0; }
  absl::Time Time(int column) const;

 private:
  const Rows* rows_;
  std::size_t first_cell_;
};

class Rows;
// One row with the parts of `text` that `separator` divides; none of them is NULL.
Rows SplitRow(std::string_view text, char separator);

// All rows of one statement's result; none for a statement without a result. Cheap to move.
class Rows {
 public:
  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Rows* rows_;
    std::size_t index_;
  };

  std::size_t columns() const { return columns_; }
  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  bool empty() const { return cells_.empty(); }
  Row operator[](std::size_t index) const { return Row(*this, index * columns_); }
  Iterator begin() const { return Iterator(*this, 0); }
  Iterator end() const { return Iterator(*this, size()); }

 private:
  friend class Row;
  friend class Connection;
  friend Rows SplitRow(std::string_view text, char separator);

  struct Cell {
    std::size_t offset;
    std::size_t size;
    bool null;
  };

  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string text_;
};

// One session: READ COMMITTED, UTC, strict SQL mode, utf8mb4, bounded lock waits. Not thread-safe.
class Connection {
 public:
  // UNAVAILABLE if the database can't be reached or refuses. A server that takes no writes will do only if it is the
  // one in use and no other address has one that does: the rows of others may be old.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const DatabaseOptions& options);

  virtual ~Connection() = default;

  // Sends the statements in one packet and reads all of their results, one per statement. The server stops at the first
  // statement that fails. Errors carry FaultOf and hold no statement, host or credential.
  absl::StatusOr<std::vector<Rows>> Execute(const Sql& sql);

  // True once the connection was lost, was silent for so long that the server may have dropped it, or connections have
  // moved on to another server: open another one.
  bool broken() const { return broken_ || absl::Now() - last_use_ > idle_limit_ || *current_ != address_; }

  // Whether the first rows of each group of an index are found without a look at those between them. TiDB looks at all.
  bool skips_in_indexes() const { return skips_in_indexes_; }

  // No other connection of this process has it, and each that is opened later has a greater one.
  int64_t number() const { return number_; }

 protected:
  // Fills `rows` with the results; see Execute.
  virtual absl::Status Run(const Sql& sql, std::vector<Rows>& results) = 0;
  static void AppendCell(Rows& rows, std::string_view text, bool null);
  static void SetColumns(Rows& rows, std::size_t columns) { rows.columns_ = columns; }

  // One that is open to the server of that number.
  struct Opened;
  static absl::StatusOr<Opened> OpenAt(const DatabaseOptions& options, std::size_t address);

  bool skips_in_indexes_ = true;
  // How long a silent connection is trusted.
  absl::Duration idle_limit_ = absl::InfiniteDuration();

 private:
  int64_t number_ = 0;
  bool broken_ = false;
  std::shared_ptr<std::atomic<std::size_t>> current_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::size_t address_ = 0;
  absl::Time last_use_ = absl::Now();
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONNECTION_H_
