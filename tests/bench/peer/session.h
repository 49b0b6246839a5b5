// A connection that keeps prepared statements.
#ifndef INVENTORY_TESTS_BENCH_PEER_SESSION_H_
#define INVENTORY_TESTS_BENCH_PEER_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "tests/bench/peer/values.h"

namespace sql {
class Connection;
class PreparedStatement;
class Statement;
}  // namespace sql

namespace inventory::bench::peer {

// One session of the database: READ COMMITTED, strict, UTC, and without autocommit, so that the first statement begins
// a transaction. Prepares a statement when it sees its text for the first time and keeps it. Not thread-safe.
class Session final : public storage::Connection {
 public:
  // UNAVAILABLE if the database can't be reached or refuses.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const storage::DatabaseOptions& options);
  ~Session() override;

  // Run a prepared statement with a value for each of its question marks. Errors are those of Connection::Execute.
  absl::Status Run(const std::string& text, const Values& values);
  absl::StatusOr<storage::Rows> Query(const std::string& text, const Values& values);

  // Inserts the rows, by statements of 1, 2, 4, ... rows, so that there are few of them to keep.
  template <typename Record>
  absl::Status Insert(const std::vector<Record>& records) {
    for (std::size_t done = 0; done < records.size();) {
      std::size_t rows = 1;
      while (done + 2 * rows <= records.size() && rows < kMaxRows) rows *= 2;
      Values values;
      for (std::size_t i = done; i < done + rows; ++i) AppendValues(records[i], values);
      absl::Status inserted = Run(InsertText<Record>(rows), values);
      if (!inserted.ok()) return inserted;
      done += rows;
    }
    return absl::OkStatus();
  }

  absl::Status Commit();
  // Ends the transaction in any case: where it fails, the connection is lost.
  void Rollback();

  // True once the connection was lost.
  bool lost() const { return lost_; }

  // The event log that this session writes to: none of others', while there are fewer sessions than logs.
  int16_t event_log() const { return event_log_; }
  // The last position in it. Known once it was read, until something is rolled back: nobody else writes there.
  absl::StatusOr<int64_t> EventLogEnd();
  void SetEventLogEnd(int64_t position) { event_log_end_ = position; }

 protected:
  absl::Status Run(const storage::Sql& sql, std::vector<storage::Rows>& results) override;

 private:
  static constexpr std::size_t kMaxRows = 64;

  explicit Session(std::unique_ptr<sql::Connection> connection);

  sql::PreparedStatement& Bind(const std::string& text, const Values& values);
  absl::Status SetUp(const storage::DatabaseOptions& options);
  // Runs `work`, in which the connector may throw.
  template <typename Work>
  absl::Status Try(const Work& work);

  // Destroyed in reverse order: the connection last.
  const std::unique_ptr<sql::Connection> connection_;
  const std::unique_ptr<sql::Statement> plain_;
  std::unordered_map<std::string, std::unique_ptr<sql::PreparedStatement>> prepared_;
  const int16_t event_log_;
  std::optional<int64_t> event_log_end_;
  bool lost_ = false;
};

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_SESSION_H_
