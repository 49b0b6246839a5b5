// Goal: nobody gets an identity by what they send: no token counts that the issuer has not signed with the key and the
// algorithm that its id names, whatever it says of itself.
// Method: tokens of any header and payload, signed by a key of the issuer, by another one, by a secret that is the
// issuer's public key, by any bytes, or not at all. Key sets, policies and the names in certificates of any text must
// be read or refused with words.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/auth/credentials.h"
#include "server/auth/key_set.h"
#include "server/auth/policy.h"
#include "server/auth/strict_json.h"
#include "server/auth/token.h"
#include "server/errors.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::auth {
namespace {

using fuzz::Check;
using fuzz::Choices;

constexpr int64_t kNow = 1'700'000'000;

std::string Base64Url(const std::string& bytes) { return absl::WebSafeBase64Escape(bytes); }

// A key pair on Ed25519, whose signatures take the least time, always the same.
class Signer {
 public:
  explicit Signer(unsigned char first_byte) {
    std::array<unsigned char, 32> seed = {};
    seed[0] = first_byte;
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    std::size_t size = 32;
    public_.resize(size);
    Check(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(public_.data()), &size) == 1,
          "a key has a public part");
  }

  const std::string& public_part() const { return public_; }
  std::string Jwk(const std::string& id) const {
    return absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","kid":")", id, R"(","x":")", Base64Url(public_), "\"}");
  }

  std::string Sign(const std::string& text) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    Check(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1,
          "a key signs");
    return signature;
  }

 private:
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{nullptr, EVP_PKEY_free};
  std::string public_;
};

std::string Hmac(const std::string& secret, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

struct Forgery {
  std::string token;
  bool genuine = false;  // Signed by the issuer.
};

Forgery MakeToken(const Signer& issuer, const Signer& other, Choices& data) {
  const int how = data.NumberIn(0, 4);
  std::string header = data.Text(200);
  // Half of them have a header that is right, so that the payload counts.
  if (data.Bool()) header = R"({"alg":"EdDSA","kid":"one","typ":"JWT"})";
  std::string payload = data.Text(400);
  if (data.Bool()) {
    payload = absl::StrCat(R"({"iss":"issuer","aud":"inventory","sub":"somebody","exp":)", kNow + 60, payload);
  }
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(payload));
  const std::string rest = data.Rest();
  switch (how) {
    case 0:
      return {absl::StrCat(text, ".", Base64Url(issuer.Sign(text))), true};
    case 1:
      return {absl::StrCat(text, ".", Base64Url(other.Sign(text)))};
    case 2:
      return {absl::StrCat(text, ".", Base64Url(Hmac(issuer.public_part(), text)))};
    case 3:
      return {absl::StrCat(text, ".", Base64Url(rest))};
    default:
      return {rest};
  }
}

void CheckToken(Choices& data) {
  static const Signer& issuer = *new Signer(1);
  static const Signer& other = *new Signer(2);
  static const absl::StatusOr<KeySet>& keys =
      *new absl::StatusOr<KeySet>(KeySet::Parse(absl::StrCat(R"({"keys":[)", issuer.Jwk("one"), "]}")));
  Check(keys.ok(), "the issuer's keys are read");
  const TokenRules rules{.issuer = "issuer", .audience = "inventory"};
  const Forgery forgery = MakeToken(issuer, other, data);
  const absl::StatusOr<TokenClaims> claims = VerifyToken(forgery.token, *keys, rules, absl::FromUnixSeconds(kNow));
  if (!claims.ok()) {
    Check(absl::IsUnauthenticated(claims.status()) && !ReasonOf(claims.status()).empty(), "a refusal has a reason");
    return;
  }
  Check(forgery.genuine, absl::StrCat("only the issuer's tokens count: ", forgery.token));
  Check(!claims->subject.empty() && claims->valid_until > absl::FromUnixSeconds(kNow) &&
            claims->valid_from <= absl::FromUnixSeconds(kNow) && claims->all["iss"] == "issuer",
        "a token that counts says who for, by whom and for how long");
}

void CheckKeys(Choices& data) {
  const absl::StatusOr<KeySet> keys = KeySet::Parse(data.Rest());
  if (!keys.ok()) {
    Check(absl::IsInvalidArgument(keys.status()) && !keys.status().message().empty(), "a refusal says what is wrong");
    return;
  }
  Check(keys->size() > 0 && keys->size() <= KeySet::kMaxKeys, "a set has keys, and not too many");
  if (const Key* only = keys->Find("")) {
    const std::string algorithm(only->algorithm());
    Check(algorithm == "RS256" || algorithm == "ES256" || algorithm == "EdDSA", "a key is for a signature");
    Check(!only->Verifies("e30.e30.AAAA"), "no key signs by itself");
  }
}

void CheckPolicy(Choices& data) {
  const Identity identity{.name = data.Text(60), .source = Identity::Source::kToken};
  const nlohmann::json claims = nlohmann::json::parse(data.Text(200), nullptr, /*allow_exceptions=*/false);
  const std::string text = data.Rest();
  const absl::StatusOr<Policy> policy = Policy::Parse(text);
  if (!policy.ok()) {
    Check(absl::IsInvalidArgument(policy.status()) && !policy.status().message().empty(),
          "a refusal says what is wrong");
    return;
  }
  const Caller without = policy->Judge(identity, nullptr);
  Check(without.identity.name == identity.name && without.grants.size() <= policy->size(),
        "a caller has the grants of bindings");
  const bool object = claims.is_object();
  const Caller with = policy->Judge(identity, object ? &claims : nullptr);
  Check(with.grants.size() >= without.grants.size() && with.grants.size() <= policy->size(),
        "claims take nothing away");
  for (const Grant& grant : with.grants) Check(grant.role != Role::kAnyone, "a grant has a role");
}

void CheckNames(Choices& data) {
  CertificateNames names;
  for (std::vector<std::string>* list : {&names.uris, &names.dns}) {
    for (int count = data.NumberIn(0, 3); count > 0; --count) {
      const std::string name = data.Text(300);
      list->push_back(data.Bool() && list == &names.uris ? "spiffe://" + name : name);
    }
  }
  const absl::StatusOr<Identity> identity = IdentityOf(names);
  if (!identity.ok()) {
    Check(absl::IsUnauthenticated(identity.status()) && !ReasonOf(identity.status()).empty(), "a refusal has a reason");
    return;
  }
  Check(identity->name.size() <= kMaxNameBytes, "a name is not too long");
  const bool spiffe = absl::StartsWith(identity->name, "spiffe://");
  Check(identity->name.empty() || spiffe || absl::StartsWith(identity->name, "dns:"), "the form says what it is");
}

void CheckText(Choices& data) {
  const std::string text = data.Rest();
  if (const std::optional<std::string> bytes = DecodeBase64Url(text)) {
    Check(DecodeBase64Url(Base64Url(*bytes)) == bytes, "bytes are what their text says");
  }
  const absl::StatusOr<nlohmann::json> object = ParseObject(text);
  Check(!object.ok() || object->is_object(), "only an object is one");
  IsLocal(text);
}

}  // namespace
}  // namespace inventory::auth

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace auth = inventory::auth;
  inventory::fuzz::Choices data(bytes, size);
  switch (data.NumberIn(0, 5)) {
    case 0:
    case 1:
      auth::CheckToken(data);
      break;
    case 2:
      auth::CheckKeys(data);
      break;
    case 3:
      auth::CheckPolicy(data);
      break;
    case 4:
      auth::CheckNames(data);
      break;
    default:
      auth::CheckText(data);
  }
  return 0;
}
