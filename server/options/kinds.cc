#include "server/options/kinds.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/activities/destinations.h"
#include "server/http/url.h"

namespace inventory::server::options {
namespace {

std::string CheckHostAndPort(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  const bool good = colon != std::string::npos && colon > 0 && absl::SimpleAtoi(text.substr(colon + 1), &port) &&
                    port >= 0 && port <= 65535 &&
                    (text.find(':') == colon || (text.front() == '[' && text[colon - 1] == ']'));
  return good ? "" : absl::StrCat("\"", text, "\" is not host:port with a port of 0 to 65535");
}

}  // namespace

std::string ShowBytes(int64_t bytes) {
  for (const auto& [unit, shift] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
    if (bytes != 0 && bytes % (int64_t{1} << shift) == 0) return absl::StrCat(bytes >> shift, unit);
  }
  return absl::StrCat(bytes);
}

bool ParseBytes(const std::string& text, int64_t* bytes) {
  absl::string_view number = text;
  int shift = 0;
  for (const auto& [unit, unit_shift] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
    if (absl::ConsumeSuffix(&number, unit)) {
      shift = unit_shift;
      break;
    }
  }
  if (!absl::SimpleAtoi(number, bytes) || *bytes < 0 || *bytes > (INT64_MAX >> shift)) return false;
  *bytes <<= shift;
  return true;
}

std::string CheckListen(const std::string& text) {
  return absl::StartsWith(text, "unix:") && text.size() > 5 ? "" : CheckHostAndPort(text);
}

std::string CheckHosts(const std::string& text) {
  return std::string(activities::Hosts::Parse(text).status().message());
}

std::string CheckKeys(const std::string& text) {
  if (!absl::StrContains(text, "://")) return "";
  const std::string problem = absl::StartsWith(text, "https://") ? http::UrlProblem(text) : "is not one of https";
  return problem.empty() ? "" : absl::StrCat("the URL ", problem);
}

std::string CheckNetworks(const std::string& text) {
  return std::string(activities::Networks::Parse(text).status().message());
}

std::string CheckMetricsListen(const std::string& text) { return text.empty() ? "" : CheckHostAndPort(text); }

}  // namespace inventory::server::options
