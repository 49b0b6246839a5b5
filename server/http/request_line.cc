#include "server/http/request_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace inventory::http {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";

bool IsVersion(std::string_view text) {
  return text.size() == kVersion.size() + 1 && text.substr(0, kVersion.size()) == kVersion &&
         absl::ascii_isdigit(static_cast<unsigned char>(text.back()));
}

}  // namespace

std::optional<RequestLine> ParseRequestLine(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  // A line feed alone would be the end of the line to others.
  if (!std::all_of(line.begin(), line.end(), absl::ascii_isprint)) return std::nullopt;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == last || !IsVersion(line.substr(last + 1))) return std::nullopt;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (first == 0 || target.empty() || target.find(' ') != std::string_view::npos) return std::nullopt;
  return RequestLine{.method = line.substr(0, first), .path = target.substr(0, target.find('?'))};
}

}  // namespace inventory::http
