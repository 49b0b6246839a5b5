// JSON Web Tokens.
#ifndef INVENTORY_SERVER_AUTH_TOKEN_H_
#define INVENTORY_SERVER_AUTH_TOKEN_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "server/auth/key_set.h"

namespace inventory::auth {

// What a token must be like.
struct TokenRules {
  std::string issuer;                             // Its `iss`.
  std::string audience;                           // Its `aud`, or one of them.
  absl::Duration clock_skew = absl::Seconds(30);  // How far the issuer's clock may be off.
  std::size_t max_bytes = 8 << 10;
};

// What a valid token says.
struct TokenClaims {
  std::string subject;
  absl::Time valid_from;  // With the skew: from then until `valid_until` it is valid.
  absl::Time valid_until;
  nlohmann::json all;
};

// UNAUTHENTICATED with a reason.
absl::Status Unauthenticated(std::string_view reason, std::string_view message);

// Verifies a signed token in its compact form. Checked are, in this order: its length and its form; that its header's
// `alg` is the algorithm of the key that its `kid` names; the signature; `iss`, `aud`, `exp`, `nbf`, `iat`, and that it
// has a `sub`. Keys that come with the token are never used, and a header with `crit` is refused.
//
// UNAUTHENTICATED, with one of the reasons TOKEN_..., that holds nothing of the token; TOKEN_KEY_UNKNOWN may become
// valid with other keys.
absl::StatusOr<TokenClaims> VerifyToken(const std::string& token, const KeySet& keys, const TokenRules& rules,
                                        absl::Time now);

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_TOKEN_H_
