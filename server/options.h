// How the server is started: commands, options and where their values come from.
#ifndef INVENTORY_SERVER_OPTIONS_H_
#define INVENTORY_SERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/logging.h"
#include "storage/connection.h"

namespace inventory::server {

// Whether callers must show a certificate of tls_client_ca_file, or may.
enum class TlsClientAuth { kRequire, kRequest };

// How metrics are served: over HTTP, over HTTPS, or over HTTPS to whoever shows a certificate of tls_client_ca_file.
enum class MetricsTls { kOff, kOn, kMutual };

// What the options set, within their ranges. The table in options/table.cc has names, ranges and meanings.
struct ServerOptions {
  // Configuration.
  std::string config;  // Path. Default empty: no file.

  // Database.
  std::string database_url;            // Default empty: a private database under data_dir.
  std::string database_password_file;  // Path. Default empty: the password is in the environment, or there is none.
  std::string data_dir;                // Default per user; filled in when parsed.
  std::string mariadbd;                // Path of a program. Default empty: searched.
  // How the database of database_url is reached, with its password. If database_url is empty, only the timeouts count.
  storage::DatabaseOptions database;

  // A replica of the database for lists and exports.
  std::string read_database_url;                    // Default empty: none.
  absl::Duration max_staleness = absl::Seconds(5);  // Default 5s.
  storage::DatabaseOptions read_database;           // Of read_database_url; filled in when parsed.

  // Start and stop.
  bool migrate_on_start = true;                       // Default true.
  bool require_durable = false;                       // Default false.
  absl::Duration drain_delay = absl::ZeroDuration();  // Default 0.
  absl::Duration shutdown_grace = absl::Seconds(20);  // Default 20s.

  // Serving.
  std::string listen = "127.0.0.1:50051";               // Default 127.0.0.1:50051.
  std::string metrics_listen = "127.0.0.1:9464";        // Default 127.0.0.1:9464; empty is off.
  bool allow_plaintext = false;                         // Default false.
  bool metrics_allow_plaintext = false;                 // Default false.
  bool reflection = true;                               // Default true.
  bool channelz = false;                                // Default false.
  MetricsTls metrics_tls = MetricsTls::kOff;            // Default off.
  int grpc_threads = 0;                                 // Default 0: one for each two cores, 1 to 16.
  absl::Duration default_deadline = absl::Seconds(10);  // Default 10s.
  absl::Duration max_deadline = absl::Minutes(5);       // Default 5m.

  // TLS.
  std::string tls_cert_file;                                // Path. Default empty: no TLS.
  std::string tls_key_file;                                 // Path. Default empty: no TLS.
  std::string tls_client_ca_file;                           // Path. Default empty: clients are not asked for one.
  absl::Duration tls_reload_interval = absl::Seconds(10);   // Default 10s.
  absl::Duration tls_expiry_warning = absl::Hours(168);     // Default 168h.
  TlsClientAuth tls_client_auth = TlsClientAuth::kRequire;  // Default require.

  // Authentication and authorisation.
  std::string auth_policy_file;                             // Path. Default empty: everybody may do everything.
  std::string jwt_keys;                                     // Path or URL. Default empty: tokens are not accepted.
  std::string jwt_keys_ca_file;                             // Path. Default empty: the system's authorities.
  std::string jwt_issuer;                                   // Default empty; needed with jwt_keys.
  std::string jwt_audience;                                 // Default empty; needed with jwt_keys.
  absl::Duration jwt_clock_skew = absl::Seconds(30);        // Default 30s.
  absl::Duration jwt_keys_refresh = absl::Minutes(5);       // Default 5m.
  absl::Duration jwt_keys_min_refresh = absl::Seconds(10);  // Default 10s.
  absl::Duration jwt_keys_max_age = absl::Hours(24);        // Default 24h.
  bool allow_unauthenticated = false;                       // Default false.
  int jwt_max_bytes = 8 << 10;                              // Default 8KiB.
  int audit_max_lines = 100;                                // Default 100, a second.
  int jwt_max_failures = 1000;                              // Default 1000, of one host in a second. 0: any number.
  std::size_t jwt_cache_size = 10000;                       // Default 10000.

