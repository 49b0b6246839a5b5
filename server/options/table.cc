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
constexpr Group kTls = {"TLS", Bit(Command::kServe)};
constexpr Group kAccess = {"Authentication", Bit(Command::kServe)};
constexpr Group kLimits = {"Limits of clients", Bit(Command::kServe)};
constexpr Group kWritesAndReads = {"Writes and reads", Bit(Command::kServe)};
constexpr Group kHoldsAndRequests = {"Holds and requests", Bit(Command::kServe)};
constexpr Group kLowStock = {"Low stock", Bit(Command::kServe)};
constexpr Group kLedger = {"Ledger", Bit(Command::kServe)};
constexpr Group kEvents = {"Events", Bit(Command::kServe)};
constexpr Group kTraces = {"Traces", Bit(Command::kServe)};
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
        "Where gRPC is served. Other than on this machine, as on 0.0.0.0:50051, it needs tls-cert-file."},
       {&kServing, "allow-plaintext", Bool(&O::allow_plaintext),
        "Serve gRPC without TLS to other machines, too: whoever is on the way reads and changes everything. Only where "
        "something else encrypts."},
       {&kServing, "metrics-listen", Text("host:port or empty", &O::metrics_listen, CheckMetricsListen),
        "Where Prometheus metrics, and /livez and /readyz for probes, are served. Other than on this machine it needs "
        "metrics-tls. Empty: nowhere."},
       {&kServing, "metrics-tls",
        Choice(&O::metrics_tls,
               std::vector<std::pair<std::string, MetricsTls>>{
                   {"off", MetricsTls::kOff}, {"on", MetricsTls::kOn}, {"mutual", MetricsTls::kMutual}}),
        "Serve metrics over HTTPS, with the certificate of tls-cert-file; mutual: only to clients with a certificate "
        "of "
        "tls-client-ca-file."},
       {&kServing, "metrics-allow-plaintext", Bool(&O::metrics_allow_plaintext),
        "Serve metrics over HTTP to other machines, too."},
       {&kServing, "reflection", Bool(&O::reflection), "Serve gRPC reflection."},
       {&kServing, "channelz", Bool(&O::channelz), "Serve gRPC channelz."},
       {&kServing, "grpc-threads", Number(&O::grpc_threads, 0, 1024),
        "Threads that take calls from the network; what waits for the database is not theirs. 0 is one for each two "
        "cores, 1 to 16."},
       {&kServing, "default-deadline", Duration(&O::default_deadline, absl::Milliseconds(10), absl::Hours(1)),
        "For calls that bring no deadline."},
       {&kServing, "max-deadline", Duration(&O::max_deadline, absl::Milliseconds(10), absl::Hours(24)),
        "A single call that brings a later deadline has this one, or --default-deadline if that is later."}});
}

void AppendTls(std::vector<Option>& table) {
  using O = ServerOptions;
  using Auths = std::vector<std::pair<std::string, TlsClientAuth>>;
  table.insert(
      table.end(),
      {{&kTls, "tls-cert-file", Text("path", &O::tls_cert_file),
        "File in PEM with the server's certificate, followed by those between it and its authority. Empty: no TLS."},
       {&kTls, "tls-key-file", Text("path", &O::tls_key_file), "File in PEM with its private key, without a password."},
       {&kTls, "tls-client-ca-file", Text("path", &O::tls_client_ca_file),
        "File in PEM with the authorities whose certificates clients may show (mutual TLS). Empty: clients are not "
        "asked for one."},
       {&kTls, "tls-client-auth",
        Choice(&O::tls_client_auth, Auths{{"require", TlsClientAuth::kRequire}, {"request", TlsClientAuth::kRequest}}),
        "Whether clients must show a certificate of tls-client-ca-file, or may."},
       {&kTls, "tls-reload-interval", Duration(&O::tls_reload_interval, absl::Milliseconds(100), absl::Hours(1)),
        "How often the files are looked at. New ones that are good are used for new connections; of others the log "
        "tells, and those before them stay in use."},
       {&kTls, "tls-expiry-warning", Duration(&O::tls_expiry_warning, absl::ZeroDuration(), absl::Hours(8760)),
        "So long before its certificate expires, or in the last quarter of its life if that is shorter, the server "
        "warns."}});
}

