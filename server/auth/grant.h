// What a caller is allowed.
#ifndef INVENTORY_SERVER_AUTH_GRANT_H_
#define INVENTORY_SERVER_AUTH_GRANT_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace inventory::auth {

// A seller and an operator may do what a reader may, an admin may do everything, and anyone is also who has shown no
// identity.
enum class Role { kAnyone, kReader, kSeller, kOperator, kAdmin };

// "reader"; for messages and the policy file.
std::string_view NameOf(Role role);

// Whether who has a role may do what needs another.
bool Includes(Role has, Role needed);

// The warehouses or the channels of a grant. None: all of them.
using Scope = std::optional<std::set<std::string>>;

// A role, within warehouses and channels.
struct Grant {
  Role role = Role::kAnyone;
  Scope warehouses = {};
  Scope channels = {};

  bool operator==(const Grant&) const = default;
};

// Who a caller has shown to be, and by what.
struct Identity {
  enum class Source { kNone, kCertificate, kToken };

  // "spiffe://trust.example/path" or "dns:host.example" by certificate, "jwt:subject" by token, at most kMaxNameBytes;
  // empty if the caller has shown nothing. The forms can't be mistaken for each other.
  std::string name = {};
  Source source = Source::kNone;
};

// What the ledger and the request records keep of a caller.
inline constexpr std::size_t kMaxNameBytes = 255;

// "certificate"; for logs.
std::string_view NameOf(Identity::Source source);

// An identity with all that the policy grants it.
struct Caller {
  Identity identity;
  std::vector<Grant> grants;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_GRANT_H_
