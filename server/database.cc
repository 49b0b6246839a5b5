#include "server/database.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/logging.h"
#include "storage/migrator.h"
#include "storage/server_facts.h"

namespace inventory::server {
namespace {

// Whether the server has answered that nobody comes in so: https://mariadb.com/kb/en/mariadb-error-code-reference/
bool IsRefusal(const absl::Status& status) {
  constexpr std::array kNumbers = {1044, 1045, 1049, 1698};
  return std::find(kNumbers.begin(), kNumbers.end(), storage::ErrorNumber(status)) != kNumbers.end();
}

absl::Status CheckServer(storage::Connection& connection, bool require_durable) {
  absl::StatusOr<storage::ServerFacts> facts = storage::ReadServerFacts(connection);
  if (!facts.ok()) return facts.status();
  Log(LogLevel::kInfo, "database",
      {{"version", facts->version}, {"durable", facts->not_durable.empty() ? "yes" : "no"}});
  if (!facts->unsupported.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database can't be used: ", absl::StrJoin(facts->unsupported, "; ")));
  }
  if (facts->read_only) Log(LogLevel::kWarning, "the database is read-only: every write will be refused");
  for (const std::string& problem : facts->not_durable) {
    Log(LogLevel::kWarning, "the database may lose acknowledged writes in a crash", {{"problem", problem}});
  }
  if (require_durable && !facts->not_durable.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database may lose acknowledged writes and --require-durable is set: ",
                     absl::StrJoin(facts->not_durable, "; ")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Database> Database::Open(const ServerOptions& options, Signals& signals, WhenRefused when_refused) {
  Database database;
  database.connection_options_ = options.database;
  if (options.database_url.empty()) {
    Log(LogLevel::kInfo, "private database", {{"data_dir", options.data_dir}});
    auto started = storage::EmbeddedDatabase::Start(
        {.data_dir = options.data_dir, .server_binary = options.mariadbd, .report = [](std::string_view event) {
           Log(LogLevel::kInfo, event);
         }});
    if (!started.ok()) return started.status();
    database.embedded_ = *std::move(started);
    const storage::DatabaseOptions where = database.embedded_->connection_options();
    database.connection_options_.socket = where.socket;
    database.connection_options_.user = where.user;
    database.connection_options_.password = where.password;
    database.connection_options_.database = where.database;
    return database;
  }
  // The connector would say no more than that some file does not exist.
  const std::string& tls_ca = options.database.tls_ca;
  if (!tls_ca.empty() && access(tls_ca.c_str(), R_OK) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("can't read ", tls_ca, ", the tls_ca of --database-url"));
  }
  absl::Duration pause = absl::Milliseconds(250);
  for (;;) {
    auto connection = storage::Connection::Open(database.connection_options_);
    if (connection.ok()) return database;
    if (when_refused == WhenRefused::kGiveUp && IsRefusal(connection.status())) {
      return absl::FailedPreconditionError(
          absl::StrCat("the database refuses --database-url: ", storage::DetailOf(connection.status()),
                       "; put its user, password or database right"));
    }
    Log(LogLevel::kWarning, "the database can't be reached; trying again",
        {{"error", storage::DetailOf(connection.status())}, {"next_try_in", absl::FormatDuration(pause)}});
    if (signals.Wait(pause)) return absl::CancelledError("asked to stop while the database could not be reached");
    pause = std::min(pause * 2, absl::Seconds(5));
  }
}

absl::Status Database::Prepare(const ServerOptions& options, bool migrate) const {
  // Changes of a schema may take long.
  storage::DatabaseOptions patient = connection_options_;
  patient.read_timeout = absl::Hours(1);
  patient.idle_timeout = absl::Hours(1);
  auto connection = storage::Connection::Open(patient);
  if (!connection.ok()) return connection.status();
  absl::Status checked = CheckServer(**connection, options.require_durable);
  if (!checked.ok()) return checked;
  if (migrate) {
    absl::StatusOr<int> applied = storage::Migrate(**connection, [](std::string_view name) {
      Log(LogLevel::kInfo, "migrating", {{"migration", std::string(name)}});
    });
    if (!applied.ok()) return applied.status();
    Log(LogLevel::kInfo, "schema is up to date", {{"migrations_applied", absl::StrCat(*applied)}});
  }
  return storage::CheckSchema(**connection);
}

}  // namespace inventory::server
