#include "server/options/table.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace inventory::server::options {
namespace {

constexpr unsigned kDatabaseCommands = Bit(Command::kServe) | Bit(Command::kMigrate) | Bit(Command::kVerify);
constexpr Group kConfiguration = {"Configuration", kDatabaseCommands};
constexpr Group kDatabase = {"Database", kDatabaseCommands};
constexpr Group kStartAndStop = {"Start and stop", Bit(Command::kServe)};
constexpr Group kServing = {"Serving", Bit(Command::kServe)};
constexpr Group kWritesAndReads = {"Writes and reads", Bit(Command::kServe)};
constexpr Group kHoldsAndRequests = {"Holds and requests", Bit(Command::kServe)};
constexpr Group kLowStock = {"Low stock", Bit(Command::kServe)};
constexpr Group kLedger = {"Ledger", Bit(Command::kServe)};
constexpr Group kLogs = {"Logs", kDatabaseCommands};
constexpr Group kVerification = {"Verification", Bit(Command::kVerify)};

void AppendDatabase(std::vector<Option>& table) {
  using O = ServerOptions;
  using D = storage::DatabaseOptions;
  table.insert(
      table.end(),
      {{&kConfiguration, "config", Text("path", &O::config),
        "File with options, one name = value a line in TOML or INI.", kFlag | kEnvironment},
       {&kDatabase, "database-url", Text("URL", &O::database_url),
        "MySQL or MariaDB to use, as mysql://user@host:3306/database?tls_ca=/path or "
        "mysql://user@localhost/database?socket=/path, without a password. Empty: a private database in data-dir."},
       {&kDatabase, "database-password-file", Text("path", &O::database_password_file),
        "File with the password of database-url; a line break at its end does not count."},
       {&kDatabase, "database-password", Text("text", &D::password), "The password of database-url, instead of a file.",
        kEnvironment},
       {&kDatabase, "data-dir", Text("path", &O::data_dir), "Where the private database is kept.", kAnywhere,
        "$XDG_STATE_HOME/inventory or ~/.local/state/inventory; for root /var/lib/inventory"},
       {&kDatabase, "mariadbd", Text("path", &O::mariadbd),
        "Program of the private database. Empty: mariadbd is searched on the system."},
       {&kDatabase, "database-connect-timeout",
        Duration(&D::connect_timeout, absl::Milliseconds(100), absl::Minutes(5)), "Longest wait for a connection."},
       {&kDatabase, "database-read-timeout", Duration(&D::read_timeout, absl::Seconds(1), absl::Minutes(10)),
        "Longest wait for the database to take or answer a packet; must exceed database-lock-timeout."},
       {&kDatabase, "database-lock-timeout", Duration(&D::lock_wait_timeout, absl::Seconds(1), absl::Minutes(1)),
        "Longest wait for a row lock, in whole seconds."}});
}

void AppendServing(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kStartAndStop, "migrate-on-start", Bool(&O::migrate_on_start), "Bring the schema up to date before serving."},
       {&kStartAndStop, "require-durable", Bool(&O::require_durable),
        "Refuse to start if the database may lose commits in a crash; otherwise only warn."},
       {&kStartAndStop, "drain-delay", Duration(&O::drain_delay, absl::ZeroDuration(), absl::Minutes(10)),
        "How long a stopping server, NOT_SERVING already, still takes calls, so that load balancers can turn away."},
       {&kStartAndStop, "shutdown-grace", Duration(&O::shutdown_grace, absl::ZeroDuration(), absl::Minutes(10)),
        "How long calls under way may take to end after that."},
       {&kServing, "listen", Text("host:port or unix:path", &O::listen, CheckListen),
        "Where gRPC is served. 0.0.0.0:50051 serves others; there is no authentication yet."},
       {&kServing, "metrics-listen", Text("host:port or empty", &O::metrics_listen, CheckMetricsListen),
        "Where Prometheus metrics are served over HTTP. Empty: nowhere."},
       {&kServing, "reflection", Bool(&O::reflection), "Serve gRPC reflection."},
       {&kServing, "channelz", Bool(&O::channelz), "Serve gRPC channelz."},
       {&kServing, "grpc-threads", Number(&O::grpc_threads, 0, 1024), "Most polling threads of gRPC. 0: one a core."},
       {&kServing, "default-deadline", Duration(&O::default_deadline, absl::Milliseconds(10), absl::Hours(1)),
        "For calls that bring no deadline."},
       {&kServing, "max-message-bytes", Bytes(&O::max_message_bytes, 16 << 10, 64 << 20), "Largest request."},
       {&kServing, "max-concurrent-streams", Number(&O::max_concurrent_streams, 1, 1'000'000),
        "Most calls at once on one connection."},
       {&kServing, "max-connections-memory", Bytes(&O::max_connections_memory, int64_t{16} << 20, int64_t{64} << 30),
        "Most memory that gRPC uses for all connections together."},
       {&kServing, "max-connection-age", Duration(&O::max_connection_age, absl::ZeroDuration(), absl::Hours(8760)),
        "Connections are closed after so long, so that load balancers can move clients. 0: never."},
       {&kServing, "max-connection-age-grace", Duration(&O::max_connection_age_grace, absl::Seconds(1), absl::Hours(1)),
        "How long calls may take to end on a connection that is closed for its age."},
       {&kServing, "keepalive-time", Duration(&O::keepalive_time, absl::Seconds(1), absl::Hours(24)),
        "A connection that is silent for so long is pinged."},
       {&kServing, "keepalive-timeout", Duration(&O::keepalive_timeout, absl::Seconds(1), absl::Hours(1)),
        "A connection whose ping is not answered for so long is closed."}});
}

