#include "storage/sql_error.h"

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "storage/connection.h"

namespace inventory::storage {
namespace {

constexpr char kPayload[] = "inventory.storage/sql_error";

// Error numbers of MySQL and MariaDB servers (1000 to 1999, 3000 on) and of their client library (2000 to 2999):
// https://dev.mysql.com/doc/mysql-errors/9.1/en/ and https://mariadb.com/kb/en/mariadb-error-code-reference/.
SqlFault Classify(int number) {
  switch (number) {
    case 1062:  // ER_DUP_ENTRY
    case 1586:  // ER_DUP_ENTRY_WITH_KEY_NAME
      return SqlFault::kDuplicateKey;
    case 1213:  // ER_LOCK_DEADLOCK
    case 1020:  // ER_CHECKREAD: MariaDB's snapshot conflict
    case 8002:  // TiDB: write conflict of a locking read
    case 8005:  // TiDB: write conflict of an optimistic transaction
    case 8022:  // TiDB: the transaction can be retried
    case 8028:  // TiDB: the schema has changed meanwhile
    case 9007:  // TiDB: write conflict
      return SqlFault::kDeadlock;
    case 1205:  // ER_LOCK_WAIT_TIMEOUT
      return SqlFault::kLockTimeout;
    case 1290:  // ER_OPTION_PREVENTS_STATEMENT: --read-only
    case 1792:  // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    case 1836:  // ER_READ_ONLY_MODE
    case 1021:  // ER_DISK_FULL
    case 1026:  // ER_ERROR_ON_WRITE: of the binary log
    case 1114:  // ER_RECORD_FILE_FULL: a table can't grow, mostly because its disk is full
      return SqlFault::kReadOnly;
    case 1969:  // ER_STATEMENT_TIMEOUT of MariaDB
    case 3024:  // ER_QUERY_TIMEOUT of MySQL and TiDB
      return SqlFault::kTooSlow;
    case 1047:  // ER_UNKNOWN_COM_ERROR: a Galera node that is not ready
    case 1053:  // ER_SERVER_SHUTDOWN
    case 1152:  // ER_ABORTING_CONNECTION
    case 1158:  // ER_NET_READ_ERROR
    case 1159:  // ER_NET_READ_INTERRUPTED
    case 1160:  // ER_NET_ERROR_ON_WRITE
    case 1161:  // ER_NET_WRITE_INTERRUPTED
    case 1180:  // ER_ERROR_DURING_COMMIT: a Galera node lost its cluster, which may have the transaction
    case 1317:  // ER_QUERY_INTERRUPTED: killed
    case 1927:  // ER_CONNECTION_KILLED
    case 2002:  // CR_CONNECTION_ERROR
    case 2003:  // CR_CONN_HOST_ERROR
    case 2006:  // CR_SERVER_GONE_ERROR
    case 2013:  // CR_SERVER_LOST
    case 2014:  // CR_COMMANDS_OUT_OF_SYNC: the session can't be trusted any more
    case 2026:  // CR_SSL_CONNECTION_ERROR: how a loss shows over TLS
    case 2055:  // CR_SERVER_LOST_EXTENDED
    case 9001:  // TiDB: the placement driver does not answer
    case 9002:  // TiDB: the store does not answer
    case 9003:  // TiDB: the store is busy
    case 9004:  // TiDB: locks could not be resolved in time
    case 9005:  // TiDB: the region can't be reached
    case 4031:  // ER_CLIENT_INTERACTION_TIMEOUT
      return SqlFault::kConnectionLost;
    default:
      return SqlFault::kOther;
  }
}

absl::StatusCode CodeOf(SqlFault fault) {
  switch (fault) {
    case SqlFault::kDuplicateKey:
      return absl::StatusCode::kAlreadyExists;
    case SqlFault::kDeadlock:
    case SqlFault::kLockTimeout:
      return absl::StatusCode::kAborted;
    case SqlFault::kConnectionLost:
    case SqlFault::kReadOnly:
      return absl::StatusCode::kUnavailable;
    case SqlFault::kTooSlow:
      return absl::StatusCode::kDeadlineExceeded;
    default:
      return absl::StatusCode::kInternal;
  }
}

// What a payload holds: fault, number and statement separated by spaces, then the text.
struct Details {
  SqlFault fault = SqlFault::kNone;
  int number = 0;
  int statement = -1;
  std::string text;
};

Details DetailsOf(const absl::Status& status) {
  Details details;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (!payload) return details;
  const std::string all(*payload);
  int numbers[3] = {0, 0, -1};
  std::size_t at = 0;
  for (int& number : numbers) {
    const std::size_t space = all.find(' ', at);
    if (!absl::SimpleAtoi(all.substr(at, space - at), &number)) return details;
    at = space + 1;
  }
  return {static_cast<SqlFault>(numbers[0]), numbers[1], numbers[2], all.substr(at)};
}

absl::Status Make(SqlFault fault, int number, int statement, std::string_view message, std::string_view text) {
  absl::Status status(CodeOf(fault), std::string(message));
  status.SetPayload(
      kPayload, absl::Cord(absl::StrCat(static_cast<int>(fault), " ", number, " ", statement, " ", std::string(text))));
  return status;
}

}  // namespace

absl::Status SqlError(int number, std::string_view sql_state, std::string_view text, int statement) {
  // A connector that throws without a number has lost the server or its own state: neither can be relied on.
  const SqlFault fault = number == 0 ? SqlFault::kConnectionLost : Classify(number);
  return Make(fault, number, statement,
              absl::StrCat("database error ", number, " (", std::string(sql_state), ") in statement ", statement + 1),
              text);
}

absl::Status ConnectError(int number, std::string_view text) {
  return Make(SqlFault::kConnectionLost, number, -1, absl::StrCat("can't connect to the database: error ", number),
              text);
}

SqlFault FaultOf(const absl::Status& status) { return DetailsOf(status).fault; }
int FailedStatement(const absl::Status& status) { return DetailsOf(status).statement; }
int ErrorNumber(const absl::Status& status) { return DetailsOf(status).number; }
std::string DetailOf(const absl::Status& status) { return DetailsOf(status).text; }

// "Duplicate entry '...' for key 'PRIMARY'", on MySQL 'table.PRIMARY'. The entry may hold quotes, the key has none.
std::string DuplicateKeyName(const absl::Status& status) {
  const Details details = DetailsOf(status);
  if (details.fault != SqlFault::kDuplicateKey) return "";
  const std::size_t end = details.text.rfind('\'');
  if (end == std::string::npos || end == 0) return "";
  const std::size_t begin = details.text.rfind('\'', end - 1);
  if (begin == std::string::npos) return "";
  const std::string name = details.text.substr(begin + 1, end - begin - 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

}  // namespace inventory::storage
