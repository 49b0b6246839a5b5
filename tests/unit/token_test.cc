// Goal: only tokens that a trusted key has signed, for us and for now, are valid, and every known attack fails.
// Method: tokens are signed by OpenSSL, which the server's verification does not use, and bent one way each.
#include "server/auth/token.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/errors.h"
#include "tests/token_issuer.h"

namespace inventory::auth {
namespace {

using nlohmann::json;
using Kind = TokenIssuer::Kind;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const TokenRules kRules = {.issuer = "https://login.shop.example", .audience = "inventory"};

const TokenIssuer& Rsa() {
  static const auto& issuer = *new TokenIssuer(Kind::kRsa, "rsa-1");
  return issuer;
}
const TokenIssuer& Ec() {
  static const auto& issuer = *new TokenIssuer(Kind::kP256, "ec-1");
  return issuer;
}
const TokenIssuer& Ed() {
  static const auto& issuer = *new TokenIssuer(Kind::kEd25519, "ed-1");
  return issuer;
}

const KeySet& Keys() {
  static const auto& keys = *new KeySet(*KeySet::Parse(Jwks({Rsa().jwk(), Ec().jwk(), Ed().jwk()})));
  return keys;
}

int64_t In(absl::Duration duration) { return absl::ToUnixSeconds(kNow + duration); }

json Claims() {
  return {{"iss", kRules.issuer},
          {"aud", "inventory"},
          {"sub", "checkout"},
          {"exp", In(absl::Minutes(5))},
          {"iat", In(-absl::Minutes(5))}};
}

json With(json claims, const char* name, const json& value) {
  claims[name] = value;
  return claims;
}

json Without(json claims, const char* name) {
  claims.erase(name);
  return claims;
}

// The reason for which the token is refused; empty if it is not.
std::string Reason(const std::string& token, const KeySet& keys = Keys(), const TokenRules& rules = kRules) {
  const auto verified = VerifyToken(token, keys, rules, kNow);
  if (verified.ok()) return "";
  EXPECT_TRUE(absl::IsUnauthenticated(verified.status())) << verified.status();
  // Nothing of the token is repeated to whoever sent it, nor to the log.
  for (const absl::string_view part : absl::StrSplit(token, '.')) {
    if (part.size() <= 20) continue;
    EXPECT_EQ(verified.status().message().find(part), absl::string_view::npos);
  }
  return ReasonOf(verified.status());
}

TEST(Token, OfEachKindOfKeyIsValid) {
  for (const TokenIssuer* issuer : {&Rsa(), &Ec(), &Ed()}) {
    const auto verified = VerifyToken(issuer->Sign(Claims()), Keys(), kRules, kNow);
    ASSERT_TRUE(verified.ok()) << issuer->algorithm() << ": " << verified.status();
    EXPECT_EQ(verified->subject, "checkout");
    EXPECT_EQ(verified->valid_until, kNow + absl::Minutes(5) + kRules.clock_skew);
    EXPECT_EQ(verified->all["aud"], "inventory");
  }
}

TEST(Token, WithoutSignatureIsRefusedHoweverNoneIsSpelled) {
  for (const char* none : {"none", "None", "NONE", "nOnE", "none ", "", "\u0000none"}) {
    const json header = {{"alg", none}, {"kid", "rsa-1"}, {"typ", "JWT"}};
    const std::string signed_text = absl::StrCat(Base64Url(header.dump()), ".", Base64Url(Claims().dump()));
    EXPECT_EQ(Reason(absl::StrCat(signed_text, ".")), "TOKEN_MALFORMED") << none;
    EXPECT_EQ(Reason(signed_text), "TOKEN_MALFORMED") << none;
    EXPECT_EQ(Reason(absl::StrCat(signed_text, ".AAAA")), "TOKEN_ALGORITHM_REFUSED") << none;
    EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "TOKEN_ALGORITHM_REFUSED") << none;
  }
}

TEST(Token, SignedWithAPublicKeyAsSecretIsRefused) {
  const std::string modulus = Rsa().jwk()["n"];
  for (const std::string& secret : {Rsa().PublicPem(), modulus, Rsa().jwk().dump()}) {
    for (const char* algorithm : {"HS256", "hs256", "RS256"}) {
      const std::string token = SignWithSecret(secret, {{"alg", algorithm}, {"kid", "rsa-1"}}, Claims());
      EXPECT_NE(Reason(token), "") << algorithm;
    }
    EXPECT_EQ(Reason(SignWithSecret(secret, {{"alg", "HS256"}, {"kid", "rsa-1"}}, Claims())),
              "TOKEN_ALGORITHM_REFUSED");
  }
}

TEST(Token, KeyDecidesTheAlgorithm) {
  for (const TokenIssuer* issuer : {&Rsa(), &Ec(), &Ed()}) {
    for (const char* algorithm :
         {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256", "dir", "RSA-OAEP"}) {
      json header = issuer->header();
      header["alg"] = algorithm;
      const std::string expected = algorithm == issuer->algorithm() ? "" : "TOKEN_ALGORITHM_REFUSED";
      EXPECT_EQ(Reason(issuer->Sign(header, Claims())), expected) << issuer->kid() << " " << algorithm;
    }
  }
  // A signature of one key under the name of another.
  for (const auto& [issuer, kid] : {std::pair(&Rsa(), "ec-1"), std::pair(&Ec(), "rsa-1"), std::pair(&Ed(), "ec-1")}) {
    for (const char* algorithm : {"RS256", "ES256", "EdDSA"}) {
      EXPECT_NE(Reason(issuer->Sign({{"alg", algorithm}, {"kid", kid}}, Claims())), "");
    }
  }
}

TEST(Token, OfAnotherKeyOfTheSameKindIsRefused) {
  for (const Kind kind : {Kind::kRsa, Kind::kP256, Kind::kEd25519}) {
    const std::string kid = kind == Kind::kRsa ? "rsa-1" : kind == Kind::kP256 ? "ec-1" : "ed-1";
    EXPECT_EQ(Reason(TokenIssuer(kind, kid).Sign(Claims())), "TOKEN_SIGNATURE_INVALID");
  }
}

TEST(Token, KeyIdThatLeadsNowhereIsRefused) {
  for (const std::string& kid :
       {std::string("rsa-2"), std::string("../../../../dev/null"), std::string("/etc/passwd"),
        std::string("rsa-1' OR '1'='1"), std::string("rsa-1\0x", 7), std::string("https://evil.example/keys"),
        std::string(5000, 'k'), std::string("RSA-1")}) {
    json header = Rsa().header();
    header["kid"] = kid;
    EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "TOKEN_KEY_UNKNOWN") << kid;
  }
  for (const json& kid : {json(1), json(nullptr), json::array({"rsa-1"}), json::object(), json("")}) {
    json header = Rsa().header();
    header["kid"] = kid;
    EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "TOKEN_MALFORMED") << kid;
  }
  // Without an id it is plain only where there is one key.
  json header = Rsa().header();
  header.erase("kid");
  EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(Reason(Rsa().Sign(header, Claims()), *KeySet::Parse(Jwks({Rsa().jwk()}))), "");
}

