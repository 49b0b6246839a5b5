// Who calls, and what becomes of those who may not.
#ifndef INVENTORY_SERVER_AUTH_GATE_H_
#define INVENTORY_SERVER_AUTH_GATE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "server/auth/audit.h"
#include "server/auth/grant.h"
#include "server/metrics.h"
#include "server/options.h"

namespace inventory::auth {

// Authenticates callers, by a bearer token if they send one and otherwise by the certificate of their connection, and
// keeps account of denials. What the options name is read again when it changes, on a thread of its own. Thread-safe;
// no call waits for a file or the network, except that a denied one writes its line to the log.
class Gate {
 public:
  // Reads the policy and the keys. FAILED_PRECONDITION if one of them can't be used; a URL that does not answer is no
  // reason. `metrics` must outlive the gate.
  static absl::StatusOr<std::unique_ptr<Gate>> Make(const server::ServerOptions& options, server::Metrics& metrics);

  ~Gate();

  // Whether grants count. If not, everybody may do everything, and an identity is only a name.
  bool authorizes() const;

  // Who calls. UNAUTHENTICATED, with a reason, if the caller has shown nothing or nothing valid; UNAVAILABLE while that
  // can't be told. A caller with an identity that the policy knows nothing of has no grants.
  absl::StatusOr<std::shared_ptr<const Caller>> Authenticate(const grpc::ServerContextBase& context);

  // Writes the denial to the log and counts it. `status` is PERMISSION_DENIED, or one of Authenticate.
  void Denied(const Attempt& attempt, const absl::Status& status);

 private:
  struct Parts;

  explicit Gate(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_GATE_H_
