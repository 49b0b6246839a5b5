// Signed tokens for tests, good and bad.
#ifndef INVENTORY_TESTS_TOKEN_ISSUER_H_
#define INVENTORY_TESTS_TOKEN_ISSUER_H_

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace inventory {

// A private key that signs tokens, by OpenSSL: nothing here is shared with what verifies them.
class TokenIssuer {
 public:
  enum class Kind { kRsa, kShortRsa, kP256, kP384, kEd25519 };

  // A new key with this id.
  TokenIssuer(Kind kind, std::string kid);

  // The public key for a JWKS.
  nlohmann::json jwk() const;
  std::string PublicPem() const;
  std::string algorithm() const;
  const std::string& kid() const { return kid_; }

  // {"alg": ..., "kid": ..., "typ": "JWT"}
  nlohmann::json header() const;

  // A token with this payload, and with this header, which may say anything.
  std::string Sign(const nlohmann::json& payload) const { return Sign(header(), payload); }
  std::string Sign(const nlohmann::json& header, const nlohmann::json& payload) const;
  std::string SignText(const std::string& header, const std::string& payload) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };

  std::string Signature(const std::string& text) const;

  const Kind kind_;
  const std::string kid_;
  std::unique_ptr<EVP_PKEY, Free> key_;
};

// The text of a JWKS.
std::string Jwks(const std::vector<nlohmann::json>& keys);

std::string Base64Url(const std::string& bytes);

// A token signed by HS256 with a secret.
std::string SignWithSecret(const std::string& secret, const nlohmann::json& header, const nlohmann::json& payload);

}  // namespace inventory

#endif  // INVENTORY_TESTS_TOKEN_ISSUER_H_