void AppendAccess(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kAccess, "auth-policy-file", Text("path", &O::auth_policy_file),
        "File in JSON that says which callers may do what; see SECURITY.md. Read again when it changes. Empty: "
        "everybody "
        "may do everything."},
       {&kAccess, "allow-unauthenticated", Bool(&O::allow_unauthenticated),
        "Serve other machines without auth-policy-file. Only where something else keeps others out."},
       {&kAccess, "jwt-keys", Text("path or https URL", &O::jwt_keys, CheckKeys),
        "JWKS with the public keys that bearer tokens are verified with: a file, which is read again when it changes, "
        "or "
        "a URL. Empty: tokens are not accepted."},
       {&kAccess, "jwt-keys-ca-file", Text("path", &O::jwt_keys_ca_file),
        "File in PEM with the authorities that the certificate of the jwt-keys URL is verified against. Empty: the "
        "system's."},
       {&kAccess, "jwt-issuer", Text("text", &O::jwt_issuer), "The iss of every token."},
       {&kAccess, "jwt-audience", Text("text", &O::jwt_audience), "The aud of every token, or one of them."},
       {&kAccess, "jwt-clock-skew", Duration(&O::jwt_clock_skew, absl::ZeroDuration(), absl::Minutes(5)),
        "How far the issuer's clock may be off."},
       {&kAccess, "jwt-keys-refresh", Duration(&O::jwt_keys_refresh, absl::Seconds(1), absl::Hours(24)),
        "How often the jwt-keys URL is asked."},
       {&kAccess, "jwt-keys-min-refresh", Duration(&O::jwt_keys_min_refresh, absl::Seconds(1), absl::Hours(1)),
        "How often at most it is asked sooner, because a token names a key that is not known."},
       {&kAccess, "jwt-keys-max-age", Duration(&O::jwt_keys_max_age, absl::Seconds(1), absl::Hours(8760)),
        "How long keys stay in use that can't be had again."},
       {&kAccess, "jwt-max-bytes", Bytes(&O::jwt_max_bytes, 1 << 10, 64 << 10),
        "Longest token; max-metadata-bytes must leave room for it."},
       {&kAccess, "jwt-cache-size", Number(&O::jwt_cache_size, 0, 1'000'000),
        "How many tokens are remembered once they are verified."},
       {&kAccess, "jwt-max-failures", Number(&O::jwt_max_failures, 0, 1'000'000),
        "Tokens from one host that may prove bad once they are verified, in a second; until the next, no token from "
        "there is looked at that is not remembered. All who come through one proxy are one host. 0: any number."},
       {&kAccess, "audit-max-lines", Number(&O::audit_max_lines, 1, 100'000),
        "Denied calls of a code that are logged in a second, a line each, and beyond them the first of each caller; of "
        "more the log says how many there were. Whatever log-level is."}});
}

