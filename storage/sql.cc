#include "storage/sql.h"

#include <algorithm>
#include <charconv>

namespace inventory::storage {

Sql& Sql::Quoted(std::string_view value) {
  text_.reserve(text_.size() + value.size() + 2);
  text_.push_back('\'');
  for (const char c : value) {
    switch (c) {
      case '\0':
        text_.append("\\0");
        break;
      case '\n':
        text_.append("\\n");
        break;
      case '\r':
        text_.append("\\r");
        break;
      case '\x1a':
        text_.append("\\Z");
        break;
      case '\\':
      case '\'':
      case '"':
        text_.push_back('\\');
        [[fallthrough]];
      default:
        text_.push_back(c);
    }
  }
  text_.push_back('\'');
  return *this;
}

Sql& Sql::Text(std::string_view value) { return Quoted(value); }

Sql& Sql::Blob(std::string_view value) { return Raw("_binary").Quoted(value); }

Sql& Sql::Int(int64_t value) {
  char digits[24];
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), value);
  return Raw({digits, static_cast<std::size_t>(end.ptr - digits)});
}

Sql& Sql::Time(absl::Time value) {
  static const absl::Time kFirst = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  static const absl::Time kLast = absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  const absl::Time clamped = std::clamp(value, kFirst, kLast);
  const absl::TimeZone::CivilInfo civil = absl::UTCTimeZone().At(clamped);
  const absl::CivilSecond& second = civil.cs;
  int64_t fields[] = {second.year(),
                      second.month(),
                      second.day(),
                      second.hour(),
                      second.minute(),
                      second.second(),
                      civil.subsecond / absl::Microseconds(1)};
  static constexpr int kWidths[] = {4, 2, 2, 2, 2, 2, 6};
  static constexpr char kAfter[] = {'-', '-', ' ', ':', ':', '.', '\''};
  char text[32];
  char* out = text;
  *out++ = '\'';
  for (int i = 0; i < 7; ++i) {
    for (int digit = kWidths[i] - 1; digit >= 0; --digit) {
      out[digit] = static_cast<char>('0' + fields[i] % 10);
      fields[i] /= 10;
    }
    out += kWidths[i];
    *out++ = kAfter[i];
  }
  return Raw({text, static_cast<std::size_t>(out - text)});
}

}  // namespace inventory::storage
