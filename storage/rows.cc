// Results in memory.
#include <algorithm>
#include <charconv>

#include "storage/connection.h"

namespace inventory::storage {
namespace {

int64_t Number(std::string_view text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

bool Row::IsNull(int column) const { return rows_->cells_[first_cell_ + static_cast<std::size_t>(column)].null; }

std::string_view Row::Text(int column) const {
  const Rows::Cell& cell = rows_->cells_[first_cell_ + static_cast<std::size_t>(column)];
  return std::string_view(rows_->text_).substr(cell.offset, cell.size);
}

int64_t Row::Int(int column) const { return Number(Text(column)); }

// "2026-01-31 12:34:56.123456"; the fraction may be missing.
absl::Time Row::Time(int column) const {
  const std::string_view text = Text(column);
  if (text.size() < 19) return absl::UnixEpoch();
  const absl::CivilSecond second(Number(text.substr(0, 4)), Number(text.substr(5, 2)), Number(text.substr(8, 2)),
                                 Number(text.substr(11, 2)), Number(text.substr(14, 2)), Number(text.substr(17, 2)));
  absl::Time time = absl::FromCivil(second, absl::UTCTimeZone());
  if (text.size() == 26) time += absl::Microseconds(Number(text.substr(20, 6)));
  return time;
}

Rows SplitRow(std::string_view text, char separator) {
  Rows rows;
  rows.text_ = text;
  for (std::size_t offset = 0; offset <= text.size();) {
    const std::size_t end = std::min(text.find(separator, offset), text.size());
    rows.cells_.push_back({.offset = offset, .size = end - offset, .null = false});
    offset = end + 1;
  }
  rows.columns_ = rows.cells_.size();
  return rows;
}

void Connection::AppendCell(Rows& rows, std::string_view text, bool null) {
  rows.cells_.push_back({.offset = rows.text_.size(), .size = text.size(), .null = null});
  rows.text_.append(text);
}

}  // namespace inventory::storage
