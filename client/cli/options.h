// The options that every command takes, and where their values come from: a flag wins over its environment variable,
// which wins over the profile, which wins over the default. A profile that --profile names wins over the environment:
// who asks for a profile must not reach another server.
#ifndef INVENTORY_CLIENT_CLI_OPTIONS_H_
#define INVENTORY_CLIENT_CLI_OPTIONS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/arguments.h"
#include "client/cli/session.h"
#include "inventory/client/options.h"

namespace inventory::cli {

const std::vector<Argument>& Options();

// The environment variable of an option: INVENTORY_TLS_CA of "tls-ca". Empty if it has none.
std::string VariableOf(const std::string& option);

using Environment = std::function<std::optional<std::string>(const std::string& variable)>;

struct Settings {
  std::vector<std::string> addresses;  // Default 127.0.0.1:50051.
  std::string tls_ca;                  // Path; empty: the authorities of the system.
  std::string tls_cert;                // Path; empty: none.
  std::string tls_key;                 // Path; empty: none.
  std::string tls_server_name;         // Empty: the address's host.
  std::string token_file;              // Path; empty: no token.
  bool plaintext = false;              // Default: whether all addresses are of this machine and no TLS option is given.
  absl::Duration timeout;              // Default 10s.
  std::optional<OutputFormat> output;  // Default: unset.
  std::string request_id;              // Default: empty.
};

// Merges flags, environment and profile. INVALID_ARGUMENT has a line for each value that is wrong.
absl::StatusOr<Settings> Resolve(const Arguments& flags, const Environment& environment);

// What the client library is to do. As ssh does, a token or key file that others can read is refused:
// PERMISSION_DENIED. The token is read and its file checked here, and again for each attempt, so that a renewed one is
// used; what is no regular file, as a pipe, is read only here.
absl::StatusOr<client::ConnectionOptions> ConnectionOptionsOf(const Settings& settings);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_OPTIONS_H_