void AppendConnectionLimits(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kLimits, "max-connections", Number(&O::max_connections, 1, 1'000'000),
        "Most connections at once, and most who watch the server's health; more are closed as soon as they come."},
       {&kLimits, "max-connections-per-address", Number(&O::max_connections_per_address, 0, 1'000'000),
        "Most of them from one IP address. 0: any number."},
       {&kLimits, "max-metrics-connections", Number(&O::max_metrics_connections, 1, 1000),
        "Most connections at once where metrics are served; each may take 10 s."},
       {&kLimits, "max-connections-memory", Bytes(&O::max_connections_memory, int64_t{16} << 20, int64_t{64} << 30),
        "Most memory that gRPC uses for all connections together."},
       {&kLimits, "handshake-timeout", Duration(&O::handshake_timeout, absl::Milliseconds(100), absl::Minutes(1)),
        "How long a new connection may take for TLS and HTTP/2 to begin."},
       {&kLimits, "max-connection-idle", Duration(&O::max_connection_idle, absl::ZeroDuration(), absl::Hours(8760)),
        "Connections without calls are closed after so long. 0: never."},
       {&kLimits, "max-connection-age", Duration(&O::max_connection_age, absl::ZeroDuration(), absl::Hours(8760)),
        "Connections are closed after so long, so that load balancers can move clients. 0: never."},
       {&kLimits, "max-connection-age-grace", Duration(&O::max_connection_age_grace, absl::Seconds(1), absl::Hours(1)),
        "How long calls may take to end on a connection that is closed for its age."},
       {&kLimits, "keepalive-time", Duration(&O::keepalive_time, absl::Seconds(1), absl::Hours(24)),
        "A connection that is silent for so long is pinged."},
       {&kLimits, "keepalive-timeout", Duration(&O::keepalive_timeout, absl::Seconds(1), absl::Hours(1)),
        "A connection whose ping is not answered for so long is closed."},
       {&kLimits, "min-ping-interval", Duration(&O::min_ping_interval, absl::Seconds(1), absl::Hours(1)),
        "A client that pings more often is cut at its third ping too many."}});
}