void AppendWork(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kWritesAndReads, "lanes", Number(&O::lanes, 1, 64), "Threads that write, each with its connection."},
       {&kWritesAndReads, "max-waiting-writes", Number(&O::max_waiting_writes, 1, 1'000'000),
        "Most commands that wait for a lane; more are refused."},
       {&kWritesAndReads, "max-batch-commands", Number(&O::max_batch_commands, 1, 10'000),
        "Most commands in one transaction."},
       {&kWritesAndReads, "max-batch-skus", Number(&O::max_batch_skus, 1, 100'000),
        "No more commands join a transaction that locks so many SKUs."},
       {&kWritesAndReads, "read-connections", Number(&O::read_connections, 1, 256),
        "Threads that read, each with its connection."},
       {&kWritesAndReads, "max-waiting-reads", Number(&O::max_waiting_reads, 1, 1'000'000),
        "Most reads that wait for a thread; more are refused."},
       {&kHoldsAndRequests, "hold-ttl", Duration(&O::hold_ttl, absl::Seconds(1), absl::Hours(8760)),
        "How long stock is held for a reservation that asks for no time; at most max-hold-ttl."},
       {&kHoldsAndRequests, "max-hold-ttl", Duration(&O::max_hold_ttl, absl::Seconds(1), absl::Hours(8760)),
        "The longest hold that a reservation may ask for."},
       {&kHoldsAndRequests, "request-id-retention",
        Duration(&O::request_id_retention, absl::Minutes(1), absl::Hours(8760)),
        "How long a repeated request_id gets the first answer again."},
       {&kHoldsAndRequests, "sweep-interval", Duration(&O::sweep_interval, absl::Milliseconds(10), absl::Minutes(1)),
        "Pause between looks for holds that have expired."},
       {&kLedger, "movement-retention", DurationOrForever(&O::movement_retention, absl::Hours(24), absl::Hours(87600)),
        "How long movements are kept; older ones give way to a balance forward of each level. 0: for ever."}});
}

