// Documents from the issuer of tokens.
#ifndef INVENTORY_SERVER_AUTH_FETCH_H_
#define INVENTORY_SERVER_AUTH_FETCH_H_

#include <atomic>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace inventory::auth {

struct Fetch {
  std::string url;
  std::string ca_file = {};  // PEM with the authorities to trust. Empty: the system's.
  std::size_t max_bytes = 0;
};

// The document at an https URL, by GET: over verified TLS only, without proxies and redirections, within 5 s. `stop`
// ends it early. Thread-safe. INVALID_ARGUMENT if the URL is not one of https, has a user or a password; UNAVAILABLE
// for everything else that is not an answer of 200 within the limit. No message has the URL.
absl::StatusOr<std::string> Get(const Fetch& fetch, const std::atomic<bool>& stop);

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_FETCH_H_
