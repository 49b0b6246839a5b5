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

  // Start and stop.
  bool migrate_on_start = true;                       // Default true.
  bool require_durable = false;                       // Default false.
  absl::Duration drain_delay = absl::ZeroDuration();  // Default 0.
  absl::Duration shutdown_grace = absl::Seconds(20);  // Default 20s.

  // Serving.
  std::string listen = "127.0.0.1:50051";                       // Default 127.0.0.1:50051.
  std::string metrics_listen = "127.0.0.1:9464";                // Default 127.0.0.1:9464; empty is off.
  bool reflection = true;                                       // Default true.
  bool channelz = false;                                        // Default false.
  int grpc_threads = 0;                                         // Default 0: one a core.
  absl::Duration default_deadline = absl::Seconds(10);          // Default 10s.
  int max_message_bytes = 4 << 20;                              // Default 4MiB.
  int max_concurrent_streams = 1000;                            // Default 1000, of each connection.
  std::size_t max_connections_memory = std::size_t{256} << 20;  // Default 256MiB, of all connections.
  absl::Duration max_connection_age = absl::Minutes(30);        // Default 30m; 0 is for ever.
  absl::Duration max_connection_age_grace = absl::Seconds(30);  // Default 30s.
  absl::Duration keepalive_time = absl::Seconds(60);            // Default 60s.
  absl::Duration keepalive_timeout = absl::Seconds(20);         // Default 20s.

  // Writes and reads.
  int lanes = 3;                          // Default 3.
  std::size_t max_waiting_writes = 2000;  // Default 2000.
  std::size_t max_batch_commands = 256;   // Default 256.
  std::size_t max_batch_skus = 1000;      // Default 1000.
  int read_connections = 4;               // Default 4.
  std::size_t max_waiting_reads = 10000;  // Default 10000.

  // Holds and requests.
  absl::Duration hold_ttl = absl::Minutes(15);              // Default 15m.
  absl::Duration max_hold_ttl = absl::Hours(168);           // Default 168h.
  absl::Duration request_id_retention = absl::Hours(168);   // Default 168h.
  absl::Duration sweep_interval = absl::Milliseconds(250);  // Default 250ms.

  // Ledger.
  absl::Duration movement_retention = absl::ZeroDuration();  // Default 0: for ever.

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
