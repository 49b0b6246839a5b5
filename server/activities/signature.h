// How a webhook proves that it comes from this service.
//
// The header `Inventory-Signature: t=<time>,v1=<hex>[,v1=<hex>...]` has the moment of the attempt, in seconds since
// 1970, and for each secret of the webhook the lower-case hexadecimal HMAC-SHA256, under that secret, of the bytes
//
//   <time> "." <body>
//
// A receiver takes the body as it came, before it parses anything, computes the HMAC with its secret, accepts if one of
// the v1 equals it (compared in constant time), and refuses a time more than five minutes off, so that a call that
// somebody has recorded can't be repeated. Elements of other names are to be ignored.
#ifndef INVENTORY_SERVER_ACTIVITIES_SIGNATURE_H_
#define INVENTORY_SERVER_ACTIVITIES_SIGNATURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inventory::activities {

// The value of the header.
std::string Sign(std::string_view body, absl::Time time, const std::vector<std::string>& secrets);

// True for a name that ReadSecrets takes: 1 to 64 of [A-Za-z0-9._-], neither beginning with a dot nor ending in
// ".hosts".
bool IsSecretName(std::string_view name);

// The secrets of this name, to sign calls to `host` with: the lines, of at least 16 bytes each, of the file of that
// name in the folder, as Kubernetes mounts its Secrets. Two lines let receivers change over from one to the other. The
// file "<name>.hosts" beside it says which hosts may be called with them, as Hosts::Parse takes them, one or more a
// line: whoever writes rules may name any secret, and must not be able to have another receiver's calls signed for a
// host of his own. Both are read for every call, so that a change counts at once. FAILED_PRECONDITION, whose message
// has the name only, if there are none for the host.
//
// Rules name a secret rather than hold it: what they hold is in the database, its backups, and in the answer to
// everyone who may read rules.
absl::StatusOr<std::vector<std::string>> ReadSecrets(const std::string& folder, const std::string& name,
                                                     std::string_view host);

// The secrets in the file: its lines, of at least 16 bytes each. FAILED_PRECONDITION if there are none; the message
// does not have the path.
absl::StatusOr<std::vector<std::string>> ReadSecretFile(const std::string& path);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_SIGNATURE_H_
