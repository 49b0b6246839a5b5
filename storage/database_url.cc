#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/connection.h"

namespace inventory::storage {
namespace {

absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("database URL: ", std::string(what),
                                                 "; it looks like mysql://user@host:3306/database, with "
                                                 "further hosts separated by commas, or "
                                                 "mysql://user@localhost/database?socket=/run/mysqld/mysqld.sock"));
}

// Decodes %41 and the like.
absl::StatusOr<std::string> Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    uint32_t byte = 0;
    const std::string hex(text.substr(i + 1, 2));
    if (hex.size() != 2 || !absl::SimpleHexAtoi(hex, &byte)) return Malformed("% must be followed by two hex digits");
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return decoded;
}

// "host", "host:3306" or "[::1]:3306".
absl::StatusOr<DatabaseAddress> ParseAddress(std::string_view text) {
  DatabaseAddress address;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Malformed("[ without ]");
    address.host = std::string(text.substr(1, end - 1));
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = std::string(text.substr(0, colon));
    port = text.substr(colon);
  }
  if (address.host.empty()) return Malformed("the host is missing");
  if (port.empty()) return address;
  if (port[0] != ':' || !absl::SimpleAtoi(std::string(port.substr(1)), &address.port) || address.port < 1 ||
      address.port > 65535) {
    return Malformed("the port must be a number from 1 to 65535");
  }
  return address;
}

absl::Status ParseAuthority(std::string_view authority, DatabaseOptions& options) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return absl::InvalidArgumentError(
          "database URL: it must hold no password; give it by --database-password-file or INVENTORY_DATABASE_PASSWORD");
    }
    absl::StatusOr<std::string> decoded = Decoded(user);
    if (!decoded.ok()) return decoded.status();
    options.user = *decoded;
    authority.remove_prefix(at + 1);
  }
  std::vector<DatabaseAddress> addresses;
  const std::vector<std::string> texts = absl::StrSplit(std::string(authority), ',');
  for (const std::string& text : texts) {
    absl::StatusOr<DatabaseAddress> address = ParseAddress(text);
    if (!address.ok()) return address.status();
    if (std::find(addresses.begin(), addresses.end(), *address) != addresses.end()) {
      return Malformed("an address is named twice");
    }
    addresses.push_back(*std::move(address));
  }
  options.host = addresses.front().host;
  options.port = addresses.front().port;
  options.others.assign(addresses.begin() + 1, addresses.end());
  return absl::OkStatus();
}

absl::Status ParseQuery(std::string_view query, DatabaseOptions& options) {
  const std::map<std::string, std::string*> known = {{"socket", &options.socket}, {"tls_ca", &options.tls_ca}};
  for (const auto& part : absl::StrSplit(std::string(query), '&', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const auto it = known.find(pair.first);
    if (it == known.end()) return Malformed(absl::StrCat("unknown parameter ", pair.first, " (known: socket, tls_ca)"));
    absl::StatusOr<std::string> value = Decoded(pair.second);
    if (!value.ok()) return value.status();
    if (value->empty()) return Malformed(absl::StrCat("the parameter ", pair.first, " is empty"));
    *it->second = *value;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DatabaseOptions> ParseDatabaseUrl(std::string_view url) {
  constexpr std::string_view kScheme = "mysql://";
  if (!url.starts_with(kScheme)) return Malformed("it must begin with mysql://");
  url.remove_prefix(kScheme.size());
  DatabaseOptions options;
  const std::size_t question = std::min(url.find('?'), url.size());
  absl::Status query = ParseQuery(url.substr(std::min(question + 1, url.size())), options);
  if (!query.ok()) return query;
  url = url.substr(0, question);
  const std::size_t slash = url.find('/');
  absl::Status authority = ParseAuthority(url.substr(0, slash), options);
  if (!authority.ok()) return authority;
  if (!options.socket.empty() && !options.others.empty()) return Malformed("with a socket there is one host");
  if (slash != std::string_view::npos && slash + 1 < url.size()) {
    absl::StatusOr<std::string> database = Decoded(url.substr(slash + 1));
    if (!database.ok()) return database.status();
    if (database->find('/') != std::string::npos) return Malformed("the database's name must not hold a slash");
    options.database = *database;
  }
  return options;
}

}  // namespace inventory::storage
