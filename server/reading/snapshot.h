// Several selects that see one moment of the database.
#ifndef INVENTORY_SERVER_READING_SNAPSHOT_H_
#define INVENTORY_SERVER_READING_SNAPSHOT_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::reading {

// A transaction that sees what was committed when its first select was sent, and locks nothing. It begins with the
// first read, in the same packet, and is over after ReadLast, after an error, and at the latest with this object. Not
// thread-safe.
class Snapshot {
 public:
  // Appends statements; see storage/table.h.
  using Selects = std::function<void(storage::Sql&)>;

  // The connection must have no open transaction and is not to be used otherwise while this lives.
  explicit Snapshot(storage::Connection& connection) : connection_(connection) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { RollBack(); }

  // Runs the selects and gives their results, one per statement.
  absl::StatusOr<std::vector<storage::Rows>> Read(const Selects& selects) { return Run(selects, /*last=*/false); }

  // The same for the last ones; ends the transaction in the same packet.
  absl::StatusOr<std::vector<storage::Rows>> ReadLast(const Selects& selects) { return Run(selects, /*last=*/true); }

  // That moment by the database's clock. Known after the first read.
  absl::Time now() const { return now_; }

 private:
  absl::StatusOr<std::vector<storage::Rows>> Run(const Selects& selects, bool last);
  void RollBack();

  storage::Connection& connection_;
  bool open_ = false;
  absl::Time now_ = absl::InfinitePast();
};

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_SNAPSHOT_H_
