// What one call may do.
#ifndef INVENTORY_SERVER_AUTH_PERMIT_H_
#define INVENTORY_SERVER_AUTH_PERMIT_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/auth/grant.h"
#include "server/auth/requirement.h"

namespace inventory::pipeline {
class Guard;
}

namespace inventory::auth {

// A call is checked in steps, each as early as what it needs is known: the role, the request, the rows of a command or
// the response of a read. One grant must cover the whole call, so each step leaves those that still do. A refusal is
// PERMISSION_DENIED, reason ROLE_REQUIRED {role} or OUT_OF_SCOPE, and tells no more than the caller has said. A value.
class Permit {
 public:
  // For everything: authorisation is off.
  Permit() = default;

  // For an RPC, if one of the caller's grants has its role. `requirement` is of Requirements().
  static absl::StatusOr<Permit> For(std::shared_ptr<const Caller> caller, const Requirement& requirement);

  // Checks a request, or one message of a stream of them, and keeps the grants that reach what it names.
  absl::StatusOr<Permit> ForRequest(const google::protobuf::Message& request) const;

  // What the call's commands are judged by; null if there is nothing to judge.
  std::shared_ptr<const pipeline::Guard> guard() const { return guard_; }

  // Whether the call's response must be checked before it is sent.
  bool checks_response() const { return checks_response_; }
  absl::Status CheckResponse(const google::protobuf::Message& response) const;

 private:
  using Grants = std::vector<const Grant*>;

  // Sets what follows from grants_.
  void Conclude();

  std::shared_ptr<const Caller> caller_;
  const Requirement* requirement_ = nullptr;
  Grants grants_;
  bool checks_request_ = false;
  bool checks_response_ = false;
  std::shared_ptr<const pipeline::Guard> guard_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_PERMIT_H_