void AppendCallLimits(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kLimits, "max-message-bytes", Bytes(&O::max_message_bytes, 16 << 10, 64 << 20), "Largest request."},
       {&kLimits, "max-request-memory", Bytes(&O::max_request_memory, 1 << 20, 1 << 30),
        "Most memory that a request may take; what it would take is known before it is parsed."},
       {&kLimits, "max-metadata-bytes", Bytes(&O::max_metadata_bytes, 4 << 10, 1 << 20),
        "Largest headers of a call, together."},
       {&kLimits, "max-concurrent-streams", Number(&O::max_concurrent_streams, 1, 1'000'000),
        "Most calls at once on one connection."},
       {&kLimits, "max-calls-per-client", Number(&O::max_calls_per_client, 0, 1'000'000),
        "Most single calls at once of one identity, or of one IP address if its callers have none, and who watch the "
        "server's health from one; most calls whose requests are not there yet, and as many again of each address. 0: "
        "any number."},
       {&kLimits, "max-requests-memory", Bytes(&O::max_requests_memory, int64_t{2} << 20, int64_t{64} << 30),
        "Most memory of requests that are under way, of all clients; half of it of one."},
       {&kLimits, "max-open-streams", Number(&O::max_open_streams, 1, 10'000), "Most imports and exports at once."},
       {&kLimits, "max-open-streams-per-client", Number(&O::max_open_streams_per_client, 1, 10'000),
        "Most of them of one identity, or of one IP address if its callers have none."},
       {&kLimits, "max-watches", Number(&O::max_watches, 1, 100'000), "Most calls of Watch at once."},
       {&kLimits, "max-watches-per-client", Number(&O::max_watches_per_client, 1, 100'000),
        "Most of them of one identity, or of one IP address if its callers have none."},
       {&kLimits, "slow-client-timeout", Duration(&O::slow_client_timeout, absl::Milliseconds(100), absl::Hours(1)),
        "How long a client may take to send a request, to receive an answer, or to do what an import or an export "
        "waits for."}});
}

void AppendWork(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kWritesAndReads, "lanes", Number(&O::lanes, 1, 64), "Threads that write, each with its connection."},
       {&kWritesAndReads, "max-waiting-writes", Number(&O::max_waiting_writes, 1, 1'000'000),
        "Most commands that wait for a lane; more are refused, of the caller who has most waiting."},
       {&kWritesAndReads, "max-batch-commands", Number(&O::max_batch_commands, 1, 10'000),
        "Most commands in one transaction."},
       {&kWritesAndReads, "max-batch-skus", Number(&O::max_batch_skus, 1, 100'000),
        "No more commands join a transaction that locks so many SKUs."},
       {&kWritesAndReads, "read-connections", Number(&O::read_connections, 1, 256),
        "Threads that read, each with its connection."},
       {&kWritesAndReads, "max-waiting-reads", Number(&O::max_waiting_reads, 1, 1'000'000),
        "Most reads that wait for a thread, lists apart; more are refused, of the caller who has most waiting."},
       {&kWritesAndReads, "availability-cache", Bytes(&O::availability_cache, 0, int64_t{64} << 30),
        "Memory for stock that GetAvailability has read. It is used while nothing has changed, which each answer asks "
        "the database first. 0: none."},
       {&kWritesAndReads, "read-database-url", Text("URL", &O::read_database_url),
        "Replica of the database, as in database-url, that lists, the ledger and exports are read from. Its password "
        "is "
        "that of database-url. Empty: none."},
       {&kWritesAndReads, "max-staleness", Duration(&O::max_staleness, absl::Milliseconds(500), absl::Hours(1)),
        "While the replica may be older than this it is not read from."},
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
        "How long movements are kept; older ones give way to a balance forward of each level. 0: for ever."},
       {&kEvents, "event-retention", Duration(&O::event_retention, absl::Minutes(1), absl::Hours(87600)),
        "How long events are kept for those who watch and come back later."},
       {&kEvents, "event-poll-interval", Duration(&O::event_poll_interval, absl::Milliseconds(10), absl::Seconds(10)),
        "Pause between looks for what other servers have committed, while somebody watches."},
       {&kEvents, "event-buffer", Bytes(&O::event_buffer, 1 << 20, int64_t{16} << 30),
        "How much of the newest events is kept in memory while somebody watches; whoever falls further behind is "
        "cut."},
       {&kEvents, "event-feed-url", Text("URL", &O::event_feed_url),
        "Where all events are posted as batches of CloudEvents, an http or https URL. Empty: nowhere."},
       {&kEvents, "event-feed-id", Text("text", &O::event_feed_id),
        "Name of the feed, under which is stored how far it has got; all servers that have the same share its work."},
       {&kEvents, "event-feed-secret", Text("path", &O::event_feed_secret),
        "File whose lines, of 16 bytes or more, are secrets that what is posted is signed with. Empty: not signed."},
       {&kEvents, "event-feed-ca-file", Text("path", &O::event_feed_ca_file),
        "File in PEM with the authorities that the receiver's certificate is verified against. Empty: the system's."},
       {&kEvents, "event-feed-batch", Number(&O::event_feed_batch, 1, 10'000), "Most events in one post."},
       {&kEvents, "event-feed-timeout", Duration(&O::event_feed_timeout, absl::Milliseconds(100), absl::Minutes(10)),
        "How long a post may take."},
       {&kEvents, "event-feed-lease", Duration(&O::event_feed_lease, absl::Seconds(1), absl::Hours(1)),
        "After so long without a word another server goes on with the feed; must exceed event-feed-timeout."}});
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

void AppendTraces(std::vector<Option>& table) {
  using O = ServerOptions;
  table.insert(
      table.end(),
      {{&kTraces, "otlp-endpoint", Text("URL", &O::otlp_endpoint),
        "Base URL of an OTLP receiver over HTTP, as http://localhost:4318, to whose /v1/traces traces are posted. "
        "Empty: they are not exported."},
       {&kTraces, "otlp-headers-file", Text("path", &O::otlp_headers_file),
        "File with headers of these posts, a line \"name: value\" each, such as a token. Empty: none."},
       {&kTraces, "otlp-ca-file", Text("path", &O::otlp_ca_file),
        "File in PEM with the authorities that the receiver's certificate is verified against. Empty: the system's."},
       {&kTraces, "otlp-timeout", Duration(&O::otlp_timeout, absl::Milliseconds(100), absl::Minutes(1)),
        "How long a post may take, and once more as long what is left when the server stops."},
       {&kTraces, "trace-ratio", Ratio(&O::trace_ratio),
        "How many are exported of the calls that bring no traceparent, which says whether they are."}});
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
    AppendTls(*made);
    AppendAccess(*made);
    AppendConnectionLimits(*made);
    AppendCallLimits(*made);
    AppendWork(*made);
    AppendLowStock(*made);
    AppendTraces(*made);
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
