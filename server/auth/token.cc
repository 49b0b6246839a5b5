#include "server/auth/token.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/auth/strict_json.h"
#include "server/errors.h"

namespace inventory::auth {
namespace {

using nlohmann::json;

// The last second of the year 9999: what lies beyond is no time that anybody means.
constexpr double kLastSecond = 253'402'300'799.0;

absl::Status Malformed(std::string_view what) {
  return Unauthenticated("TOKEN_MALFORMED", absl::StrCat("the token is not a signed JSON Web Token: ",
                                                         absl::string_view(what.data(), what.size())));
}

// A token's header or payload.
absl::StatusOr<json> Decode(const std::string& part) {
  const std::optional<std::string> text = DecodeBase64Url(part);
  if (!text) return Malformed("a part of it is not base64url");
  absl::StatusOr<json> object = ParseObject(*text);
  if (!object.ok()) return Malformed(absl::StrCat("in a part of it ", object.status().message()));
  return object;
}

// The key decides how the token must be signed. What the token says about it must agree, and is used for nothing else.
absl::Status CheckSignature(const std::string& token, const json& header, const KeySet& keys) {
  if (header.contains("crit")) return Malformed("its header has crit, which is not supported");
  const std::string* type = FindText(header, "typ");
  if (header.contains("typ") &&
      (type == nullptr || !(absl::EqualsIgnoreCase(*type, "JWT") || absl::EqualsIgnoreCase(*type, "at+jwt") ||
                            absl::EqualsIgnoreCase(*type, "application/at+jwt")))) {
    return Malformed("its typ is neither JWT nor at+jwt");
  }
  const std::string* algorithm = FindText(header, "alg");
  if (algorithm == nullptr) return Malformed("its header has no alg");
  const std::string* id = FindText(header, "kid");
  if (header.contains("kid") && (id == nullptr || id->empty())) return Malformed("its kid is not a text");
  const Key* key = keys.Find(id == nullptr ? "" : *id);
  if (key == nullptr) return Unauthenticated("TOKEN_KEY_UNKNOWN", "no key that is known here has the token's kid");
  if (*algorithm != key->algorithm()) {
    return Unauthenticated("TOKEN_ALGORITHM_REFUSED", "the token's alg is not the algorithm of its key");
  }
  if (key->Verifies(token)) return absl::OkStatus();
  return Unauthenticated("TOKEN_SIGNATURE_INVALID", "the token is not signed by the key that it names");
}

bool IsFor(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == audience;
  if (!found->is_array()) return false;
  const bool texts = std::all_of(found->begin(), found->end(), [](const json& one) { return one.is_string(); });
  return texts && std::find(found->begin(), found->end(), audience) != found->end();
}

// A NumericDate: seconds since 1970, whole or not.
absl::StatusOr<std::optional<absl::Time>> TimeOf(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::optional<absl::Time>();
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLastSecond) {
    return Malformed(absl::StrCat("its ", name, " is not a time"));
  }
  return std::optional(absl::UnixEpoch() + absl::Seconds(seconds));
}

// Sets the times between which the token is valid.
absl::Status FindTimes(const json& claims, absl::Duration skew, TokenClaims& found) {
  const auto expires = TimeOf(claims, "exp");
  const auto not_before = TimeOf(claims, "nbf");
  const auto issued = TimeOf(claims, "iat");
  for (const auto* time : {&expires, &not_before, &issued}) {
    if (!time->ok()) return time->status();
  }
  if (!*expires) return Unauthenticated("TOKEN_CLAIM_MISSING", "the token has no exp");
  found.valid_until = **expires + skew;
  found.valid_from = std::max(not_before->value_or(absl::UnixEpoch()), issued->value_or(absl::UnixEpoch())) - skew;
  return absl::OkStatus();
}

absl::Status CheckTimes(const TokenClaims& claims, absl::Time now) {
  if (now >= claims.valid_until) return Unauthenticated("TOKEN_EXPIRED", "the token has expired; get a new one");
  if (now >= claims.valid_from) return absl::OkStatus();
  return Unauthenticated("TOKEN_NOT_YET_VALID", "the token is not valid yet; is a clock wrong?");
}

}  // namespace

absl::Status Unauthenticated(std::string_view reason, std::string_view message) {
  return Refusal(absl::StatusCode::kUnauthenticated, reason, message);
}

absl::StatusOr<TokenClaims> VerifyToken(const std::string& token, const KeySet& keys, const TokenRules& rules,
                                        absl::Time now) {
  if (token.size() > rules.max_bytes) {
    return Unauthenticated("TOKEN_TOO_LARGE", absl::StrCat("the token has more than ", rules.max_bytes, " bytes"));
  }
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Malformed("it does not have three parts");
  const std::optional<std::string> signature = DecodeBase64Url(parts[2]);
  if (!signature || signature->empty()) return Malformed("it has no signature");
  const absl::StatusOr<json> header = Decode(parts[0]);
  if (!header.ok()) return header.status();
  absl::Status checked = CheckSignature(token, *header, keys);
  if (!checked.ok()) return checked;
  // Nobody has it looked at who can't sign.
  absl::StatusOr<json> decoded = Decode(parts[1]);
  if (!decoded.ok()) return decoded.status();
  json& payload = *decoded;
  const std::string* issuer = FindText(payload, "iss");
  if (issuer == nullptr || *issuer != rules.issuer) {
    return Unauthenticated("TOKEN_ISSUER_REFUSED", "the token is not of the issuer that is trusted here");
  }
  if (!IsFor(payload, rules.audience)) {
    return Unauthenticated("TOKEN_AUDIENCE_REFUSED", "the token is for another audience");
  }
  TokenClaims claims;
  checked = FindTimes(payload, rules.clock_skew, claims);
  if (checked.ok()) checked = CheckTimes(claims, now);
  if (!checked.ok()) return checked;
  const std::string* subject = FindText(payload, "sub");
  if (subject == nullptr || subject->empty()) {
    return Unauthenticated("TOKEN_CLAIM_MISSING", "the token has no sub");
  }
  claims.subject = *subject;
  claims.all = std::move(payload);
  return claims;
}

}  // namespace inventory::auth
