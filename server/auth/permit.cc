#include "server/auth/permit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/auth/row_guard.h"
#include "server/errors.h"

namespace inventory::auth {
namespace {

using By = Confinement::By;

bool IsConfined(const Grant& grant) { return grant.warehouses || grant.channels; }

// Whether the RPC can be held to the scope at all.
bool Reaches(const Scope& scope, const Confinement& confinement) { return !scope || confinement.by != By::kNothing; }

// Whether the scope covers what the message names.
bool Covers(const Scope& scope, const Confinement& confinement, const google::protobuf::Message& message) {
  if (!scope) return true;
  int named = 0;
  int covered = 0;
  for (const FieldPath& field : confinement.fields) {
    ForEachText(message, field, [&](const std::string& id) {
      ++named;
      covered += scope->contains(id) ? 1 : 0;
    });
  }
  // Rows tell what the request leaves out.
  if (named == 0) return confinement.by == By::kRows || confinement.by == By::kShared;
  return confinement.any ? covered > 0 : covered == named;
}

// Where a request or a response is judged.
bool IsOfRequest(const Confinement& confinement) { return confinement.by != By::kResponse; }
bool IsOfResponse(const Confinement& confinement) { return confinement.by == By::kResponse; }

absl::Status RoleRequired(Role role) {
  const std::string name(NameOf(role));
  return Refusal(absl::StatusCode::kPermissionDenied, "ROLE_REQUIRED",
                 absl::StrCat("the call needs the role ", name, ", or admin, which the caller does not have"),
                 {{"role", name}});
}

absl::Status ScopeTooNarrow() {
  return Refusal(absl::StatusCode::kPermissionDenied, "SCOPE_NOT_SUPPORTED",
                 "the caller's grants are within warehouses or channels, which this call can't be held to; it needs a "
                 "grant for all of them");
}

}  // namespace

absl::StatusOr<Permit> Permit::For(std::shared_ptr<const Caller> caller, const Requirement& requirement) {
  Permit permit;
  bool has_role = false;
  for (const Grant& grant : caller->grants) {
    if (!Includes(grant.role, requirement.role)) continue;
    has_role = true;
    if (!Reaches(grant.warehouses, requirement.warehouses) || !Reaches(grant.channels, requirement.channels)) continue;
    permit.grants_.push_back(&grant);
  }
  if (permit.grants_.empty()) return has_role ? ScopeTooNarrow() : RoleRequired(requirement.role);
  permit.caller_ = std::move(caller);
  permit.requirement_ = &requirement;
  permit.Conclude();
  return permit;
}

void Permit::Conclude() {
  guard_ = nullptr;
  const bool confined =
      std::all_of(grants_.begin(), grants_.end(), [](const Grant* grant) { return IsConfined(*grant); });
  checks_request_ = confined || !requirement_->admin_fields.empty();
  checks_response_ = confined && (IsOfResponse(requirement_->warehouses) || IsOfResponse(requirement_->channels));
  if (confined && requirement_->role != Role::kReader) {
    guard_ = std::make_shared<RowGuard>(caller_, grants_, *requirement_);
  }
}

absl::StatusOr<Permit> Permit::ForRequest(const google::protobuf::Message& request) const {
  if (!checks_request_) return *this;
  const auto fills = [&](const FieldPath& field) { return IsFilled(request, field); };
  const bool as_admin = std::any_of(requirement_->admin_fields.begin(), requirement_->admin_fields.end(), fills);
  Permit permit = *this;
  std::erase_if(permit.grants_, [&](const Grant* grant) {
    if (as_admin) return grant->role != Role::kAdmin || IsConfined(*grant);
    return (IsOfRequest(requirement_->warehouses) && !Covers(grant->warehouses, requirement_->warehouses, request)) ||
           (IsOfRequest(requirement_->channels) && !Covers(grant->channels, requirement_->channels, request));
  });
  if (permit.grants_.empty()) {
    return as_admin ? RoleRequired(Role::kAdmin)
                    : OutOfScope("what the request names; it must name warehouses or channels of one grant");
  }
  permit.Conclude();
  return permit;
}

absl::Status Permit::CheckResponse(const google::protobuf::Message& response) const {
  const bool covered = std::any_of(grants_.begin(), grants_.end(), [&](const Grant* grant) {
    return (!IsOfResponse(requirement_->warehouses) || Covers(grant->warehouses, requirement_->warehouses, response)) &&
           (!IsOfResponse(requirement_->channels) || Covers(grant->channels, requirement_->channels, response));
  });
  return covered ? absl::OkStatus() : OutOfScope("what the call asks for");
}

}  // namespace inventory::auth
