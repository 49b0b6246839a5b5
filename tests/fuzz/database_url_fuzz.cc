// Goal: no text makes the parser of database URLs misread, and no password gets into its errors.
// Method: whatever is read must come out of the URL that is written from it, and a URL with a password is refused
// without a word of it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/connection.h"
#include "tests/fuzz/check.h"

namespace inventory::storage {
namespace {

using fuzz::Check;

std::string Encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) absl::StrAppendFormat(&encoded, "%%%02x", static_cast<unsigned char>(c));
  return encoded;
}

std::string Written(const DatabaseOptions& options) {
  std::string url = absl::StrCat("mysql://", Encoded(options.user), "@[", options.host, "]:", options.port);
  for (const DatabaseAddress& other : options.others) absl::StrAppend(&url, ",[", other.host, "]:", other.port);
  absl::StrAppend(&url, "/", Encoded(options.database), "?");
  if (!options.socket.empty()) absl::StrAppend(&url, "socket=", Encoded(options.socket), "&");
  if (!options.tls_ca.empty()) absl::StrAppend(&url, "tls_ca=", Encoded(options.tls_ca));
  return url;
}

void CheckReading(std::string_view url) {
  const absl::StatusOr<DatabaseOptions> read = ParseDatabaseUrl(url);
  if (!read.ok()) {
    Check(absl::IsInvalidArgument(read.status()) && !read.status().message().empty(), "an error says what is wrong");
    return;
  }
  std::vector<DatabaseAddress> addresses = read->others;
  addresses.push_back({read->host, read->port});
  bool can_be_written = true;
  for (const DatabaseAddress& address : addresses) {
    Check(!address.host.empty() && address.port >= 1 && address.port <= 65535, "host and port are in their ranges");
    can_be_written = can_be_written && !absl::StrContains(address.host, ']');
  }
  Check(read->password.empty(), "a URL has no password");
  Check(!absl::StrContains(read->database, '/'), "a database's name has no slash");
  if (!can_be_written) return;
  const absl::StatusOr<DatabaseOptions> again = ParseDatabaseUrl(Written(*read));
  Check(again.ok(), absl::StrCat("what was read can be written: ", std::string(again.status().message())));
  Check(again->user == read->user && again->host == read->host && again->port == read->port &&
            again->others == read->others && again->socket == read->socket && again->tls_ca == read->tls_ca,
        "what was written is read");
  // Without a name it is the default.
  Check(again->database == read->database || read->database.empty(), "the database's name is read");
}

void CheckSecrecy(const std::string& rest) {
  constexpr char kSecret[] = "hunter2-hunter2";
  const absl::StatusOr<DatabaseOptions> read = ParseDatabaseUrl(absl::StrCat("mysql://user:", kSecret, "@", rest));
  // The user goes on, or the text says it by itself.
  if (absl::StrContains(rest.substr(0, rest.find_first_of("/?")), '@') || absl::StrContains(rest, "hunter2")) return;
  Check(read.ok() || !absl::StrContains(read.status().message(), kSecret), "an error does not hold the password");
  Check(!read.ok(), "a password is refused");
}

}  // namespace
}  // namespace inventory::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  inventory::storage::CheckReading(text);
  inventory::storage::CheckReading("mysql://" + text);
  inventory::storage::CheckSecrecy(text);
  return 0;
}
