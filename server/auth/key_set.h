// The public keys that tokens are verified with.
#ifndef INVENTORY_SERVER_AUTH_KEY_SET_H_
#define INVENTORY_SERVER_AUTH_KEY_SET_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace inventory::auth {

// One key. Its type alone decides by which algorithm a token of it is signed. Thread-safe.
class Key {
 public:
  // A key of a JWKS: RSA of 2048 to 8192 bits for RS256, EC on P-256 for ES256, or OKP on Ed25519 for EdDSA.
  // INVALID_ARGUMENT for others, and for those that say that they are not for signatures or for another algorithm. Only
  // the numbers of the public key are read: neither certificates nor URLs.
  static absl::StatusOr<Key> Parse(const nlohmann::json& jwk);

  // "RS256".
  std::string_view algorithm() const { return algorithm_; }

  // Whether `token`, of three parts, is signed by the key with its algorithm. Nothing in the token says how.
  bool Verifies(const std::string& token) const;

 private:
  struct Handle;

  Key(std::string_view algorithm, std::shared_ptr<const Handle> handle)
      : algorithm_(algorithm), handle_(std::move(handle)) {}

  std::string_view algorithm_;
  std::shared_ptr<const Handle> handle_;
};

// The keys of a JWKS by their ids. Thread-safe.
class KeySet {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 10;
  static constexpr std::size_t kMaxKeys = 100;

  // The keys that can be used; others are left out, as a set may hold keys for other purposes. INVALID_ARGUMENT if
  // there are none, if two have one id, or if the text is too long or no JWKS.
  static absl::StatusOr<KeySet> Parse(std::string_view jwks);

  // The key of this id; that of an empty id is the only one of the set. Null if there is none.
  const Key* Find(const std::string& id) const;

  std::size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, Key> keys_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_KEY_SET_H_
