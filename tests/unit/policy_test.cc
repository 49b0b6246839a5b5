// Goal: the policy file grants what it says and nothing else, and a mistake in it is an error that says where.
#include "server/auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace inventory::auth {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Source = Identity::Source;

constexpr char kShop[] = R"({"bindings": [
  {"identity": "spiffe://shop.example/checkout", "role": "seller", "channels": ["web-eu", "web-us"]},
  {"identity": "spiffe://shop.example/warehouses/berlin/*", "role": "operator", "warehouses": ["ber-1"]},
  {"identity": "spiffe://shop.example/*", "role": "reader"},
  {"identity": "dns:reports.shop.example", "role": "reader"},
  {"identity": "dns:*.ops.shop.example", "role": "admin"},
  {"identity": "jwt:robot*", "role": "operator"},
  {"claim": "/groups", "value": "admins", "role": "admin"},
  {"claim": "/realm_access/roles", "value": "stock", "role": "operator"},
  {"claim": "/https:~1~1shop.example~1role", "value": "sales", "role": "seller"},
  {"claim": "/scope", "value": "inventory.read", "role": "reader"}
]})";

const Policy& Shop() {
  static const auto& policy = *new Policy(*Policy::Parse(kShop));
  return policy;
}

std::vector<Role> RolesOf(const std::string& name, const json* claims = nullptr) {
  std::vector<Role> roles;
  const Caller caller =
      Shop().Judge({.name = name, .source = claims == nullptr ? Source::kCertificate : Source::kToken}, claims);
  EXPECT_EQ(caller.identity.name, name);
  for (const Grant& grant : caller.grants) roles.push_back(grant.role);
  return roles;
}

std::vector<Role> RolesOfClaims(const json& claims) { return RolesOf("jwt:somebody", &claims); }

TEST(Policy, BindsWholeNames) {
  const Caller caller =
      Shop().Judge({.name = "spiffe://shop.example/checkout", .source = Source::kCertificate}, nullptr);
  EXPECT_THAT(caller.grants, ElementsAre(Grant{Role::kSeller, {}, {{"web-eu", "web-us"}}}, Grant{Role::kReader}));
  EXPECT_THAT(RolesOf("dns:reports.shop.example"), ElementsAre(Role::kReader));
  EXPECT_THAT(RolesOf("jwt:robot*"), ElementsAre(Role::kOperator));
}

TEST(Policy, BindsWhatIsBelowAPathOrADomain) {
  EXPECT_THAT(RolesOf("spiffe://shop.example/warehouses/berlin/scanner"), ElementsAre(Role::kOperator, Role::kReader));
  EXPECT_THAT(RolesOf("spiffe://shop.example/warehouses/berlin/a/b"), ElementsAre(Role::kOperator, Role::kReader));
  EXPECT_THAT(RolesOf("dns:one.ops.shop.example"), ElementsAre(Role::kAdmin));
  EXPECT_THAT(RolesOf("dns:a.b.ops.shop.example"), ElementsAre(Role::kAdmin));
}

TEST(Policy, BindsNothingThatOnlyLooksAlike) {
  for (const char* name :
       {"spiffe://shop.example", "spiffe://shop.example/", "spiffe://shop.example.evil/checkout",
        "spiffe://shop.examplecheckout", "dns:ops.shop.example", "dns:.ops.shop.example", "dns:evilops.shop.example",
        "dns:reports.shop.example.evil", "jwt:robot7", "jwt:spiffe://shop.example/checkout",
        "jwt:dns:one.ops.shop.example", "dns:spiffe://shop.example/checkout", ""}) {
    EXPECT_THAT(RolesOf(name), IsEmpty()) << name;
  }
  EXPECT_THAT(RolesOf("spiffe://shop.example/checkouts"), ElementsAre(Role::kReader));
  EXPECT_THAT(RolesOf("spiffe://shop.example/warehouses/berlinx"), ElementsAre(Role::kReader));
}

TEST(Policy, BindsClaims) {
  EXPECT_THAT(RolesOfClaims(json{{"groups", "admins"}}), ElementsAre(Role::kAdmin));
  EXPECT_THAT(RolesOfClaims(json{{"groups", {"users", "admins"}}}), ElementsAre(Role::kAdmin));
  EXPECT_THAT(RolesOfClaims(json{{"realm_access", {{"roles", {"stock"}}}}}), ElementsAre(Role::kOperator));
  EXPECT_THAT(RolesOfClaims(json{{"https://shop.example/role", "sales"}}), ElementsAre(Role::kSeller));
  EXPECT_THAT(RolesOfClaims(json{{"scope", "openid inventory.read"}}), ElementsAre(Role::kReader));
  EXPECT_THAT(RolesOfClaims(json{{"scope", "inventory.read"}, {"groups", "admins"}}),
              ElementsAre(Role::kAdmin, Role::kReader));
}

