#include "server/options/complete.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/http/url.h"
#include "server/options/access.h"
#include "server/options/kinds.h"
#include "server/options/transport.h"
#include "server/tracing/otlp.h"
#include "storage/connection.h"

namespace inventory::server::options {
namespace {

void ReadPassword(ServerOptions& options, Problems& problems) {
  const std::string& path = options.database_password_file;
  if (path.empty()) return;
  if (!options.database.password.empty()) {
    problems.emplace_back("--database-password-file: INVENTORY_DATABASE_PASSWORD is set too; give one of them");
    return;
  }
  std::ifstream file = OpenFile(path);
  if (!file.is_open()) {
    problems.push_back(absl::StrCat("--database-password-file: can't read ", path));
    return;
  }
  std::string password{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (absl::EndsWith(password, "\n")) password.pop_back();
  if (absl::EndsWith(password, "\r")) password.pop_back();
  if (password.empty()) problems.push_back(absl::StrCat("--database-password-file: ", path, " is empty"));
  options.database.password = password;
}

// What a URL says.
void TakePlace(const storage::DatabaseOptions& parsed, storage::DatabaseOptions& database) {
  database.host = parsed.host;
  database.port = parsed.port;
  database.socket = parsed.socket;
  database.user = parsed.user;
  database.database = parsed.database;
  database.tls_ca = parsed.tls_ca;
  database.others = parsed.others;
  database.current = parsed.current;
}

void CompleteDatabase(ServerOptions& options, Problems& problems) {
  ReadPassword(options, problems);
  storage::DatabaseOptions& database = options.database;
  database.write_timeout = database.read_timeout;
  if (database.lock_wait_timeout != absl::Floor(database.lock_wait_timeout, absl::Seconds(1))) {
    problems.push_back(absl::StrCat("--database-lock-timeout: ", absl::FormatDuration(database.lock_wait_timeout),
                                    " is not in whole seconds"));
  }
  if (database.lock_wait_timeout >= database.read_timeout) {
    problems.push_back(absl::StrCat("--database-lock-timeout: ", absl::FormatDuration(database.lock_wait_timeout),
                                    " is not below --database-read-timeout, ",
                                    absl::FormatDuration(database.read_timeout)));
  }
  if (options.database_url.empty()) {
    if (!database.password.empty()) {
      problems.emplace_back(
          "--database-url: is empty, but a database password is given; the private database has none");
    }
    return;
  }
  absl::StatusOr<storage::DatabaseOptions> parsed = storage::ParseDatabaseUrl(options.database_url);
  if (!parsed.ok()) {
    problems.push_back(absl::StrCat("--database-url: ", std::string(parsed.status().message())));
    return;
  }
  TakePlace(*parsed, database);
}

// Everything but the place is as for the database itself.
void CompleteReadDatabase(ServerOptions& options, Problems& problems) {
  if (options.read_database_url.empty()) return;
  if (options.database_url.empty()) {
    problems.emplace_back("--read-database-url: the private database has no replica; give --database-url too");
    return;
  }
  const absl::StatusOr<storage::DatabaseOptions> parsed = storage::ParseDatabaseUrl(options.read_database_url);
  if (!parsed.ok()) {
    problems.push_back(absl::StrCat("--read-database-url: ", std::string(parsed.status().message())));
    return;
  }
  if (!parsed->others.empty()) {
    problems.emplace_back(
        "--read-database-url: names several servers; name one replica, or an address that leads to any of them");
    return;
  }
  options.read_database = options.database;
  TakePlace(*parsed, options.read_database);
}

// Better now than at the first call.
void CheckAuthorities(const std::string& option, const std::string& path, Problems& problems) {
  if (path.empty()) return;
  std::ifstream file = OpenFile(path);
  if (!file.is_open()) {
    problems.push_back(absl::StrCat(option, ": can't read ", path));
    return;
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!absl::StrContains(text, "-----BEGIN CERTIFICATE-----")) {
    problems.push_back(absl::StrCat(option, ": ", path, " has no certificate in PEM"));
  }
}

// A lease must not end while its holder is at work.
void CheckLease(const std::string& prefix, absl::Duration lease, absl::Duration timeout, Problems& problems) {
  if (lease > timeout) return;
  problems.push_back(absl::StrCat("--", prefix, "-lease: ", absl::FormatDuration(lease), " is not above --", prefix,
                                  "-timeout, ", absl::FormatDuration(timeout)));
}

void CheckTraces(const ServerOptions& options, Problems& problems) {
  if (options.otlp_endpoint.empty()) {
    if (!options.otlp_headers_file.empty()) problems.emplace_back("--otlp-headers-file: needs --otlp-endpoint");
    if (!options.otlp_ca_file.empty()) problems.emplace_back("--otlp-ca-file: needs --otlp-endpoint");
    return;
  }
  std::string problem = http::UrlProblem(options.otlp_endpoint);
  if (problem.empty() && absl::StrContains(options.otlp_endpoint, '?')) problem = "has a query; give the base URL";
  if (!problem.empty()) problems.push_back(absl::StrCat("--otlp-endpoint: ", problem));
  CheckAuthorities("--otlp-ca-file", options.otlp_ca_file, problems);
  if (options.otlp_headers_file.empty()) return;
  const absl::Status headers = tracing::ReadHeaders(options.otlp_headers_file).status();
  if (!headers.ok()) problems.push_back(absl::StrCat("--otlp-headers-file: ", headers.message()));
}

// The XDG base directory specification has relative paths ignored.
std::string DefaultDataDir() {
  if (geteuid() == 0) return "/var/lib/inventory";
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') return absl::StrCat(state, "/inventory");
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return absl::StrCat(home, "/.local/state/inventory");
  return "";
}

}  // namespace

void Complete(ServerOptions& options, Problems& problems) {
  CompleteDatabase(options, problems);
  CompleteReadDatabase(options, problems);
  CheckAuthorities("--webhook-ca-file", options.webhook_ca_file, problems);
  CheckTransport(options, problems);
  CheckAccess(options, problems);
  if (options.data_dir.empty()) options.data_dir = DefaultDataDir();
  if (options.data_dir.empty() && options.database_url.empty()) {
    problems.emplace_back("--data-dir: has no default here, because HOME is not set");
  }
  if (!options.event_feed_url.empty()) {
    const std::string problem = http::UrlProblem(options.event_feed_url);
    if (!problem.empty()) problems.push_back(absl::StrCat("--event-feed-url: ", problem));
    CheckAuthorities("--event-feed-ca-file", options.event_feed_ca_file, problems);
  }
  if (options.event_feed_id.empty() || options.event_feed_id.size() > 64) {
    problems.emplace_back("--event-feed-id: must have 1 to 64 bytes");
  }
  CheckTraces(options, problems);
  CheckLease("event-feed", options.event_feed_lease, options.event_feed_timeout, problems);
  CheckLease("low-stock", options.low_stock_lease, options.low_stock_timeout, problems);
  if (options.max_requests_memory / 2 < options.max_request_memory) {
    problems.push_back(absl::StrCat(
        "--max-requests-memory: ", ShowBytes(static_cast<int64_t>(options.max_requests_memory)),
        " is less than twice --max-request-memory, ", ShowBytes(static_cast<int64_t>(options.max_request_memory))));
  }
  if (options.hold_ttl > options.max_hold_ttl) {
    problems.push_back(absl::StrCat("--hold-ttl: ", absl::FormatDuration(options.hold_ttl),
                                    " is above --max-hold-ttl, ", absl::FormatDuration(options.max_hold_ttl)));
  }
}

}  // namespace inventory::server::options
