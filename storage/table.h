// How a record is stored, and the statements that are the same for every table.
//
// Everything that appends to an Sql adds one whole statement and answers true; for an empty list of
// rows or keys it adds nothing and answers false, so that the caller knows which result belongs to
// which statement.
#ifndef INVENTORY_STORAGE_TABLE_H_
#define INVENTORY_STORAGE_TABLE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/columns.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::storage {

// Specialised once per record, beside its repository:
//   kName      the table's name.
//   kKeySize   how many columns, the first ones, are the primary key.
//   kColumns   a tuple of bindings of columns to members: columns.h.
//   kOmitsDefaults, or Defaults()  optional, see below.
//
// A value that is not sent need not be parsed, which is most of what a row costs the database.
//   kOmitsDefaults = true  Every column outside the key for which column::IsDefault may hold has that default in the
//                          schema: rows are inserted without the columns where all of them have just that, and changed
//                          by AppendUpdates.
//   Defaults()             The same, where every column outside the key has a default in the schema: a record of them.
template <typename Record>
struct Table;

// Appends "v, v, ..." as binary strings; at least one.
void AppendTextList(Sql& sql, std::span<const std::string> values);

// Appends " AND column >= prefix AND column < the first string after all that start with prefix";
// nothing for an empty prefix, and no upper bound where there is none (a prefix of 0xFF bytes
// only).
void AppendPrefixRange(Sql& sql, const std::string& column, const std::string& prefix);

// The parts of the generic statements that do not depend on the record.
namespace table_internal {

std::string JoinColumns(std::span<const char* const> columns, const std::string& alias);
// Begins "INSERT INTO name (columns) VALUES " with the wanted columns.
void AppendInsertHead(Sql& sql, const char* name, std::span<const char* const> columns, std::span<const bool> wanted);
// " ON DUPLICATE KEY UPDATE c=VALUES(c), ..." of the wanted columns.
void AppendUpsertTail(Sql& sql, std::span<const char* const> columns, std::span<const bool> wanted);

template <typename Record, std::size_t... kIndex>
constexpr auto NamesOf(std::index_sequence<kIndex...>) {
  constexpr auto& columns = Table<Record>::kColumns;
  std::array<const char*, (std::get<kIndex>(columns).kSize + ...)> names = {};
  const char** out = names.data();
  ((std::get<kIndex>(columns).Names(out), out += std::get<kIndex>(columns).kSize), ...);
  return names;
}

template <typename Record>
using ColumnIndices =
    std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(Table<Record>::kColumns)>>>;

// The names of all columns.
template <typename Record>
inline constexpr auto kNames = NamesOf<Record>(ColumnIndices<Record>());

template <typename Record>
constexpr std::span<const char* const> KeyNames() {
  return std::span<const char* const>(kNames<Record>).first(Table<Record>::kKeySize);
}

template <typename Record>
inline constexpr bool kHasDefaults = requires {
  Table<Record>::Defaults();
};

// A flag for each column.
template <typename Record>
using Flags = std::array<bool, kNames<Record>.size()>;

template <typename Record>
constexpr Flags<Record> FirstColumns(std::size_t count) {
  Flags<Record> flags = {};
  for (std::size_t i = 0; i < count; ++i) flags[i] = true;
  return flags;
}
template <typename Record>
inline constexpr Flags<Record> kKeyColumns = FirstColumns<Record>(Table<Record>::kKeySize);
template <typename Record>
inline constexpr Flags<Record> kAllColumns = FirstColumns<Record>(kNames<Record>.size());

template <typename Record>
constexpr Flags<Record> ColumnsOutsideTheKey() {
  Flags<Record> flags = kAllColumns<Record>;
  for (std::size_t i = 0; i < Table<Record>::kKeySize; ++i) flags[i] = false;
  return flags;
}
template <typename Record>
inline constexpr Flags<Record> kOtherColumns = ColumnsOutsideTheKey<Record>();

// The columns in which the records differ.
template <typename Record>
Flags<Record> ChangedColumns(const Record& before, const Record& after) {
  Flags<Record> changed = {};
  bool* at = changed.data();
  std::apply([&](const auto&... column) { ((column.NoteChange(before, after, at), at += column.kSize), ...); },
             Table<Record>::kColumns);
  return changed;
}

template <typename Record>
void NoteChanges(const Record& before, const Record& after, Flags<Record>& changed) {
  const Flags<Record> differ = ChangedColumns(before, after);
  for (std::size_t i = 0; i < differ.size(); ++i) changed[i] = changed[i] || differ[i];
}

// The columns without which the rows can't be inserted.
template <typename Record>
Flags<Record> UsedColumns(const std::vector<const Record*>& records) {
  Flags<Record> used = kKeyColumns<Record>;
  for (const Record* record : records) {
    if constexpr (kHasDefaults<Record>) {
      NoteChanges(Table<Record>::Defaults(), *record, used);
    } else {
      bool* at = used.data();
      std::apply([&](const auto&... column) { ((column.NoteUse(*record, at), at += column.kSize), ...); },
                 Table<Record>::kColumns);
    }
  }
  return used;
}

// "(v,v,...)" of the wanted columns.
template <typename Record>
void AppendValues(Sql& sql, const Record& record, const Flags<Record>& wanted) {
  sql.Raw("(");
  const bool* at = wanted.data();
  std::apply([&](const auto&... column) { ((column.Append(sql, record, at), at += column.kSize), ...); },
             Table<Record>::kColumns);
  sql.Raw(")");
}

template <typename Record>
void AppendRows(Sql& sql, const std::vector<const Record*>& records, const Flags<Record>& columns) {
  AppendInsertHead(sql, Table<Record>::kName, kNames<Record>, columns);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i > 0) sql.Raw(",");
    AppendValues(sql, *records[i], columns);
  }
}

