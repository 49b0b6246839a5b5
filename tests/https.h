// Calls of HTTPS servers, for tests.
#ifndef INVENTORY_TESTS_HTTPS_H_
#define INVENTORY_TESTS_HTTPS_H_

#include <string>

namespace inventory {

// Paths of files in PEM.
struct HttpsCaller {
  std::string authority;    // Whose certificates the caller trusts.
  std::string certificate;  // The caller's own. Empty: none.
  std::string key;
  bool only_old_tls = false;  // TLS 1.1 at most.
};

// The body of what a server on 127.0.0.1 answers to a GET, or "curl: " and why there is none.
std::string HttpsGet(int port, const std::string& path, const HttpsCaller& caller);

}  // namespace inventory

#endif  // INVENTORY_TESTS_HTTPS_H_
