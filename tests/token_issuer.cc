#include "tests/token_issuer.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace inventory {
namespace {

using nlohmann::json;

EVP_PKEY* MakeKey(TokenIssuer::Kind kind) {
  switch (kind) {
    case TokenIssuer::Kind::kRsa:
      return EVP_RSA_gen(2048);
    case TokenIssuer::Kind::kShortRsa:
      return EVP_RSA_gen(1024);
    case TokenIssuer::Kind::kP256:
      return EVP_EC_gen("P-256");
    case TokenIssuer::Kind::kP384:
      return EVP_EC_gen("P-384");
    case TokenIssuer::Kind::kEd25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  std::abort();
}

std::string Number(EVP_PKEY* key, const char* name, int width) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) std::abort();
  std::string bytes(static_cast<std::size_t>(width == 0 ? BN_num_bytes(number) : width), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  return Base64Url(bytes);
}

// r and s side by side, as tokens have them.
std::string RawEcdsa(const std::string& der, int width) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));  // NOLINT(google-runtime-int)
  std::string raw(static_cast<std::size_t>(2 * width), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, width);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + width, width);
  ECDSA_SIG_free(signature);
  return raw;
}

}  // namespace

std::string Base64Url(const std::string& bytes) {
  std::string text;
  absl::WebSafeBase64Escape(bytes, &text);
  return text;
}

std::string Jwks(const std::vector<json>& keys) { return json{{"keys", keys}}.dump(); }

std::string SignWithSecret(const std::string& secret, const json& header, const json& payload) {
  const std::string text = absl::StrCat(Base64Url(header.dump()), ".", Base64Url(payload.dump()));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
  return absl::StrCat(text, ".", Base64Url(std::string(reinterpret_cast<char*>(digest), length)));
}

TokenIssuer::TokenIssuer(Kind kind, std::string kid) : kind_(kind), kid_(std::move(kid)), key_(MakeKey(kind)) {
  if (key_ == nullptr) std::abort();
}

std::string TokenIssuer::algorithm() const {
  switch (kind_) {
    case Kind::kRsa:
    case Kind::kShortRsa:
      return "RS256";
    case Kind::kP256:
      return "ES256";
    case Kind::kP384:
      return "ES384";
    case Kind::kEd25519:
      return "EdDSA";
  }
  std::abort();
}

json TokenIssuer::jwk() const {
  json key = {{"kid", kid_}, {"use", "sig"}, {"alg", algorithm()}};
  switch (kind_) {
    case Kind::kRsa:
    case Kind::kShortRsa:
      key["kty"] = "RSA";
      key["n"] = Number(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
      key["e"] = Number(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
      break;
    case Kind::kP256:
    case Kind::kP384:
      key["kty"] = "EC";
      key["crv"] = kind_ == Kind::kP256 ? "P-256" : "P-384";
      key["x"] = Number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kind_ == Kind::kP256 ? 32 : 48);
      key["y"] = Number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kind_ == Kind::kP256 ? 32 : 48);
      break;
    case Kind::kEd25519: {
      std::string bytes(32, '\0');
      std::size_t length = bytes.size();
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length);
      key["kty"] = "OKP";
      key["crv"] = "Ed25519";
      key["x"] = Base64Url(bytes);
      break;
    }
  }
  return key;
}

std::string TokenIssuer::PublicPem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PUBKEY(out.get(), key_.get());
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

json TokenIssuer::header() const { return {{"alg", algorithm()}, {"kid", kid_}, {"typ", "JWT"}}; }

std::string TokenIssuer::Sign(const json& header, const json& payload) const {
  return SignText(header.dump(), payload.dump());
}

std::string TokenIssuer::SignText(const std::string& header, const std::string& payload) const {
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(payload));
  return absl::StrCat(text, ".", Base64Url(Signature(text)));
}

std::string TokenIssuer::Signature(const std::string& text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const EVP_MD* digest = kind_ == Kind::kEd25519 ? nullptr : kind_ == Kind::kP384 ? EVP_sha384() : EVP_sha256();
  std::string signature(512, '\0');
  std::size_t length = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    std::abort();
  }
  signature.resize(length);
  if (kind_ == Kind::kP256) return RawEcdsa(signature, 32);
  return kind_ == Kind::kP384 ? RawEcdsa(signature, 48) : signature;
}

}  // namespace inventory