// The columns that an insert must name.
template <typename Record>
Flags<Record> RequiredColumns() {
  if constexpr (kHasDefaults<Record>) {
    return kKeyColumns<Record>;
  } else {
    const Record defaults = {};
    return UsedColumns<Record>({&defaults});
  }
}

// "column=value" of the wanted columns.
template <typename Record>
void AppendEquations(Sql& sql, const Record& record, const Flags<Record>& wanted, column::Joint joint) {
  const bool* at = wanted.data();
  std::apply([&](const auto&... column) { ((column.Equate(sql, record, at, joint), at += column.kSize), ...); },
             Table<Record>::kColumns);
}

}  // namespace table_internal

// How many columns a whole record has.
template <typename Record>
inline constexpr int kColumnCount = static_cast<int>(table_internal::kNames<Record>.size());

// "c, c, ..." for a SELECT of whole records, each as alias.c if there is an alias.
template <typename Record>
std::string Columns(const std::string& alias = "") {
  return table_internal::JoinColumns(table_internal::kNames<Record>, alias);
}

// Whether rows are inserted without defaults, and changed by AppendUpdates.
template <typename Record>
inline constexpr bool kIsUpdated = table_internal::kHasDefaults<Record> || requires {
  requires Table<Record>::kOmitsDefaults;
};

// Inserts the rows. A row that is there already fails the statement.
template <typename Record>
bool AppendInsert(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  if constexpr (kIsUpdated<Record>) {
    table_internal::AppendRows(sql, records, table_internal::UsedColumns(records));
  } else {
    table_internal::AppendRows(sql, records, table_internal::kAllColumns<Record>);
  }
  return true;
}

// Inserts the rows that are missing and overwrites all other columns of those that are there.
template <typename Record>
bool AppendUpsert(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  table_internal::AppendRows(sql, records, table_internal::kAllColumns<Record>);
  table_internal::AppendUpsertTail(sql, table_internal::kNames<Record>, table_internal::kOtherColumns<Record>);
  return true;
}

// A row that is there, as it is and as it is to be.
template <typename Record>
using Change = std::pair<const Record*, const Record*>;

// Overwrites what differs in a row that is there; nothing is appended if nothing does.
template <typename Record>
bool AppendUpdate(Sql& sql, const Record& before, const Record& after) {
  const table_internal::Flags<Record> changed = table_internal::ChangedColumns(before, after);
  if (std::find(changed.begin(), changed.end(), true) == changed.end()) return false;
  BeginStatement(sql).Raw("UPDATE ").Raw(Table<Record>::kName);
  table_internal::AppendEquations(sql, after, changed, {" SET ", ", "});
  table_internal::AppendEquations(sql, after, table_internal::kKeyColumns<Record>, {" WHERE ", " AND "});
  return true;
}

