// How a record is stored, and the statements that are the same for every table.
//
// Everything that appends to an Sql adds one whole statement and answers true; for an empty list of
// rows or keys it adds nothing and answers false, so that the caller knows which result belongs to
// which statement.
#ifndef INVENTORY_STORAGE_TABLE_H_
#define INVENTORY_STORAGE_TABLE_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::storage {

// Specialised once per record, beside its repository:
//   kName                        the table's name.
//   kColumns                     its columns, in the order in which values are appended and parsed,
//   the key first. kKeySize                     how many of them are the primary key.
//   AppendValues(sql, record)    appends the values of all columns, separated by commas.
//   Parse(row, first_column)     the record in the columns from first_column on.
template <typename Record>
struct Table;

// Appends the time, or NULL.
void AppendOptionalTime(Sql& sql, const std::optional<absl::Time>& time);
// The time, or nothing for NULL.
std::optional<absl::Time> ParseOptionalTime(const Row& row, int column);

// Appends "v, v, ..." as binary strings; at least one.
void AppendTextList(Sql& sql, std::span<const std::string> values);

// Appends " AND column >= prefix AND column < the first string after all that start with prefix";
// nothing for an empty prefix, and no upper bound where there is none (a prefix of 0xFF bytes
// only).
void AppendPrefixRange(Sql& sql, const std::string& column, const std::string& prefix);

// The parts of the generic statements that do not depend on the record.
namespace table_internal {

std::string JoinColumns(std::span<const char* const> columns, const std::string& alias);
// "INSERT INTO name (columns) VALUES "
std::string InsertHead(const char* name, std::span<const char* const> columns);
// " ON DUPLICATE KEY UPDATE c=VALUES(c), ..." of the given columns.
std::string UpsertTail(std::span<const char* const> columns);

template <typename Record>
void AppendRows(Sql& sql, const std::vector<const Record*>& records) {
  static const std::string head = InsertHead(Table<Record>::kName, Table<Record>::kColumns);
  BeginStatement(sql).Raw(head);
  for (std::size_t i = 0; i < records.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(");
    Table<Record>::AppendValues(sql, *records[i]);
    sql.Raw(")");
  }
}

}  // namespace table_internal

// "c, c, ..." for a SELECT of whole records, each as alias.c if there is an alias.
template <typename Record>
std::string Columns(const std::string& alias = "") {
  return table_internal::JoinColumns(Table<Record>::kColumns, alias);
}

// Inserts the rows. A row that is there already fails the statement.
template <typename Record>
bool AppendInsert(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  table_internal::AppendRows(sql, records);
  return true;
}

// Inserts the rows that are missing and overwrites all other columns of those that are there.
template <typename Record>
bool AppendUpsert(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  static const std::string tail = table_internal::UpsertTail(
      std::span<const char* const>(Table<Record>::kColumns).subspan(Table<Record>::kKeySize));
  table_internal::AppendRows(sql, records);
  sql.Raw(tail);
  return true;
}

// Selects the whole records whose first key column is one of the values.
template <typename Record>
bool AppendSelectByKeyPrefix(Sql& sql, std::span<const std::string> values) {
  if (values.empty()) return false;
  static const std::string head = "SELECT " + Columns<Record>() + " FROM " + Table<Record>::kName + " WHERE " +
                                  Table<Record>::kColumns[0] + " IN (";
  BeginStatement(sql).Raw(head);
  AppendTextList(sql, values);
  sql.Raw(")");
  return true;
}

// Deletes the rows by their full keys, which Table<Record>::AppendKey appends as "v, v, ...".
template <typename Record>
bool AppendDelete(Sql& sql, const std::vector<const Record*>& records) {
  if (records.empty()) return false;
  static const std::string head =
      std::string("DELETE FROM ") + Table<Record>::kName + " WHERE (" +
      table_internal::JoinColumns(std::span<const char* const>(Table<Record>::kColumns).first(Table<Record>::kKeySize),
                                  "") +
      ") IN (";
  BeginStatement(sql).Raw(head);
  for (std::size_t i = 0; i < records.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(");
    Table<Record>::AppendKey(sql, *records[i]);
    sql.Raw(")");
  }
  sql.Raw(")");
  return true;
}

// The records of a result whose columns are those of Columns<Record>().
template <typename Record>
std::vector<Record> ParseAll(const Rows& rows) {
  std::vector<Record> records;
  records.reserve(rows.size());
  for (const Row& row : rows) records.push_back(Table<Record>::Parse(row, 0));
  return records;
}

// The first column of every row, as text: results that are lists of ids or SKUs.
std::vector<std::string> ParseTexts(const Rows& rows);
// The first two columns of every row, as text.
std::vector<std::pair<std::string, std::string>> ParsePairs(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_TABLE_H_
