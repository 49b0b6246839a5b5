// Values for the question marks of prepared statements.
#ifndef INVENTORY_TESTS_BENCH_PEER_VALUES_H_
#define INVENTORY_TESTS_BENCH_PEER_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "storage/item_repository.h"
#include "storage/table.h"

namespace inventory::bench::peer {

// The first is NULL.
using Value = std::variant<std::monostate, int64_t, double, std::string>;
using Values = std::vector<Value>;

// A time as the database reads it.
inline Value TimeValue(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%E6S", time, absl::UTCTimeZone()); }

// What a column's codec would write.
template <typename Codec>
struct ValueOf;

template <>
struct ValueOf<storage::column::BytesCodec> {
  static Value Of(const std::string& value) { return value; }
};
template <>
struct ValueOf<storage::column::TextCodec> {
  static Value Of(const std::string& value) { return value; }
};
template <>
struct ValueOf<storage::column::DoubleCodec> {
  static Value Of(double value) { return value; }
};
template <>
struct ValueOf<storage::column::TimeCodec> {
  static Value Of(absl::Time value) { return TimeValue(value); }
};
template <typename T>
struct ValueOf<storage::column::IntCodec<T>> {
  static Value Of(T value) { return static_cast<int64_t>(value); }
};
template <typename T, typename Codec>
struct ValueOf<storage::column::OptionalCodec<T, Codec>> {
  static Value Of(const std::optional<T>& value) { return value ? ValueOf<Codec>::Of(*value) : Value(); }
};
template <char kSeparator, typename Codec>
struct ValueOf<storage::column::ListCodec<kSeparator, Codec>> {
  static Value Of(const std::vector<std::string>& values) { return absl::StrJoin(values, std::string(1, kSeparator)); }
};
// Kits are not sold here: none is ever written.
template <>
struct ValueOf<storage::ComponentsCodec> {
  static Value Of(const std::vector<storage::Component>&) { return std::string(); }
};

template <typename Codec, typename Record, typename T>
void AppendColumn(const storage::column::Single<Codec, Record, T>& column, const Record& record, Values& values) {
  values.push_back(ValueOf<Codec>::Of(record.*column.member));
}
template <typename Record>
void AppendColumn(const storage::column::Several<Record>& column, const Record& record, Values& values) {
  for (const storage::QuantityField& field : storage::kQuantities) {
    values.emplace_back((record.*column.member).*field.value);
  }
}

// The values of all columns of a record.
template <typename Record>
void AppendValues(const Record& record, Values& values) {
  std::apply([&](const auto&... column) { (AppendColumn(column, record, values), ...); },
             storage::Table<Record>::kColumns);
}

// "?, ?, ?"
inline std::string Marks(std::size_t count) {
  std::string marks;
  for (std::size_t i = 0; i < count; ++i) marks += i == 0 ? "?" : ", ?";
  return marks;
}

// "INSERT INTO ..." of so many rows.
template <typename Record>
std::string InsertText(std::size_t rows) {
  static const std::string head =
      std::string("INSERT INTO ") + storage::Table<Record>::kName + " (" + storage::Columns<Record>() + ") VALUES ";
  static const std::string row = "(" + Marks(storage::kColumnCount<Record>) + ")";
  std::string text = head + row;
  for (std::size_t i = 1; i < rows; ++i) text += ", " + row;
  return text;
}

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_VALUES_H_