TEST(Token, KeysThatItBringsAreIgnored) {
  const TokenIssuer evil(Kind::kRsa, "rsa-1");
  const TokenIssuer other(Kind::kRsa, "evil");
  for (const auto& [name, value] :
       {std::pair("jwk", evil.jwk()), std::pair("jku", json("https://127.0.0.1:1/keys")),
        std::pair("x5u", json("https://127.0.0.1:1/cert")), std::pair("x5c", json::array({"MIIB"}))}) {
    json header = evil.header();
    header[name] = value;
    EXPECT_EQ(Reason(evil.Sign(header, Claims())), "TOKEN_SIGNATURE_INVALID") << name;
    header = other.header();
    header[name] = value;
    EXPECT_EQ(Reason(other.Sign(header, Claims())), "TOKEN_KEY_UNKNOWN") << name;
    // They don't harm a good token either.
    header = Rsa().header();
    header[name] = value;
    EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "") << name;
  }
  json header = Rsa().header();
  header["crit"] = json::array({"exp"});
  EXPECT_EQ(Reason(Rsa().Sign(header, Claims())), "TOKEN_MALFORMED");
}

TEST(Token, BrokenSignaturesAreRefused) {
  for (const TokenIssuer* issuer : {&Rsa(), &Ec(), &Ed()}) {
    const std::string token = issuer->Sign(Claims());
    const std::string unsigned_text = token.substr(0, token.rfind('.') + 1);
    const std::size_t bytes = issuer == &Rsa() ? 256 : 64;
    // All zeros, which some libraries took for r and s of any message.
    EXPECT_EQ(Reason(unsigned_text + Base64Url(std::string(bytes, '\0'))), "TOKEN_SIGNATURE_INVALID");
    EXPECT_EQ(Reason(unsigned_text + Base64Url(std::string(bytes, '\xFF'))), "TOKEN_SIGNATURE_INVALID");
    EXPECT_EQ(Reason(token.substr(0, token.size() - 4)), "TOKEN_SIGNATURE_INVALID");
    EXPECT_EQ(Reason(token + "AAAA"), "TOKEN_SIGNATURE_INVALID");
    EXPECT_EQ(Reason(unsigned_text + "AA"), "TOKEN_SIGNATURE_INVALID");
    // Another payload under the same signature.
    const std::string signature = token.substr(token.rfind('.'));
    EXPECT_EQ(Reason(absl::StrCat(Base64Url(issuer->header().dump()), ".",
                                  Base64Url(With(Claims(), "sub", "admin").dump()), signature)),
              "TOKEN_SIGNATURE_INVALID");
  }
  // The order of P-256 as r and s, and one of them zero.
  const std::string order = std::string("\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 8) + std::string(8, '\xFF') +
                            std::string("\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51", 16);
  const std::string token = Ec().Sign(Claims());
  const std::string unsigned_text = token.substr(0, token.rfind('.') + 1);
  EXPECT_EQ(Reason(unsigned_text + Base64Url(order + order)), "TOKEN_SIGNATURE_INVALID");
  EXPECT_EQ(Reason(unsigned_text + Base64Url(order + std::string(32, '\0'))), "TOKEN_SIGNATURE_INVALID");
}

TEST(Token, ThatIsNoneIsRefused) {
  const std::string good = Rsa().Sign(Claims());
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), std::string("a.b.c.d.e"), parts[0],
        parts[0] + "." + parts[1], good + ".", "." + good, good + "=", good + "\n", " " + good,
        parts[0] + "=." + parts[1] + "." + parts[2], std::string("\0\0.\0.\0", 6)}) {
    EXPECT_EQ(Reason(text), "TOKEN_MALFORMED") << text;
  }
  // What nobody has signed is not looked at.
  for (const std::string& payload : {std::string("%%%"), parts[1] + "+/"}) {
    EXPECT_EQ(Reason(parts[0] + "." + payload + "." + parts[2]), "TOKEN_SIGNATURE_INVALID") << payload;
  }
  const std::string header = Rsa().header().dump();
  for (const char* text : {"", "null", "[]", "1", "{", "{\"a\":}", "\xFF\xFE", "{} {}"}) {
    // The library verifies no signature of an empty payload.
    EXPECT_EQ(Reason(Rsa().SignText(header, text)), *text == '\0' ? "TOKEN_SIGNATURE_INVALID" : "TOKEN_MALFORMED")
        << text;
    EXPECT_EQ(Reason(Rsa().SignText(text, Claims().dump())), "TOKEN_MALFORMED") << text;
  }
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_NE(Reason(Rsa().SignText(header, "{\"a\":" + deep + "}")), "");
}

