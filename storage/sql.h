// Builds the text of statements.
#ifndef INVENTORY_STORAGE_SQL_H_
#define INVENTORY_STORAGE_SQL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace inventory::storage {

// The text of one or more statements. Values only get in through the typed functions, which write them as literals that
// can't be anything else, whatever bytes they hold. Sessions run with a SQL mode in which the backslash escapes and
// with the character set utf8mb4, in which no multi-byte character holds a quote or a backslash. Not thread-safe.
class Sql {
 public:
  // Trusted text: never a value.
  Sql& Raw(std::string_view text) {
    text_.append(text);
    return *this;
  }
  // A string for a character column.
  Sql& Text(std::string_view value);
  // A string for a binary column, and for comparing with one: compared byte for byte, without padding.
  Sql& Blob(std::string_view value);
  Sql& Int(int64_t value);
  Sql& Bool(bool value) { return Raw(value ? "1" : "0"); }
  // A time in UTC, to the microsecond. Clamped to the years 1 to 9999.
  Sql& Time(absl::Time value);
  Sql& Null() { return Raw("NULL"); }
  // Separates the values of a list; nothing right after the parenthesis that opens it.
  Sql& Comma() {
    if (text_.back() != '(') text_.push_back(',');
    return *this;
  }

  // Ends the statement; another one must follow.
  Sql& Then() {
    ++statements_;
    return Raw(";\n");
  }

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  // Number of statements.
  int statements() const { return text_.empty() ? 0 : statements_; }

 private:
  Sql& Quoted(std::string_view value);

  std::string text_;
  int statements_ = 1;
};

// Ends what is there, if anything, so that a new statement can follow.
inline Sql& BeginStatement(Sql& sql) { return sql.empty() ? sql : sql.Then(); }

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SQL_H_