TEST(Policy, BindsNoClaimThatOnlyLooksAlike) {
  for (const json& claims :
       {json::object(), json{{"groups", "admin"}}, json{{"groups", "users admins"}},
        json{{"groups", {{"admins", true}}}}, json{{"groups", json::array({json::array({"admins"})})}},
        json{{"groups", nullptr}}, json{{"Groups", "admins"}}, json{{"realm_access", "stock"}},
        json{{"realm_access", json::array({"stock"})}}, json{{"scope", "inventory.reader"}},
        json{{"scope", "inventory.read,openid"}}, json{{"scope", 1}}}) {
    EXPECT_THAT(RolesOfClaims(claims), IsEmpty()) << claims;
  }
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = Policy::Parse(text);
  EXPECT_FALSE(parsed.ok()) << text;
  return std::string(parsed.status().message());
}

std::string ErrorOfBinding(const std::string& binding) {
  return ErrorOf(absl::StrCat(R"({"bindings": [{"identity": "dns:a.example", "role": "reader"}, )", binding, "]}"));
}

TEST(Policy, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(ErrorOf("{"), HasSubstr("not a JSON object"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("list of bindings"));
  EXPECT_THAT(ErrorOf(R"({"bindings": [], "binding": []})"), HasSubstr("\"binding\" is not known"));
  EXPECT_THAT(ErrorOf(R"({"bindings": [], "bindings": []})"), HasSubstr("given twice"));
  for (const char* binding : {"1",
                              "{}",
                              R"({"identity": "dns:a.example"})",
                              R"({"identity": "dns:a.example", "role": "root"})",
                              R"({"identity": "dns:a.example", "role": "anyone"})",
                              R"({"identity": "dns:a.example", "role": "reader", "scope": 1})",
                              R"({"identity": "dns:a.example", "claim": "/a", "value": "b", "role": "reader"})",
                              R"({"identity": "dns:a.example", "value": "b", "role": "reader"})",
                              R"({"identity": "a.example", "role": "reader"})",
                              R"({"identity": "*", "role": "reader"})",
                              R"({"identity": "spiffe://*", "role": "reader"})",
                              R"({"identity": "spiffe:///a", "role": "reader"})",
                              R"({"identity": "spiffe://a/b*", "role": "reader"})",
                              R"({"identity": "spiffe://a/*/b", "role": "reader"})",
                              R"({"identity": "dns:*", "role": "reader"})",
                              R"({"identity": "dns:*.", "role": "reader"})",
                              R"({"identity": "dns:*example", "role": "reader"})",
                              R"({"identity": "dns:a.*.example", "role": "reader"})",
                              R"({"identity": "jwt:", "role": "reader"})",
                              R"({"identity": 7, "role": "reader"})",
                              R"({"claim": "groups", "value": "a", "role": "reader"})",
                              R"({"claim": "", "value": "a", "role": "reader"})",
                              R"({"claim": "/", "value": "a", "role": "reader"})",
                              R"({"claim": "/a~2", "value": "a", "role": "reader"})",
                              R"({"claim": "/a", "role": "reader"})",
                              R"({"claim": "/a", "value": 1, "role": "reader"})",
                              R"({"claim": "/a", "value": "", "role": "reader"})",
                              R"({"identity": "dns:a.example", "role": "reader", "warehouses": []})",
                              R"({"identity": "dns:a.example", "role": "reader", "warehouses": "w1"})",
                              R"({"identity": "dns:a.example", "role": "reader", "channels": [1]})",
                              R"({"identity": "dns:a.example", "role": "reader", "channels": [""]})",
                              R"({"identity": "dns:a.example", "role": "reader", "channels": null})"}) {
    EXPECT_THAT(ErrorOfBinding(binding), HasSubstr("bindings[1]: ")) << binding;
  }
  EXPECT_THAT(ErrorOf(std::string(Policy::kMaxBytes + 1, ' ')), HasSubstr("more than"));
  EXPECT_TRUE(Policy::Parse(R"({"bindings": []})").ok());
}

}  // namespace
}  // namespace inventory::auth