void AppendLowStock(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kLowStock, "low-stock-threads", Number(&O::low_stock_threads, 1, 256),
        "Events of low-stock rules that are carried out at once, for each activity; half of them for one host."},
       {&kLowStock, "low-stock-timeout", Duration(&O::low_stock_timeout, absl::Milliseconds(100), absl::Minutes(10)),
        "How long one may run, a webhook for example."},
       {&kLowStock, "low-stock-lease", Duration(&O::low_stock_lease, absl::Seconds(1), absl::Hours(1)),
        "After so long another server carries out an event that one has begun and not ended; must exceed "
        "low-stock-timeout."},
       {&kLowStock, "low-stock-max-attempts", Number(&O::low_stock_max_attempts, 1, 1000),
        "How often the activity of an event is tried before the event is dead."},
       {&kLowStock, "low-stock-backoff", Duration(&O::low_stock_backoff, absl::Milliseconds(1), absl::Hours(1)),
        "The longest pause after the first failure; doubled after each further one. Each pause is a random part of "
        "it."},
       {&kLowStock, "low-stock-max-backoff",
        Duration(&O::low_stock_max_backoff, absl::Milliseconds(1), absl::Hours(24)),
        "The longest pause after any failure."},
       {&kLowStock, "low-stock-event-retention",
        Duration(&O::low_stock_event_retention, absl::Minutes(1), absl::Hours(87600)),
        "How long events are kept whose activity has succeeded, and deleted rules with what is left of them; these at "
        "least as long as request ids."},
       {&kLowStock, "webhook-hosts", Text("hosts", &O::webhook_hosts, CheckHosts),
        "The hosts that webhooks may call, separated by commas; *.example.com stands for all below example.com. Empty: "
        "any."},
       {&kLowStock, "webhook-private-networks", Text("networks", &O::webhook_private_networks, CheckNetworks),
        "What webhooks may reach besides public addresses, as 10.0.0.0/8,fd00::/8. Empty: nothing."},
       {&kLowStock, "webhook-secrets", Text("path", &O::webhook_secrets),
        "Folder with a file for each secret that webhooks are signed with: its name is the rule's parameter, its "
        "lines, of 16 bytes or more, are secrets; the file of that name and .hosts lists, a line each, the hosts they "
        "are for."},
       {&kLowStock, "webhook-ca-file", Text("path", &O::webhook_ca_file),
        "File in PEM with the authorities that the certificates of https receivers are verified against, instead of "
        "the system's. Empty: the system's."}});
}

void AppendLogsAndVerification(std::vector<Option>& table) {
  using O = ServerOptions;
  using V = VerifyOptions;
  using Formats = std::vector<std::pair<std::string, LogFormat>>;
  using Levels = std::vector<std::pair<std::string, LogLevel>>;
  table.insert(
      table.end(),
      {{&kLogs, "log-format", Choice(&O::log_format, Formats{{"text", LogFormat::kText}, {"json", LogFormat::kJson}}),
        "How events are written to standard error."},
       {&kLogs, "log-level",
        Choice(&O::log_level, Levels{{"debug", LogLevel::kDebug},
                                     {"info", LogLevel::kInfo},
                                     {"warning", LogLevel::kWarning},
                                     {"error", LogLevel::kError}}),
        "The least important events that are written."},
       {&kVerification, "repair", Bool(&V::repair), "Correct what is found, instead of only reporting it.", kFlag},
       {&kVerification, "sku-prefix", Text("text", &V::sku_prefix),
        "Verify only SKUs that begin with this. Empty: all.", kFlag}});
}

constexpr CommandFacts kCommands[] = {
    {"serve", Command::kServe, "Serve the inventory over gRPC until SIGTERM or SIGINT."},
    {"migrate", Command::kMigrate, "Bring the database's schema up to date."},
    {"verify", Command::kVerify, "Compare stock levels with the ledger and the reservations."},
    {"version", Command::kVersion, "Print the version."},
};

}  // namespace

std::string Option::flag() const { return "--" + name; }

std::string Option::variable() const {
  return "INVENTORY_" + absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}}));
}

std::string Option::default_text() const {
  if (shown_default != nullptr) return shown_default;
  CommandLine defaults;
  return kind.show(defaults);
}

const std::vector<Option>& Table() {
  static const auto* const table = [] {
    auto made = std::make_unique<std::vector<Option>>();
    AppendDatabase(*made);
    AppendServing(*made);
    AppendWork(*made);
    AppendLowStock(*made);
    AppendLogsAndVerification(*made);
    return made.release();
  }();
  return *table;
}

const Option* Find(const std::string& name) {
  const auto found =
      std::find_if(Table().begin(), Table().end(), [&](const Option& option) { return option.name == name; });
  return found == Table().end() ? nullptr : &*found;
}

std::span<const CommandFacts> Commands() { return kCommands; }

}  // namespace inventory::server::options
