#include "server/reading/snapshot.h"

namespace inventory::reading {

using storage::BeginStatement;
using storage::Rows;
using storage::Sql;

absl::StatusOr<std::vector<Rows>> Snapshot::Run(const Selects& selects, bool last) {
  Sql sql;
  const bool first = !open_;
  if (first) {
    BeginStatement(sql).Raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    BeginStatement(sql).Raw("START TRANSACTION WITH CONSISTENT SNAPSHOT");
    BeginStatement(sql).Raw("SELECT NOW(6)");
  }
  const int opening = sql.statements();
  selects(sql);
  if (last) BeginStatement(sql).Raw("COMMIT");

  open_ = true;
  absl::StatusOr<std::vector<Rows>> results = connection_.Execute(sql);
  if (!results.ok()) {
    RollBack();
    return results.status();
  }
  open_ = !last;
  if (first) now_ = (*results)[2][0].Time(0);
  if (last) results->pop_back();
  results->erase(results->begin(), results->begin() + opening);
  return results;
}

void Snapshot::RollBack() {
  if (!open_) return;
  open_ = false;
  Sql sql;
  BeginStatement(sql).Raw("ROLLBACK");
  // A connection that can't answer has lost its transaction with itself.
  (void)connection_.Execute(sql);
}

}  // namespace inventory::reading