// The same for any number of rows of a table that is updated (kIsUpdated). Rows must not be gone, which nobody is told:
// one alone would stay gone, one of several would be made anew, with defaults in the columns in which none of them
// differs. A row alone costs the database less by an UPDATE, several by an upsert, here of those columns only that
// differ.
template <typename Record>
bool AppendUpdates(Sql& sql, const std::vector<Change<Record>>& changes) {
  static_assert(kIsUpdated<Record>);
  if (changes.size() == 1) return AppendUpdate(sql, *changes.front().first, *changes.front().second);
  table_internal::Flags<Record> changed = {};
  std::vector<const Record*> rows;
  rows.reserve(changes.size());
  for (const auto& [before, after] : changes) {
    table_internal::NoteChanges(*before, *after, changed);
    rows.push_back(after);
  }
  if (std::find(changed.begin(), changed.end(), true) == changed.end()) return false;
  table_internal::Flags<Record> named = table_internal::RequiredColumns<Record>();
  for (std::size_t i = 0; i < named.size(); ++i) named[i] = named[i] || changed[i];
  table_internal::AppendRows(sql, rows, named);
  table_internal::AppendUpsertTail(sql, table_internal::kNames<Record>, changed);
  return true;
}

// Selects the whole records whose first key column is one of the values. By the primary key in any case: of more values
// than it looks up one by one (200 on MariaDB), the optimizer judges by statistics, and reads the whole table where
// those are older than its growth.
template <typename Record>
bool AppendSelectByKeyPrefix(Sql& sql, std::span<const std::string> values) {
  if (values.empty()) return false;
  static const std::string head = "SELECT " + Columns<Record>() + " FROM " + Table<Record>::kName +
                                  " FORCE INDEX (PRIMARY) WHERE " + table_internal::kNames<Record>[0] + " IN (";
  BeginStatement(sql).Raw(head);
  AppendTextList(sql, values);
  sql.Raw(")");
  return true;
}

// Selects the first key column and the SKU of the rows whose first key column is one of the values: ParsePairs. By the
// primary key, as above.
template <typename Record>
bool AppendSelectSkusByKeyPrefix(Sql& sql, std::span<const std::string> values) {
  if (values.empty()) return false;
  static const std::string key = table_internal::kNames<Record>[0];
  static const std::string head =
      "SELECT " + key + ", sku FROM " + Table<Record>::kName + " FORCE INDEX (PRIMARY) WHERE " + key + " IN (";
  BeginStatement(sql).Raw(head);
  AppendTextList(sql, values);
  sql.Raw(")");
  return true;
}

// Selects all records of the table, in key order.
template <typename Record>
bool AppendSelectAll(Sql& sql) {
  BeginStatement(sql).Raw("SELECT " + Columns<Record>() + " FROM " + Table<Record>::kName + " ORDER BY ");
  sql.Raw(table_internal::JoinColumns(table_internal::KeyNames<Record>(), ""));
  return true;
}

// Deletes the rows by their full keys.
template <typename Record>
bool AppendDelete(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  static const std::string head = std::string("DELETE FROM ") + Table<Record>::kName + " WHERE (" +
                                  table_internal::JoinColumns(table_internal::KeyNames<Record>(), "") + ") IN (";
  BeginStatement(sql).Raw(head);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i > 0) sql.Raw(",");
    table_internal::AppendValues(sql, *records[i], table_internal::kKeyColumns<Record>);
  }
  sql.Raw(")");
  return true;
}

// Sets the members of the record that a tuple of bindings names, from the row's columns from `first` on.
template <typename Bindings, typename Record>
void ParseInto(const Bindings& bindings, const Row& row, int first, Record& record) {
  const auto parse = [&](const auto& column) {
    column.Parse(row, first, record);
    first += static_cast<int>(column.kSize);
  };
  std::apply([&](const auto&... column) { (parse(column), ...); }, bindings);
}

// The record in a row's columns from `first` on, which are those of Columns<Record>().
template <typename Record>
Record Parse(const Row& row, int first = 0) {
  Record record;
  ParseInto(Table<Record>::kColumns, row, first, record);
  return record;
}

// The records of a result whose columns are those of Columns<Record>().
template <typename Record>
std::vector<Record> ParseAll(const Rows& rows) {
  std::vector<Record> records;
  records.reserve(rows.size());
  for (const Row& row : rows) records.push_back(Parse<Record>(row));
  return records;
}

// The first column of every row, as text: results that are lists of ids or SKUs.
std::vector<std::string> ParseTexts(const Rows& rows);
// The first two columns of every row, as text.
std::vector<std::pair<std::string, std::string>> ParsePairs(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_TABLE_H_
