// Goal: no value becomes SQL, and what was written to a table is what is read from it.
// Method: a reader of literals, written from the database's manual alone, reads the statements back: each value must
// come out as it went in, in one literal. Rows whose cells hold any bytes must be decoded into some record, and a
// record that was decoded must be the same after it was written and read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/backorder_repository.h"
#include "storage/configuration_repository.h"
#include "storage/external_reference_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/low_stock_repository.h"
#include "storage/movement_repository.h"
#include "storage/quota_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/sql.h"
#include "storage/table.h"
#include "storage/transfer_repository.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::storage {
namespace {

using fuzz::Check;
using fuzz::Choices;

// Reads literals of the SQL mode in which backslashes escape.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }

  // The next literal's value; none for NULL. The text up to `end`, or to the end, must be one literal.
  std::optional<std::string> Next() {
    if (Skip("NULL")) return std::nullopt;
    Skip("_binary");
    if (Skip("'")) return Quoted();
    // No column of numbers holds what is not finite, and requests with it are refused: requests_fuzz.cc.
    const std::size_t end = std::min(text_.find_first_not_of("-+.e0123456789nanif"), text_.size());
    Check(end > 0, absl::StrCat("a literal begins at: ", std::string(text_.substr(0, 40))));
    std::string number(text_.substr(0, end));
    text_.remove_prefix(end);
    return number;
  }

  bool Skip(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }

 private:
  std::string Quoted() {
    std::string value;
    for (;;) {
      Check(!text_.empty(), "a quote is closed");
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\'' && !text_.starts_with('\'')) return value;
      if (c == '\'') text_.remove_prefix(1);
      if (c != '\\') {
        value.push_back(c);
        continue;
      }
      Check(!text_.empty(), "something is escaped");
      value.push_back(Unescaped(text_.front()));
      text_.remove_prefix(1);
    }
  }

  static char Unescaped(char c) {
    switch (c) {
      case '0':
        return '\0';
      case 'b':
        return '\b';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'Z':
        return '\x1a';
      default:
        return c;
    }
  }

  std::string_view text_;
};

void CheckLiterals(Choices& data) {
  const std::string blob = data.Text();
  const std::string text = data.Text();
  const auto number = data.Number<int64_t>();
  const absl::Time time = absl::FromUnixMicros(data.Number<int64_t>());
  Sql sql;
  sql.Blob(blob).Comma().Text(text).Comma().Int(number).Comma().Time(time).Comma().Null().Comma().Bool(number > 0);
  LiteralReader reader(sql.text());
  Check(reader.Next() == blob && reader.Skip(","), "a binary string is read");
  Check(reader.Next() == text && reader.Skip(","), "a text is read");
  Check(reader.Next() == std::to_string(number) && reader.Skip(","), "a number is read");
  const std::string moment = reader.Next().value_or("");
  Check(moment.size() == 26 && reader.Skip(","), "a time has microseconds");
  const Rows rows = SplitRow(moment, '\n');
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  const absl::Time last = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone()) - absl::Microseconds(1);
  Check(rows[0].Time(0) == std::clamp(time, first, last), "a time is read");
  Check(!reader.Next().has_value() && reader.Skip(","), "NULL is read");
  Check(reader.Next() == (number > 0 ? "1" : "0") && reader.done(), "a truth is read, and nothing follows");
}

// A row that holds the values of an insert's only row, as far as none of them has a line break or is NULL.
std::optional<Rows> RowOf(const Sql& sql) {
  const std::size_t values = sql.text().find(" VALUES (");
  Check(values != std::string::npos, "an insert has values");
  LiteralReader reader(std::string_view(sql.text()).substr(values + 9));
  std::string row;
  do {
    const std::optional<std::string> value = reader.Next();
    if (!value || absl::StrContains(*value, '\n')) return std::nullopt;
    absl::StrAppend(&row, row.empty() ? "" : "\n", *value);
    if (row.empty()) return std::nullopt;
  } while (reader.Skip(","));
  Check(reader.Skip(")") && (reader.done() || reader.Skip(" ON DUPLICATE KEY UPDATE ")), "the values end the insert");
  return SplitRow(row, '\n');
}

// All columns are written, so an upsert.
template <typename Record>
Sql WrittenBy(const Record& record) {
  Sql sql;
  AppendUpsert<Record>(sql, {&record});
  return sql;
}

template <typename Record>
void CheckRecord(const Row& any) {
  const auto decoded = Parse<Record>(any);
  const Sql first = WrittenBy(decoded);
  const std::optional<Rows> row = RowOf(first);
  if (!row) return;
  Check(static_cast<int>(row->columns()) == kColumnCount<Record>, "there is a value for each column");
  Check(WrittenBy(Parse<Record>((*row)[0])).text() == first.text(),
        absl::StrCat(Table<Record>::kName, " is read as it was written: ", first.text()));
}

// Checks the record of that place in the list.
template <typename... Records>
void CheckOneOf(std::size_t place, Choices& data) {
  constexpr int kMostColumns = std::max({kColumnCount<Records>...});
  std::string text;
  for (int i = 0; i < kMostColumns; ++i) {
    std::string cell = data.Text(64);
    std::replace(cell.begin(), cell.end(), '\n', ' ');
    absl::StrAppend(&text, i == 0 ? "" : "\n", cell);
  }
  const Rows rows = SplitRow(text, '\n');
  std::size_t at = 0;
  ((at++ == place ? CheckRecord<Records>(rows[0]) : void()), ...);
}

void CheckRecords(Choices& data) {
  CheckOneOf<AllocationRecord, AttachmentRecord, AvailabilityEstimateRecord, BackorderRecord, ChannelRecord,
             ExternalReferenceRecord, ItemRecord, LevelRecord, LowStockEventRecord, LowStockRuleRecord, MovementRecord,
             QuotaRecord, ReplenishmentRecord, RequestRecord, ReservationLineRecord, ReservationRecord,
             ReturnLineRecord, ReturnRecord, ShipmentLineRecord, ShipmentRecord, TransferLineRecord, TransferRecord,
             WarehouseRecord>(data.NumberIn<std::size_t>(0, 22), data);
}

}  // namespace
}  // namespace inventory::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  inventory::fuzz::Choices data(bytes, size);
  if (data.Bool()) {
    inventory::storage::CheckLiterals(data);
  } else {
    inventory::storage::CheckRecords(data);
  }
  return 0;
}
