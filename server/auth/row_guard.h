// Grants against rows.
#ifndef INVENTORY_SERVER_AUTH_ROW_GUARD_H_
#define INVENTORY_SERVER_AUTH_ROW_GUARD_H_

#include <memory>
#include <utility>
#include <vector>

#include "server/auth/grant.h"
#include "server/auth/requirement.h"
#include "server/pipeline/guard.h"

namespace inventory::auth {

// PERMISSION_DENIED, reason OUT_OF_SCOPE: none of the caller's grants covers `what`.
absl::Status OutOfScope(std::string_view what);

// Judges commands by the warehouses and channels of the documents they work on, and of the levels they change. A
// transfer is its destination's once it is under way. Thread-safe.
class RowGuard final : public pipeline::Guard {
 public:
  // The caller owns the grants; one of them must cover all.
  RowGuard(std::shared_ptr<const Caller> caller, std::vector<const Grant*> grants, const Requirement& requirement)
      : caller_(std::move(caller)), grants_(std::move(grants)), requirement_(requirement) {}

  absl::Status CheckRows(const pipeline::Needs& needs, const pipeline::Rows& rows) const override;
  absl::Status CheckMovements(const pipeline::Needs& needs, const pipeline::Rows& rows,
                              const std::vector<const storage::MovementRecord*>& movements) const override;

 private:
  bool Covers(const Grant& grant, const pipeline::Needs& needs, const pipeline::Rows& rows) const;

  const std::shared_ptr<const Caller> caller_;
  const std::vector<const Grant*> grants_;
  const Requirement& requirement_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_ROW_GUARD_H_
