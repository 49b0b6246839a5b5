#include "storage/sql.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inventory::storage {
namespace {

// By byte: what follows the backslash that escapes it, or 0 if it needs none.
constexpr std::array<char, 256> Escapes() {
  std::array<char, 256> escapes = {};
  escapes['\0'] = '0';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\x1a'] = 'Z';
  escapes['\\'] = '\\';
  escapes['\''] = '\'';
  escapes['"'] = '"';
  return escapes;
}

bool IsAscii(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

Sql& Sql::Quoted(std::string_view value) {
  static constexpr std::array<char, 256> kEscapes = Escapes();
  text_.push_back('\'');
  std::size_t plain = 0;  // Where the bytes begin that are to be appended as they are.
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char escape = kEscapes[static_cast<unsigned char>(value[at])];
    if (escape == 0) continue;
    text_.append(value.substr(plain, at - plain)).push_back('\\');
    text_.push_back(escape);
    plain = at + 1;
  }
  text_.append(value.substr(plain)).push_back('\'');
  return *this;
}

Sql& Sql::Text(std::string_view value) { return Quoted(value); }

// ASCII is the same bytes in every character set, and next to a binary column it is compared as binary: there the
// introducer would only cost the server's parser time, of which it is a tenth in a large batch.
Sql& Sql::Blob(std::string_view value) {
  if (!IsAscii(value)) Raw("_binary");
  return Quoted(value);
}

Sql& Sql::Int(int64_t value) {
  char digits[24];
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), value);
  return Raw({digits, static_cast<std::size_t>(end.ptr - digits)});
}

Sql& Sql::Time(absl::Time value) {
  static const absl::Time kFirst = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  static const absl::Time kLast = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone()) - absl::Microseconds(1);
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
