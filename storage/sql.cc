#include "storage/sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "absl/time/civil_time.h"

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

// Both without a branch for each byte, so that the compiler looks at many bytes at once: most of a packet is ids and
// stored replies.
bool IsAscii(std::string_view value) {
  unsigned char all = 0;
  for (const char c : value) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

bool IsPlain(std::string_view value) {
  unsigned char special = 0;
  for (const char c : value) {
    special |= static_cast<unsigned char>((c == '\0') | (c == '\n') | (c == '\r') | (c == '\x1a') | (c == '\\') |
                                          (c == '\'') | (c == '"'));
  }
  return special == 0;
}

// Writes the number with leading zeros and returns where it ends.
char* WriteDigits(int64_t number, int width, char* out) {
  for (int digit = width - 1; digit >= 0; --digit) {
    out[digit] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return out + width;
}

constexpr int64_t kMicrosOfDay = int64_t{24} * 60 * 60 * 1'000'000;

// "2026-01-31 " of a day, counted from 1970. Nearly all times of a packet are of one day or two, and a calendar takes
// longer than all the rest.
std::string_view DateOf(int64_t day) {
  thread_local int64_t last_day = std::numeric_limits<int64_t>::min();
  thread_local char date[11];
  if (day != last_day) {
    const absl::CivilDay civil = absl::CivilDay(1970, 1, 1) + day;
    char* out = WriteDigits(civil.year(), 4, date);
    *out++ = '-';
    out = WriteDigits(civil.month(), 2, out);
    *out++ = '-';
    out = WriteDigits(civil.day(), 2, out);
    *out = ' ';
    last_day = day;
  }
  return {date, sizeof(date)};
}

}  // namespace

Sql& Sql::Quoted(std::string_view value) {
  static constexpr std::array<char, 256> kEscapes = Escapes();
  text_.push_back('\'');
  if (IsPlain(value)) {
    text_.append(value).push_back('\'');
    return *this;
  }
  // Stored replies have something to escape every few bytes: room for the worst, then bytes without further checks.
  const std::size_t begin = text_.size();
  text_.resize(begin + 2 * value.size() + 1);
  char* out = text_.data() + begin;
  for (const char c : value) {
    const char escape = kEscapes[static_cast<unsigned char>(c)];
    *out = '\\';
    out += escape != 0 ? 1 : 0;
    *out++ = escape != 0 ? escape : c;
  }
  *out++ = '\'';
  text_.resize(static_cast<std::size_t>(out - text_.data()));
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
  const int64_t micros = absl::ToUnixMicros(std::clamp(value, kFirst, kLast));
  const int64_t day = (micros >= 0 ? micros : micros - kMicrosOfDay + 1) / kMicrosOfDay;
  const int64_t in_day = micros - day * kMicrosOfDay;
  const int64_t seconds = in_day / 1'000'000;
  char time[16];
  char* out = WriteDigits(seconds / 3600, 2, time);
  *out++ = ':';
  out = WriteDigits(seconds / 60 % 60, 2, out);
  *out++ = ':';
  out = WriteDigits(seconds % 60, 2, out);
  *out++ = '.';
  out = WriteDigits(in_day % 1'000'000, 6, out);
  *out++ = '\'';
  text_.push_back('\'');
  return Raw(DateOf(day)).Raw({time, static_cast<std::size_t>(out - time)});
}

}  // namespace inventory::storage