TEST(Token, NamesThatAreGivenTwiceAreRefused) {
  std::string payload = Claims().dump();
  payload.replace(payload.size() - 1, 1, ",\"sub\":\"admin\"}");
  EXPECT_EQ(Reason(Rsa().SignText(Rsa().header().dump(), payload)), "TOKEN_MALFORMED");
  EXPECT_EQ(Reason(Rsa().SignText(R"({"alg":"RS256","kid":"rsa-1","alg":"none"})", Claims().dump())),
            "TOKEN_MALFORMED");
  EXPECT_EQ(Reason(Rsa().SignText(R"({"alg":"none","kid":"rsa-1","alg":"RS256"})", Claims().dump())),
            "TOKEN_MALFORMED");
}

TEST(Token, ThatIsTooLongIsRefusedUnread) {
  const std::string token = Rsa().Sign(With(Claims(), "filling", std::string(kRules.max_bytes, 'x')));
  EXPECT_EQ(Reason(token), "TOKEN_TOO_LARGE");
  EXPECT_EQ(Reason(std::string(kRules.max_bytes + 1, '.')), "TOKEN_TOO_LARGE");
  EXPECT_EQ(Reason(std::string(kRules.max_bytes, '.')), "TOKEN_MALFORMED");
}

TEST(Token, OfAnotherIssuerIsRefused) {
  for (const json& issuer : {json("https://evil.example"), json("https://login.shop.example/"), json(""), json(nullptr),
                             json::array({kRules.issuer}), json(1)}) {
    EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), "iss", issuer))), "TOKEN_ISSUER_REFUSED") << issuer;
  }
  EXPECT_EQ(Reason(Rsa().Sign(Without(Claims(), "iss"))), "TOKEN_ISSUER_REFUSED");
}

