// One statement to a database.
#ifndef INVENTORY_TESTS_BENCH_QUERY_H_
#define INVENTORY_TESTS_BENCH_QUERY_H_

#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::bench {

// Its result. The text is trusted: never a value.
inline absl::StatusOr<storage::Rows> Query(storage::Connection& connection, std::string_view statement) {
  storage::Sql sql;
  sql.Raw(statement);
  absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  return std::move(results->front());
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_QUERY_H_
