// Who is granted what.
#ifndef INVENTORY_SERVER_AUTH_POLICY_H_
#define INVENTORY_SERVER_AUTH_POLICY_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/auth/grant.h"

namespace inventory::auth {

// Bindings of identities, and of what tokens claim, to grants, from a file in JSON:
//
//   {"bindings": [
//     {"identity": "spiffe://shop.example/checkout", "role": "seller", "channels": ["web-eu"]},
//     {"identity": "spiffe://shop.example/warehouses/berlin/*", "role": "operator", "warehouses": ["ber-1"]},
//     {"identity": "dns:*.reports.shop.example", "role": "reader"},
//     {"claim": "/groups", "value": "inventory-admins", "role": "admin"}
//   ]}
//
// `identity` is a whole name (see Identity), or all below a path of a SPIFFE id (".../*"), or all below a domain
// ("dns:*.domain"). `claim` is a JSON pointer into a token's claims: the binding holds if there is `value`, or a list
// with it; the claim /scope is a list of words in one text. `warehouses` and `channels` limit the grant; without them
// it is for all. A caller has the grants of every binding that holds. Immutable.
class Policy {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  static constexpr std::size_t kMaxBindings = 10'000;
  static constexpr std::size_t kMaxScope = 10'000;  // Ids of one binding.

  // INVALID_ARGUMENT says where in the text what is wrong: what is not known is an error too.
  static absl::StatusOr<Policy> Parse(std::string_view text);

  // The caller of this identity with all grants. `claims` are those of its token; null if it has none.
  Caller Judge(const Identity& identity, const nlohmann::json* claims) const;

  std::size_t size() const { return size_; }

 private:
  struct ClaimBinding {
    nlohmann::json::json_pointer claim;
    bool is_words;  // The claim is a list of words in one text.
    std::string value;
    Grant grant;
  };

  absl::Status Add(const nlohmann::json& binding);
  void AddIdentity(const std::string& name, Grant grant);

  std::size_t size_ = 0;
  std::multimap<std::string, Grant, std::less<>> exact_;
  std::vector<std::pair<std::string, Grant>> below_;         // "spiffe://shop.example/warehouses/".
  std::vector<std::pair<std::string, Grant>> below_domain_;  // ".reports.shop.example".
  std::vector<ClaimBinding> claims_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_POLICY_H_
