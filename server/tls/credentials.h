// What the server shows and trusts in TLS.
#ifndef INVENTORY_SERVER_TLS_CREDENTIALS_H_
#define INVENTORY_SERVER_TLS_CREDENTIALS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inventory::tls {

// Paths of files in PEM.
struct Files {
  std::string certificate;  // The server's, followed by those between it and its authority.
  std::string key;
  std::string client_ca;  // Authorities of clients' certificates. Empty: none.
};

// The files' contents.
struct Texts {
  std::string certificate;
  std::string key;
  std::string client_ca;

  bool operator==(const Texts&) const = default;
};

// Contents that have been checked together, and what is known of the server's certificate.
struct Credentials {
  Texts texts;
  std::string subject;
  absl::Time not_before;
  absl::Time not_after;
};

// A time as logs and errors show it: RFC 3339, in UTC, to the second.
std::string Show(absl::Time time);

// Reads the files. NOT_FOUND or FAILED_PRECONDITION names the file that is missing, unreadable, empty, or larger than
// 1 MiB.
absl::StatusOr<Texts> ReadFiles(const Files& files);

// Checks that TLS would work with them at `now`: all of every file can be parsed, the key belongs to the first
// certificate, the second one, if any, has issued it, it is for servers and valid now, its key is long enough, and one
// of the clients' authorities is valid. INVALID_ARGUMENT says in which file what is wrong; nothing of the key is in it.
absl::StatusOr<Credentials> Check(const Files& files, Texts texts, absl::Time now);

}  // namespace inventory::tls

#endif  // INVENTORY_SERVER_TLS_CREDENTIALS_H_
