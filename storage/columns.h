// Binds the members of a record to the columns of its table.
//
//   static constexpr auto kColumns = std::tuple(column::Bytes("sku", &ItemRecord::sku),
//                                               column::Value("version", &ItemRecord::version), ...);
//
// A binding has kSize columns; Names(out) writes their names, Append(sql, record, wanted) adds the values of those that
// are wanted to the list that stands in parentheses at the end of the statement, and Equate(sql, record, wanted, joint)
// a "column=value" for each; NoteUse(record, used) sets the flags of columns whose value is not the default,
// NoteChange(before, after, changed) of those that differ, and Parse(row, first, record) sets the member from the
// columns from `first` on.
#ifndef INVENTORY_STORAGE_COLUMNS_H_
#define INVENTORY_STORAGE_COLUMNS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/quantities.h"
#include "storage/sql.h"

namespace inventory::storage::column {

// How values are written and read. A codec of one's own has the same two functions; see Coded.
struct BytesCodec {
  static void Append(Sql& sql, const std::string& value) { sql.Blob(value); }
  static std::string Parse(const Row& row, int column) { return std::string(row.Text(column)); }
};

struct TextCodec {
  static void Append(Sql& sql, const std::string& value) { sql.Text(value); }
  static std::string Parse(const Row& row, int column) { return std::string(row.Text(column)); }
};

// 17 significant digits, from which the same double is read.
struct DoubleCodec {
  static void Append(Sql& sql, double value);
  static double Parse(const Row& row, int column);
};

struct TimeCodec {
  static void Append(Sql& sql, absl::Time value) { sql.Time(value); }
  static absl::Time Parse(const Row& row, int column) { return row.Time(column); }
};

// Integers, bool and enumerations.
template <typename T>
struct IntCodec {
  static void Append(Sql& sql, T value) { sql.Int(static_cast<int64_t>(value)); }
  static T Parse(const Row& row, int column) { return static_cast<T>(row.Int(column)); }
};

// Strings in one column, with a separator that none of them holds; none is empty.
template <char kSeparator, typename Codec>
struct ListCodec {
  static void Append(Sql& sql, const std::vector<std::string>& values) {
    Codec::Append(sql, absl::StrJoin(values, std::string(1, kSeparator)));
  }
  static std::vector<std::string> Parse(const Row& row, int column) {
    return absl::StrSplit(Codec::Parse(row, column), kSeparator, absl::SkipEmpty());
  }
};

// An unset value is NULL.
template <typename T, typename Codec>
struct OptionalCodec {
  static void Append(Sql& sql, const std::optional<T>& value) {
    if (value) {
      Codec::Append(sql, *value);
    } else {
      sql.Null();
    }
  }
  static std::optional<T> Parse(const Row& row, int column) {
    if (row.IsNull(column)) return std::nullopt;
    return Codec::Parse(row, column);
  }
};

template <typename T>
struct CodecOf {
  using Type = IntCodec<T>;
};
template <>
struct CodecOf<absl::Time> {
  using Type = TimeCodec;
};
template <>
struct CodecOf<double> {
  using Type = DoubleCodec;
};
template <typename T>
struct CodecOf<std::optional<T>> {
  using Type = OptionalCodec<T, typename CodecOf<T>::Type>;
};

Quantities ParseQuantities(const Row& row, int first);

// Whether the value is what a column holds by default in tables that may be inserted into without it: 0, nothing or no
// text. False for types that have no such value; those of enumerations are all chosen.
template <typename T>
bool IsDefault(const T& value) {
  if constexpr (std::is_integral_v<T>) {
    return value == T();
  } else if constexpr (requires { value.has_value(); }) {
    return !value.has_value();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else {
    return false;
  }
}

// What stands before the first part of a list, and before each other one.
struct Joint {
  std::string_view first;
  std::string_view other;

  std::string_view Next() { return std::exchange(first, other); }
};

// One column.
template <typename Codec, typename Record, typename T>
struct Single {
  static constexpr std::size_t kSize = 1;
  const char* name;
  T Record::*member;

  constexpr void Names(const char** out) const { *out = name; }
  void Append(Sql& sql, const Record& record, const bool* wanted) const {
    if (*wanted) Codec::Append(sql.Comma(), record.*member);
  }
  void Equate(Sql& sql, const Record& record, const bool* wanted, Joint& joint) const {
    if (*wanted) Codec::Append(sql.Raw(joint.Next()).Raw(name).Raw("="), record.*member);
  }
  void NoteUse(const Record& record, bool* used) const { *used = *used || !IsDefault(record.*member); }
  void NoteChange(const Record& before, const Record& after, bool* changed) const {
    *changed = before.*member != after.*member;
  }
  void Parse(const Row& row, int first, Record& record) const { record.*member = Codec::Parse(row, first); }
};

// A column for each quantity, in the order of kQuantities.
template <typename Record>
struct Several {
  static constexpr std::size_t kSize = kQuantities.size();
  std::array<const char*, kSize> names;
  Quantities Record::*member;

  constexpr void Names(const char** out) const {
    for (const char* name : names) *out++ = name;
  }
  void Append(Sql& sql, const Record& record, const bool* wanted) const {
    for (const QuantityField& field : kQuantities) {
      if (*wanted++) sql.Comma().Int(record.*member.*field.value);
    }
  }
  void Equate(Sql& sql, const Record& record, const bool* wanted, Joint& joint) const {
    for (std::size_t i = 0; i < kSize; ++i) {
      if (wanted[i]) sql.Raw(joint.Next()).Raw(names[i]).Raw("=").Int(record.*member.*kQuantities[i].value);
    }
  }
  void NoteUse(const Record& record, bool* used) const {
    for (const QuantityField& field : kQuantities) {
      *used = *used || !IsDefault(record.*member.*field.value);
      ++used;
    }
  }
  void NoteChange(const Record& before, const Record& after, bool* changed) const {
    for (const QuantityField& field : kQuantities) {
      *changed++ = before.*member.*field.value != after.*member.*field.value;
    }
  }
  void Parse(const Row& row, int first, Record& record) const { record.*member = ParseQuantities(row, first); }
};

// A string in a binary column: ids and codes.
template <typename Record>
constexpr auto Bytes(const char* name, std::string Record::*member) {
  return Single<BytesCodec, Record, std::string>{name, member};
}

// A string in a character column: text for people.
template <typename Record>
constexpr auto Text(const char* name, std::string Record::*member) {
  return Single<TextCodec, Record, std::string>{name, member};
}

// A number, bool, enumeration or time, optional or not.
template <typename Record, typename T>
constexpr auto Value(const char* name, T Record::*member) {
  static_assert(!std::is_same_v<T, std::string>, "say whether it is Bytes or Text");
  return Single<typename CodecOf<T>::Type, Record, T>{name, member};
}

// Anything, by a codec of its own.
template <typename Codec, typename Record, typename T>
constexpr auto Coded(const char* name, T Record::*member) {
  return Single<Codec, Record, T>{name, member};
}

// The six quantities.
template <typename Record>
constexpr auto Amounts(const std::array<const char*, kQuantities.size()>& names, Quantities Record::*member) {
  return Several<Record>{names, member};
}

}  // namespace inventory::storage::column

#endif  // INVENTORY_STORAGE_COLUMNS_H_
