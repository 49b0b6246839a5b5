// Where a page begins whose rows are in order of two columns.
#ifndef INVENTORY_STORAGE_KEY_RANGE_H_
#define INVENTORY_STORAGE_KEY_RANGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "storage/sql.h"

namespace inventory::storage {

namespace key_range_internal {

inline void Append(Sql& sql, const std::string& value) { sql.Blob(value); }
inline void Append(Sql& sql, int64_t value) { sql.Int(value); }
inline void Append(Sql& sql, absl::Time value) { sql.Time(value); }

}  // namespace key_range_internal

// Appends the condition that (first, second) comes after the key. MariaDB and MySQL read this form as two ranges of an
// index. Of a row comparison, or of "first >= x AND (first > x OR second > y)", they take no more than first >= x, and
// every page reads again all rows of x that come before it.
template <typename First, typename Second>
Sql& AppendAfterKey(Sql& sql, std::string_view first, std::string_view second, const std::pair<First, Second>& after) {
  key_range_internal::Append(sql.Raw("(").Raw(first).Raw(" = "), after.first);
  key_range_internal::Append(sql.Raw(" AND ").Raw(second).Raw(" > "), after.second);
  key_range_internal::Append(sql.Raw(" OR ").Raw(first).Raw(" > "), after.first);
  return sql.Raw(")");
}

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_KEY_RANGE_H_
