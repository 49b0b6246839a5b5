#include "server/rpc/bounds.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/pipeline/work.h"

namespace inventory::rpc {
namespace {

constexpr std::size_t kMaxSkuBytes = 128;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kMaxKeyBytes = 63;  // Of the texts of a map.

// Control characters of ASCII and of Latin-1 (C1), which UTF-8 writes as C2 80 to C2 9F.
bool HasControl(std::string_view text, bool allow_line_breaks) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (allow_line_breaks && (byte == '\n' || byte == '\r' || byte == '\t')) continue;
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

// The characters with Unicode's White_Space property (Unicode 15.0, PropList.txt) that are not control characters.
constexpr std::string_view kSpaces[] = {" ",      "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                        "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
                                        "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};

bool IsPlain(char c) { return c > 0x20 && c < 0x7F; }

bool SpaceAtEnd(std::string_view text) {
  // Nearly always; a space that is no character of ASCII has none of its bytes either.
  if (IsPlain(text.front()) && IsPlain(text.back())) return false;
  return std::any_of(std::begin(kSpaces), std::end(kSpaces),
                     [text](std::string_view space) { return text.starts_with(space) || text.ends_with(space); });
}

bool IsIdCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == ':' || c == '-';
}

}  // namespace

bool IsSku(std::string_view value) {
  return !value.empty() && value.size() <= kMaxSkuBytes && !HasControl(value, /*allow_line_breaks=*/false) &&
         !SpaceAtEnd(value);
}

void CheckSku(std::string_view value, const std::string& field, Violations& violations) {
  if (value.empty()) {
    violations.Add(field, "is required");
    return;
  }
  CheckSkuPrefix(value, field, violations);
  if (SpaceAtEnd(value)) violations.Add(field, "must not begin or end with white space");
}

void CheckSkuPrefix(std::string_view value, const std::string& field, Violations& violations) {
  CheckText(value, kMaxSkuBytes, field, violations);
}

void CheckId(std::string_view value, const std::string& field, Violations& violations) {
  if (value.empty()) {
    violations.Add(field, "is required");
  } else if (value.size() > kMaxIdBytes || !std::all_of(value.begin(), value.end(), IsIdCharacter)) {
    violations.Add(field, absl::StrCat("must be 1 to ", kMaxIdBytes, " characters of [A-Za-z0-9._:-]"));
  }
}

void CheckOptionalId(std::string_view value, const std::string& field, Violations& violations) {
  if (!value.empty()) CheckId(value, field, violations);
}

void CheckText(std::string_view value, std::size_t max_bytes, const std::string& field, Violations& violations,
               bool multiline) {
  if (value.size() > max_bytes) {
    violations.Add(field, absl::StrCat("has ", value.size(), " bytes; at most ", max_bytes, " are allowed"));
  }
  if (HasControl(value, multiline)) violations.Add(field, "must not hold control characters");
}

void CheckRange(int64_t value, int64_t least, int64_t most, const std::string& field, Violations& violations) {
  if (value < least || value > most) {
    violations.Add(field, absl::StrCat("is ", value, "; must be from ", least, " to ", most));
  }
}

void CheckQuantity(int64_t value, int64_t least, const std::string& field, Violations& violations) {
  CheckRange(value, least, pipeline::kMaxQuantity, field, violations);
}

void CheckCount(int count, int least, int most, const std::string& field, Violations& violations) {
  if (count < least || count > most) {
    violations.Add(field, absl::StrCat("has ", count, " elements; must have ", least, " to ", most));
  }
}

void CheckPageSize(int32_t value, Violations& violations) {
  if (value < 0) violations.Add("page_size", "must not be negative");
}

void CheckTtl(const google::protobuf::Duration& value, absl::Duration most, const std::string& field,
              Violations& violations) {
  constexpr int64_t kMaxSeconds = 315'576'000'000;  // google.protobuf.Duration's own bound.
  constexpr int32_t kMaxNanos = 999'999'999;
  const bool well_formed = value.seconds() >= -kMaxSeconds && value.seconds() <= kMaxSeconds &&
                           value.nanos() >= -kMaxNanos && value.nanos() <= kMaxNanos &&
                           !(value.seconds() > 0 && value.nanos() < 0) && !(value.seconds() < 0 && value.nanos() > 0);
  const absl::Duration duration = absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  if (!well_formed || duration < absl::Milliseconds(1) || duration > most) {
    violations.Add(field, absl::StrCat("must be from 1ms to ", absl::FormatDuration(most)));
  }
}

bool CheckTimestamp(const google::protobuf::Timestamp& value, const std::string& field, Violations& violations) {
  constexpr int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
  constexpr int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z
  const bool in_years = value.seconds() >= kFirst && value.seconds() <= kLast;
  const bool in_second = value.nanos() >= 0 && value.nanos() <= 999'999'999;
  if (!in_years) violations.Add(field + ".seconds", "must lie within the years 1 to 9999");
  if (!in_second) violations.Add(field + ".nanos", "must be from 0 to 999999999");
  return in_years && in_second;
}

bool IsKey(std::string_view value, std::size_t max_bytes) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !value.empty() && value.size() <= max_bytes && std::all_of(value.begin(), value.end(), allowed);
}

void CheckTexts(const google::protobuf::Map<std::string, std::string>& texts, int most, std::size_t max_bytes,
                const std::string& field, Violations& violations) {
  CheckCount(static_cast<int>(texts.size()), 0, most, field, violations);
  if (static_cast<int>(texts.size()) > most) return;
  const std::map<std::string, std::string> sorted(texts.begin(), texts.end());
  for (const auto& [key, text] : sorted) {
    if (IsKey(key, kMaxKeyBytes)) {
      CheckText(text, max_bytes, absl::StrCat(field, "[", key, "]"), violations);
    } else {
      violations.Add(field, absl::StrCat("every key must be 1 to ", kMaxKeyBytes, " of [a-z0-9._-]"));
    }
  }
}

void CheckRequestId(std::string_view value, Violations& violations, std::size_t max_bytes) {
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (value.size() > max_bytes || !printable) {
    violations.Add("request_id",
                   absl::StrCat("must be empty or 1 to ", max_bytes, " printable ASCII characters without spaces"));
  }
}

std::string Path(std::string_view list, int index, std::string_view field) {
  return absl::StrCat(std::string(list), "[", index, "].", std::string(field));
}

}  // namespace inventory::rpc
