#include "server/tracing/trace_context.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace inventory::tracing {
namespace {

constexpr std::size_t kTraceParentBytes = 55;  // "00-<32 digits>-<16 digits>-01"

template <typename Id>
std::string HexOf(const Id& id) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(id.data()), id.size()));
}

// Capital letters are not allowed.
std::optional<uint8_t> DigitOf(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<uint8_t>(digit - 'a' + 10);
  return std::nullopt;
}

// Reads as many bytes from the beginning of `hex` as there are in `bytes`.
template <std::size_t count>
bool ReadHex(std::string_view hex, std::array<uint8_t, count>& bytes) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<uint8_t> high = DigitOf(hex[2 * i]);
    const std::optional<uint8_t> low = DigitOf(hex[2 * i + 1]);
    if (!high || !low) return false;
    bytes[i] = static_cast<uint8_t>(*high << 4 | *low);
  }
  return true;
}

template <std::size_t count>
bool IsZero(const std::array<uint8_t, count>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

bool IsLowerOrDigit(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); }

// "rojo" or "tenant@system". Tenants may begin with a digit.
bool IsKey(std::string_view key) {
  const std::size_t at = key.find('@');
  const std::string_view tenant = at == std::string_view::npos ? "" : key.substr(0, at);
  const std::string_view system = at == std::string_view::npos ? key : key.substr(at + 1);
  const auto allowed = [](char c) { return IsLowerOrDigit(c) || c == '_' || c == '-' || c == '*' || c == '/'; };
  const auto all_allowed = [&](std::string_view part) { return std::all_of(part.begin(), part.end(), allowed); };
  if (system.empty() || !absl::ascii_islower(system[0]) || !all_allowed(system)) return false;
  if (at == std::string_view::npos) return system.size() <= 256;
  return !tenant.empty() && tenant.size() <= 241 && system.size() <= 14 && IsLowerOrDigit(tenant[0]) &&
         all_allowed(tenant);
}

// Printable ASCII without what separates entries, and not ending with a space.
bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= 256 && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

}  // namespace

std::string Hex(const TraceId& id) { return HexOf(id); }
std::string Hex(const SpanId& id) { return HexOf(id); }

std::optional<TraceParent> ParseTraceParent(std::string_view header) {
  if (header.size() < kTraceParentBytes) return std::nullopt;
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  std::array<uint8_t, 1> version;
  std::array<uint8_t, 1> flags;
  TraceParent parent;
  if (!ReadHex(header, version) || version[0] == 0xff) return std::nullopt;
  if (!ReadHex(header.substr(3), parent.trace_id) || IsZero(parent.trace_id)) return std::nullopt;
  if (!ReadHex(header.substr(36), parent.span_id) || IsZero(parent.span_id)) return std::nullopt;
  if (!ReadHex(header.substr(53), flags)) return std::nullopt;
  if (header.size() > kTraceParentBytes && (version[0] == 0 || header[kTraceParentBytes] != '-')) return std::nullopt;
  parent.sampled = (flags[0] & 1) != 0;
  return parent;
}

std::string JoinTraceState(const std::vector<std::string_view>& headers) {
  std::string joined;
  std::vector<std::string_view> keys;
  for (const std::string_view header : headers) {
    if (header.size() > kMaxTraceStateBytes) return "";
    for (const absl::string_view part : absl::StrSplit(absl::string_view(header.data(), header.size()), ',')) {
      const absl::string_view trimmed = absl::StripAsciiWhitespace(part);
      if (trimmed.empty()) continue;
      const std::string_view entry(trimmed.data(), trimmed.size());
      const std::size_t equals = entry.find('=');
      if (equals == std::string_view::npos) return "";
      const std::string_view key = entry.substr(0, equals);
      if (!IsKey(key) || !IsValue(entry.substr(equals + 1))) return "";
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) return "";
      keys.push_back(key);
      absl::StrAppend(&joined, joined.empty() ? "" : ",", trimmed);
      if (joined.size() > kMaxTraceStateBytes || keys.size() > kMaxTraceStateEntries) return "";
    }
  }
  return joined;
}

}  // namespace inventory::tracing