TEST(Token, ForAnotherAudienceIsRefused) {
  for (const json& audience : {json("billing"), json("inventory2"), json(""), json(nullptr), json::array(),
                               json::array({"billing"}), json::array({1, "inventory"}), json({{"inventory", true}})}) {
    EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), "aud", audience))), "TOKEN_AUDIENCE_REFUSED") << audience;
  }
  EXPECT_EQ(Reason(Rsa().Sign(Without(Claims(), "aud"))), "TOKEN_AUDIENCE_REFUSED");
  EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), "aud", json::array({"billing", "inventory"})))), "");
}

TEST(Token, IsValidInItsTimeOnly) {
  const auto with_times = [](absl::Duration expires, absl::Duration not_before, absl::Duration issued) {
    json claims = With(Claims(), "exp", In(expires));
    claims["nbf"] = In(not_before);
    claims["iat"] = In(issued);
    return Reason(Rsa().Sign(claims));
  };
  const absl::Duration skew = kRules.clock_skew;
  const absl::Duration second = absl::Seconds(1);
  EXPECT_EQ(with_times(second, -second, -second), "");
  EXPECT_EQ(with_times(-skew + second, -second, -second), "");
  EXPECT_EQ(with_times(-skew, -second, -second), "TOKEN_EXPIRED");
  EXPECT_EQ(with_times(-absl::Hours(1), -second, -second), "TOKEN_EXPIRED");
  EXPECT_EQ(with_times(absl::Hours(1), skew, skew), "");
  EXPECT_EQ(with_times(absl::Hours(1), skew + second, -second), "TOKEN_NOT_YET_VALID");
  EXPECT_EQ(with_times(absl::Hours(1), -second, skew + second), "TOKEN_NOT_YET_VALID");
  EXPECT_EQ(Reason(Rsa().Sign(Without(Claims(), "exp"))), "TOKEN_CLAIM_MISSING");
}

TEST(Token, TimesThatAreNoneAreRefused) {
  for (const char* name : {"exp", "nbf", "iat"}) {
    for (const json& time :
         {json("1800000300"), json(-1), json(1e300), json(9223372036854775807), json(18446744073709551615u),
          json(nullptr), json(true), json::array({1800000300}), json(-1e300)}) {
      EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), name, time))), "TOKEN_MALFORMED") << name << " " << time;
    }
  }
  std::string payload = Claims().dump();
  const std::string expiry = absl::StrCat("\"exp\":", In(absl::Minutes(5)));
  payload.replace(payload.find(expiry), expiry.size(), "\"exp\":1e999");
  EXPECT_EQ(Reason(Rsa().SignText(Rsa().header().dump(), payload)), "TOKEN_MALFORMED");
  // A part of a second is allowed.
  EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), "exp", 1'800'000'000.5))), "");
}

