#include "server/auth/key_set.h"

#include <rhonabwy.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/auth/strict_json.h"

namespace inventory::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 256;

struct FreeKey {
  void operator()(jwk_t* key) const { r_jwk_free(key); }
};
struct FreeSignature {
  void operator()(jws_t* jws) const { r_jws_free(jws); }
};
using Jws = std::unique_ptr<jws_t, FreeSignature>;

// The names under which a key's numbers stand, and what they must be like.
struct Kind {
  const char* type;
  const char* curve;  // Null: none.
  std::string_view algorithm;
  jwa_alg signed_by;
  std::vector<const char*> numbers;
};

const Kind kKinds[] = {
    {"RSA", nullptr, "RS256", R_JWA_ALG_RS256, {"n", "e"}},
    {"EC", "P-256", "ES256", R_JWA_ALG_ES256, {"x", "y"}},
    {"OKP", "Ed25519", "EdDSA", R_JWA_ALG_EDDSA, {"x"}},
};

bool Is(const json& jwk, const char* name, std::string_view value) {
  const std::string* text = FindText(jwk, name);
  return text != nullptr && *text == value;
}

// True too where the key does not say.
bool IsOrSilent(const json& jwk, const char* name, std::string_view value) {
  return !jwk.contains(name) || Is(jwk, name, value);
}

const Kind* KindOf(const json& jwk) {
  for (const Kind& kind : kKinds) {
    if (Is(jwk, "kty", kind.type) && (kind.curve == nullptr || Is(jwk, "crv", kind.curve))) return &kind;
  }
  return nullptr;
}

bool MayVerify(const json& jwk) {
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return true;
  if (!operations->is_array()) return false;
  for (const json& operation : *operations) {
    if (operation == "verify") return true;
  }
  return false;
}

std::size_t Bits(std::string_view number) {
  const std::size_t first = number.find_first_not_of('\0');
  if (first == std::string_view::npos) return 0;
  std::size_t bits = (number.size() - first) * 8;
  for (auto top = static_cast<unsigned char>(number[first]); (top & 0x80) == 0; top <<= 1) --bits;
  return bits;
}

// A modulus that is too short can be factored, one that is too long takes all our time; of exponents all but the usual
// short odd ones are traps.
bool IsSoundRsa(const std::string& modulus, const std::string& exponent) {
  const std::size_t bits = Bits(modulus);
  const std::size_t exponent_bits = Bits(exponent);
  return bits >= 2048 && bits <= 8192 && exponent_bits >= 2 && exponent_bits <= 64 && (exponent.back() & 1) != 0;
}

}  // namespace

struct Key::Handle {
  std::unique_ptr<jwk_t, FreeKey> jwk;
  jwa_alg signed_by;
};

absl::StatusOr<Key> Key::Parse(const json& jwk) {
  static const int kInitialised = r_global_init();
  if (kInitialised != RHN_OK) return absl::InternalError("the library of keys can't be used");
  const Kind* kind = jwk.is_object() ? KindOf(jwk) : nullptr;
  if (kind == nullptr) return absl::InvalidArgumentError("it is of another type");
  if (!IsOrSilent(jwk, "use", "sig") || !MayVerify(jwk) || !IsOrSilent(jwk, "alg", kind->algorithm)) {
    return absl::InvalidArgumentError("it is for something else");
  }
  json numbers = {{"kty", kind->type}};
  if (kind->curve != nullptr) numbers["crv"] = kind->curve;
  std::vector<std::string> decoded;
  for (const char* name : kind->numbers) {
    const std::string* text = FindText(jwk, name);
    std::optional<std::string> number = text == nullptr ? std::nullopt : DecodeBase64Url(*text);
    if (!number || number->empty()) return absl::InvalidArgumentError("a number of it is missing or broken");
    numbers[name] = *text;
    decoded.push_back(*std::move(number));
  }
  if (kind->signed_by == R_JWA_ALG_RS256 && !IsSoundRsa(decoded[0], decoded[1])) {
    return absl::InvalidArgumentError("it is not an RSA key of 2048 to 8192 bits with a usual exponent");
  }
  if (kind->signed_by != R_JWA_ALG_RS256) {
    for (const std::string& number : decoded) {
      if (number.size() != 32) return absl::InvalidArgumentError("a number of it is not of 32 bytes");
    }
  }
  jwk_t* made = nullptr;
  if (r_jwk_init(&made) != RHN_OK) return absl::ResourceExhaustedError("no memory for a key");
  auto handle = std::make_shared<Handle>(Handle{std::unique_ptr<jwk_t, FreeKey>(made), kind->signed_by});
  if (r_jwk_import_from_json_str(made, numbers.dump().c_str()) != RHN_OK) {
    return absl::InvalidArgumentError("it is no valid key");
  }
  return Key(kind->algorithm, std::move(handle));
}

bool Key::Verifies(const std::string& token) const {
  jws_t* made = nullptr;
  if (r_jws_init(&made) != RHN_OK) return false;
  const Jws jws(made);
  // No key and no certificate of the token's header is taken, and nothing is fetched.
  if (r_jws_advanced_parse(made, token.c_str(), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) != RHN_OK) return false;
  if (r_jws_get_alg(made) != handle_->signed_by) return false;
  return r_jws_verify_signature(made, handle_->jwk.get(), R_FLAG_IGNORE_REMOTE) == RHN_OK;
}

absl::StatusOr<KeySet> KeySet::Parse(std::string_view jwks) {
  if (jwks.size() > kMaxBytes)
    return absl::InvalidArgumentError(absl::StrCat("it has more than ", kMaxBytes, " bytes"));
  absl::StatusOr<json> object = ParseObject(jwks);
  if (!object.ok()) return object.status();
  const auto keys = object->find("keys");
  if (keys == object->end() || !keys->is_array()) return absl::InvalidArgumentError("it has no list of keys");
  if (keys->size() > kMaxKeys) return absl::InvalidArgumentError(absl::StrCat("it has more than ", kMaxKeys, " keys"));
  KeySet set;
  for (const json& jwk : *keys) {
    absl::StatusOr<Key> key = Key::Parse(jwk);
    if (!key.ok()) continue;
    const std::string* id = FindText(jwk, "kid");
    if (id != nullptr && id->size() > kMaxIdBytes) continue;
    if (!set.keys_.emplace(id == nullptr ? "" : *id, *std::move(key)).second) {
      return absl::InvalidArgumentError("two of its keys have the same kid");
    }
  }
  if (set.keys_.empty()) {
    return absl::InvalidArgumentError("none of its keys is one for RS256, ES256 or EdDSA signatures");
  }
  return set;
}

const Key* KeySet::Find(const std::string& id) const {
  if (id.empty()) return keys_.size() == 1 ? &keys_.begin()->second : nullptr;
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace inventory::auth