  // Limits of callers.
  int max_message_bytes = 4 << 20;                              // Default 4MiB.
  int max_metadata_bytes = 16 << 10;                            // Default 16KiB.
  int max_concurrent_streams = 1000;                            // Default 1000, of each connection.
  int max_calls_per_client = 1000;                              // Default 1000; 0 is any number.
  std::size_t max_request_memory = std::size_t{32} << 20;       // Default 32MiB.
  std::size_t max_requests_memory = std::size_t{256} << 20;     // Default 256MiB.
  std::size_t max_open_streams = 16;                            // Default 16.
  std::size_t max_open_streams_per_client = 8;                  // Default 8.
  std::size_t max_watches = 1000;                               // Default 1000.
  std::size_t max_watches_per_client = 100;                     // Default 100.
  std::size_t max_connections = 10000;                          // Default 10000.
  std::size_t max_connections_per_address = 1000;               // Default 1000.
  std::size_t max_metrics_connections = 16;                     // Default 16.
  std::size_t max_connections_memory = std::size_t{256} << 20;  // Default 256MiB, of all connections.
  absl::Duration handshake_timeout = absl::Seconds(5);          // Default 5s.
  absl::Duration max_connection_idle = absl::Minutes(5);        // Default 5m; 0 is for ever.
  absl::Duration slow_client_timeout = absl::Minutes(1);        // Default 1m.
  absl::Duration min_ping_interval = absl::Seconds(9);          // Default 9s.
  absl::Duration max_connection_age = absl::Minutes(30);        // Default 30m; 0 is for ever.
  absl::Duration max_connection_age_grace = absl::Seconds(30);  // Default 30s.
  absl::Duration keepalive_time = absl::Seconds(60);            // Default 60s.
  absl::Duration keepalive_timeout = absl::Seconds(20);         // Default 20s.

  // Writes and reads.
  int lanes = 3;                          // Default 3.
  int read_connections = 4;               // Default 4.
  std::size_t max_waiting_writes = 2000;  // Default 2000.
  std::size_t max_batch_commands = 256;   // Default 256.
  std::size_t max_batch_skus = 1000;      // Default 1000.
  std::size_t max_waiting_reads = 10000;  // Default 10000.
  // Default 32 MiB; 0: nothing is kept.
  std::size_t availability_cache = std::size_t{32} << 20;

  // Holds and requests.
  absl::Duration hold_ttl = absl::Minutes(15);              // Default 15m.
  absl::Duration max_hold_ttl = absl::Hours(168);           // Default 168h.
  absl::Duration request_id_retention = absl::Hours(168);   // Default 168h.
  absl::Duration sweep_interval = absl::Milliseconds(250);  // Default 250ms.

  // Ledger.
  absl::Duration movement_retention = absl::ZeroDuration();  // Default 0: for ever.

  // Events.
  absl::Duration event_retention = absl::Hours(72);             // Default 72h.
  absl::Duration event_poll_interval = absl::Milliseconds(25);  // Default 25ms.
  std::size_t event_buffer = std::size_t{64} << 20;             // Default 64MiB.
  std::string event_feed_url;                                   // Default empty: events are posted nowhere.
  std::string event_feed_id = "default";                        // Default default.
  std::string event_feed_secret;                                // Path. Default empty: posts are not signed.
  std::string event_feed_ca_file;                               // Path. Default empty: the system's authorities.
  int event_feed_batch = 100;                                   // Default 100.
  absl::Duration event_feed_timeout = absl::Seconds(10);        // Default 10s.
  absl::Duration event_feed_lease = absl::Seconds(30);          // Default 30s.

  // Low stock.
  int low_stock_threads = 4;                                    // Default 4.
  absl::Duration low_stock_timeout = absl::Seconds(10);         // Default 10s.
  absl::Duration low_stock_lease = absl::Seconds(30);           // Default 30s.
  int low_stock_max_attempts = 20;                              // Default 20.
  absl::Duration low_stock_backoff = absl::Seconds(1);          // Default 1s.
  absl::Duration low_stock_max_backoff = absl::Hours(1);        // Default 1h.
  absl::Duration low_stock_event_retention = absl::Hours(720);  // Default 720h.
  std::string webhook_hosts;                                    // Default empty: any.
  std::string webhook_private_networks;                         // Default empty: none.
  std::string webhook_secrets;                                  // Path. Default empty: no secrets.
  std::string webhook_ca_file;                                  // Path. Default empty: the system's authorities.

  // Traces.
  std::string otlp_endpoint;                       // URL. Default empty: traces are not exported.
  std::string otlp_headers_file;                   // Path. Default empty: no headers.
  std::string otlp_ca_file;                        // Path. Default empty: the system's authorities.
  absl::Duration otlp_timeout = absl::Seconds(5);  // Default 5s.
  double trace_ratio = 0.01;                       // Default 0.01.

  // Logs.
  LogFormat log_format = LogFormat::kText;  // Default text.
  LogLevel log_level = LogLevel::kInfo;     // Default info.
};

// What only the command verify takes.
struct VerifyOptions {
  bool repair = false;     // Default false.
  std::string sku_prefix;  // Default empty: all SKUs.
};

enum class Command { kServe, kMigrate, kVerify, kVersion };

struct CommandLine {
  Command command = Command::kServe;
  // If not empty, print it to standard output and exit with 0; nothing else counts.
  std::string help;
  ServerOptions server;
  VerifyOptions verify;
};

// What the process ends with when ParseCommandLine fails.
inline constexpr int kUsageExitCode = 2;

// Reads the command and its options. A flag wins over the environment, which wins over the file of --config, which wins
// over the default. INVALID_ARGUMENT names everything that is wrong, one line each; no password is in it.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

// All options as Markdown, for the README.
std::string OptionsTable();

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_OPTIONS_H_
