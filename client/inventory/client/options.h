// Options of connections and of single calls.
#ifndef INVENTORY_CLIENT_OPTIONS_H_
#define INVENTORY_CLIENT_OPTIONS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inventory/client/clock.h"

namespace inventory::client {

// How a call is repeated. Each pause is a random part, from nothing to all, of a back-off that grows by `multiplier`
// from `initial_backoff` to `max_backoff`, so that callers who fail together don't come back together. A delay that the
// server asks for comes before it. There is no attempt whose pause would end after the call's deadline.
struct RetryOptions {
  // Attempts of one call, the first included; 1 repeats nothing; 0 means as many as fit into the deadline. Default: 0.
  int max_attempts = 0;
  // More than 0, at most max_backoff. Default: 50 ms.
  absl::Duration initial_backoff = absl::Milliseconds(50);
  // Default: 5 s.
  absl::Duration max_backoff = absl::Seconds(5);
  // At least 1. Default: 2.
  double multiplier = 2;
};

// TLS towards the server. Each item comes from a file or as text in PEM, not both. If all come from files, new contents
// are taken for new connections to servers; a certificate and its key must be replaced together, as by renaming or
// linking their folder. If any is a text, files are read once, by Connect.
struct TlsOptions {
  // Authorities whose certificates are trusted. Default: those of gRPC and the system.
  std::string ca_file;
  std::string ca_pem;
  // The caller's own certificate chain and key, for servers that ask for one (mTLS). Both or neither. Default: none.
  std::string certificate_file;
  std::string certificate_pem;
  std::string key_file;
  std::string key_pem;
  // The name that the server's certificate must have. Needed with several addresses. Default: the address's host.
  std::string server_name;
  // How often files are looked at, in whole seconds, 1 s to 24 h. Default: 1 minute.
  absl::Duration reload_interval = absl::Minutes(1);
};

// Gives the token of the next attempt, without "Bearer ". Called before each, on the caller's thread or one of gRPC's:
// it must be thread-safe and quick, so keep the token and renew it in time. Its errors are the attempt's.
using TokenProvider = std::function<absl::StatusOr<std::string>()>;

// The first line of a file, without blanks around it, read for each attempt, so that a token which is renewed in place
// is used at once. For tokens that something else keeps fresh, such as Kubernetes' service accounts.
TokenProvider TokenFromFile(std::string path);

struct ConnectionOptions {
  // Where the servers are: one target ("stock.internal:50051", "dns:///stock.internal:50051" for all addresses of a
  // name, "unix:/run/inventory.sock", "ipv4:10.0.0.1:50051,10.0.0.2:50051"), or several IP addresses with ports, all
  // IPv4 or all IPv6. Calls take turns over all that answer. Required.
  std::vector<std::string> addresses;

  // Unencrypted and unauthenticated, only when asked for: whoever is on the way reads and changes everything. Excludes
  // `tls`. A proxy that the environment names (grpc_proxy, https_proxy, http_proxy) is passed by, as it is towards
  // addresses of this machine; TLS towards others goes through it. Default: false, so TLS with the authorities of the
  // system.
  bool plaintext = false;
  TlsOptions tls;

  // Default: no token.
  TokenProvider token;
  // Without it a token over plaintext is refused. For a proxy on the same host that encrypts. Default: false.
  bool send_token_over_plaintext = false;

  // Put before the library's own name, as "checkout/3.2". Default: empty.
  std::string user_agent;

  // How long a unary call may take, all attempts and pauses together, if CallOptions say nothing. More than 0.
  // Default: 30 s.
  absl::Duration timeout = absl::Seconds(30);
  RetryOptions retry;
  // Whether an attempt waits for a server to be reachable, up to its deadline, instead of failing with UNAVAILABLE and
  // being repeated. Default: false.
  bool wait_for_ready = false;

  // A connection on which nothing was heard for so long is asked for a sign of life, with or without calls; at least
  // 10 s, or servers cut it. 0: never. Default: 20 s.
  absl::Duration keepalive_interval = absl::Seconds(20);
  // ... and given up, with its calls, if none comes for so long. Default: 5 s.
  absl::Duration keepalive_timeout = absl::Seconds(5);
  // How long one attempt to reach an address may take. Default: 5 s.
  absl::Duration connect_timeout = absl::Seconds(5);

  // The largest answer that is taken, 1 byte to 2 GiB - 1. Default: 64 MiB.
  int max_response_bytes = 64 << 20;

  // For tests. `random` gives numbers from 0 up to, but not, 1, and is thread-safe. Default: the system's.
  std::shared_ptr<Clock> clock;
  std::function<double()> random;
};

// What one call wants otherwise than its connection.
struct CallOptions {
  // How long it may take, all attempts and pauses together. Default: the connection's timeout; streams have no limit.
  std::optional<absl::Duration> timeout;
  // When it must have ended, for callers with a deadline of their own to pass on. With both, the earlier counts; with
  // this alone the connection's timeout does not.
  std::optional<absl::Time> deadline;
  // Default: the connection's.
  std::optional<RetryOptions> retry;
  std::optional<bool> wait_for_ready;
  // Sent with each attempt: lower-case names and printable values, or any bytes if the name ends with "-bin".
  std::vector<std::pair<std::string, std::string>> metadata;
};

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_OPTIONS_H_