TEST(Token, NeedsASubject) {
  for (const json& subject : {json(""), json(1), json(nullptr), json::array({"a"})}) {
    EXPECT_EQ(Reason(Rsa().Sign(With(Claims(), "sub", subject))), "TOKEN_CLAIM_MISSING") << subject;
  }
  EXPECT_EQ(Reason(Rsa().Sign(Without(Claims(), "sub"))), "TOKEN_CLAIM_MISSING");
}

TEST(Token, OfAnotherTypeIsRefused) {
  for (const char* type : {"JWT", "jwt", "at+jwt", "application/at+jwt"}) {
    EXPECT_EQ(Reason(Rsa().Sign({{"alg", "RS256"}, {"kid", "rsa-1"}, {"typ", type}}, Claims())), "") << type;
  }
  for (const json& type : {json("dpop+jwt"), json("secevent+jwt"), json("logout+jwt"), json(1)}) {
    EXPECT_EQ(Reason(Rsa().Sign({{"alg", "RS256"}, {"kid", "rsa-1"}, {"typ", type}}, Claims())), "TOKEN_MALFORMED");
  }
}

// Calls come on many threads.
TEST(Token, IsVerifiedOnManyThreadsAtOnce) {
  const std::vector<std::string> good = {Rsa().Sign(Claims()), Ec().Sign(Claims()), Ed().Sign(Claims())};
  const std::string bad = good[1] + "AAAA";
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&good, &bad] {
      for (int round = 0; round < 50; ++round) {
        for (const std::string& token : good) EXPECT_EQ(Reason(token), "");
        EXPECT_EQ(Reason(bad), "TOKEN_SIGNATURE_INVALID");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(KeySet, TakesKeysForSignaturesOnly) {
  const auto takes = [](json key) { return KeySet::Parse(Jwks({std::move(key)})).ok(); };
  EXPECT_TRUE(takes(Rsa().jwk()));
  EXPECT_TRUE(takes(Without(Without(Rsa().jwk(), "use"), "alg")));
  EXPECT_TRUE(takes(With(Rsa().jwk(), "key_ops", json::array({"verify"}))));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "use", "enc")));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "key_ops", json::array({"encrypt"}))));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "alg", "HS256")));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "alg", "PS256")));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "e", Base64Url(std::string(1, '\x01')))));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "e", Base64Url(std::string(1, '\x02')))));
  EXPECT_FALSE(takes(With(Rsa().jwk(), "n", "not base64!")));
  EXPECT_FALSE(takes(Without(Rsa().jwk(), "n")));
  EXPECT_FALSE(takes(TokenIssuer(Kind::kShortRsa, "short").jwk()));
  EXPECT_FALSE(takes(TokenIssuer(Kind::kP384, "p384").jwk()));
  EXPECT_FALSE(takes({{"kty", "oct"}, {"kid", "secret"}, {"k", "c2VjcmV0"}}));
  // Others of a set don't count.
  EXPECT_TRUE(KeySet::Parse(Jwks({TokenIssuer(Kind::kP384, "p384").jwk(), Rsa().jwk()})).ok());
}

TEST(KeySet, PointThatIsNotOnTheCurveVerifiesNothing) {
  const auto keys = KeySet::Parse(Jwks({With(Ec().jwk(), "x", Base64Url(std::string(32, '\x05')))}));
  ASSERT_TRUE(keys.ok()) << "a library that refuses it is better: say so in TakesKeysForSignaturesOnly";
  EXPECT_EQ(Reason(Ec().Sign(Claims()), *keys), "TOKEN_SIGNATURE_INVALID");
}

TEST(KeySet, IsRefusedWhereItIsNone) {
  for (const char* text : {"", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[1,null,\"x\"]}",
                           "{\"keys\":[],\"keys\":[]}", "<html>"}) {
    EXPECT_FALSE(KeySet::Parse(text).ok()) << text;
  }
  EXPECT_FALSE(KeySet::Parse(Jwks({Rsa().jwk(), With(Ec().jwk(), "kid", "rsa-1")})).ok());
  EXPECT_FALSE(KeySet::Parse(Jwks(std::vector<json>(KeySet::kMaxKeys + 1, json::object()))).ok());
  EXPECT_FALSE(KeySet::Parse(std::string(KeySet::kMaxBytes + 1, ' ')).ok());
}

}  // namespace
}  // namespace inventory::auth
