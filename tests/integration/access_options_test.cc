// What a server asks of its callers by its options, and what it says of them when it starts.
#include <fstream>
#include <set>

#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/http_receiver.h"
#include "tests/integration/access_fixture.h"

namespace inventory::integration {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

json MeReads() { return json::array({{{"identity", "jwt:me"}, {"role", "reader"}}}); }

// Without TLS tokens are taken from this machine, where they do not leave it.
TEST(AccessInTheClear, TokensAreTakenOnLoopback) {
  const ScratchFolder folder;
  const TokenIssuer issuer(TokenIssuer::Kind::kEd25519, "local");
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    ServerProcess server(
        {.database_url = storage::UrlOf(database), .arguments = TakeTokens(folder, issuer, MeReads())});
    auto stub = v1::InventoryService::NewStub(Client(server.address()).channel());
    v1::ListItemsResponse response;
    grpc::ClientContext with_token;
    with_token.AddMetadata("authorization", "Bearer " + issuer.Sign(ClaimsOf("me")));
    EXPECT_EQ(Outcome(FromGrpc(stub->ListItems(&with_token, v1::ListItemsRequest(), &response))), "OK");
    grpc::ClientContext without;
    EXPECT_EQ(Outcome(FromGrpc(stub->ListItems(&without, v1::ListItemsRequest(), &response))),
              "UNAUTHENTICATED CREDENTIALS_MISSING");
    EXPECT_EQ(server.Stop(), 0);
  }
  storage::DropDatabase(database);
}

// A key that a token names is looked for long before all keys are asked for again.
TEST(AccessKeysOfAUrl, AreHadOverVerifiedTlsAndFollowTheIssuer) {
  const ScratchFolder folder;
  const Certificates made(folder.path());
  for (const char* authority : {"root", "other-root"}) ASSERT_TRUE(made.MakeAuthority(authority).ok());
  ASSERT_TRUE(made.MakeCertificate("issuer", "127.0.0.1", "root").ok());
  const TokenIssuer first(TokenIssuer::Kind::kP256, "first");
  const TokenIssuer next(TokenIssuer::Kind::kEd25519, "next");
  const TokenIssuer stranger(TokenIssuer::Kind::kP256, "stranger");
  HttpReceiver keys(HttpReceiver::Status(200, "", Jwks({first.jwk()})), made.Pem("issuer"), made.Key("issuer"));
  const auto outcome = [](const ServerProcess& server, const TokenIssuer& issuer) {
    auto stub = v1::InventoryService::NewStub(Client(server.address()).channel());
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + issuer.Sign(ClaimsOf("me")));
    v1::ListItemsResponse response;
    return Outcome(FromGrpc(stub->ListItems(&context, v1::ListItemsRequest(), &response)));
  };
  const storage::DatabaseOptions database = storage::NewDatabase();
  const auto options = [&](const std::string& authority) {
    std::vector<std::string> arguments = TakeTokens(folder, keys.url("/jwks"), MeReads());
    arguments.insert(arguments.end(), {"--jwt-keys-ca-file=" + made.Pem(authority), "--jwt-keys-refresh=1h",
                                       "--jwt-keys-min-refresh=1s"});
    return ServerProcess::Options{.database_url = storage::UrlOf(database), .arguments = arguments};
  };
  {
    ServerProcess server(options("other-root"));
    EXPECT_EQ(outcome(server, first), "UNAVAILABLE TOKEN_KEYS_UNAVAILABLE");
    EXPECT_THAT(server.run().output(), HasSubstr("the keys of tokens can't be had"));
    EXPECT_EQ(server.Stop(), 0);
    EXPECT_THAT(keys.requests(), IsEmpty());
  }
  {
    ServerProcess server(options("root"));
    EXPECT_EQ(outcome(server, first), "OK");
    ASSERT_THAT(keys.requests(), SizeIs(1));
    EXPECT_EQ(keys.requests()[0].target, "/jwks");
    keys.SetAnswer(HttpReceiver::Status(200, "", Jwks({first.jwk(), next.jwk()})));
    EXPECT_TRUE(Eventually([&] { return outcome(server, next) == "OK"; }));
    EXPECT_EQ(outcome(server, first), "OK");
    // That it is nobody's is only said once it was looked for.
    EXPECT_TRUE(Eventually([&] { return outcome(server, stranger) == "UNAUTHENTICATED TOKEN_KEY_UNKNOWN"; }));
    EXPECT_EQ(outcome(server, next), "OK");
    EXPECT_EQ(server.Stop(), 0);
  }
  storage::DropDatabase(database);
}

// Whom the server knows is served on, and everybody else from the next second.
TEST(AccessLimits, AHostThatShowsTooManyBadTokensHasNoNewOnesLookedAt) {
  const ScratchFolder folder;
  const TokenIssuer issuer(TokenIssuer::Kind::kP256, "local");
  const TokenIssuer forger(TokenIssuer::Kind::kP256, "local");
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    std::vector<std::string> arguments = TakeTokens(folder, issuer, MeReads());
    arguments.emplace_back("--jwt-max-failures=5");
    ServerProcess server({.database_url = storage::UrlOf(database), .arguments = arguments, .metrics = true});
    auto stub = v1::InventoryService::NewStub(Client(server.address()).channel());
    const auto outcome = [&stub](const std::string& token) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer " + token);
      v1::ListItemsResponse response;
      return Outcome(FromGrpc(stub->ListItems(&context, v1::ListItemsRequest(), &response)));
    };
    json claims = ClaimsOf("me");
    const std::string remembered = issuer.Sign(claims);
    EXPECT_EQ(outcome(remembered), "OK");
    std::set<std::string> seen;
    const std::string refused = "RESOURCE_EXHAUSTED TOO_MANY_BAD_TOKENS";
    const std::string forged = forger.Sign(claims);
    for (int i = 0; i < 10'000 && !seen.contains(refused); ++i) seen.insert(outcome(forged));
    EXPECT_THAT(seen, ElementsAre(refused, "UNAUTHENTICATED TOKEN_SIGNATURE_INVALID"));
    EXPECT_EQ(outcome(remembered), "OK");
    EXPECT_THAT(HttpGet(server.metrics_port(), "/metrics"),
                ContainsRegex("inventory_denied_calls_total.reason=\"TOO_MANY_BAD_TOKENS\". [1-9]"));
    claims["jti"] = "another";
    EXPECT_TRUE(Eventually([&] { return outcome(issuer.Sign(claims)) == "OK"; }));
    EXPECT_EQ(server.Stop(), 0);
  }
  storage::DropDatabase(database);
}

TEST(AccessOff, IsSaidLoudly) {
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    ServerProcess server({.database_url = storage::UrlOf(database)});
    EXPECT_THAT(server.run().output(), HasSubstr("WARNING authorisation is off: whoever reaches the server"));
    EXPECT_EQ(server.Stop(), 0);
  }
  storage::DropDatabase(database);
}

// Better no server than one that does not know who may do what.
TEST(AccessFiles, ThatCanNotBeUsedKeepTheServerFromStarting) {
  const ScratchFolder folder;
  const storage::DatabaseOptions database = storage::NewDatabase();
  std::ofstream(folder.path() + "/broken") << "{";
  std::ofstream(folder.path() + "/policy") << R"({"bindings": []})";
  const auto start = [&](const std::string& policy, const std::string& keys) {
    const Finished finished = RunServerProgram(
        {"serve", "--listen=127.0.0.1:0", "--metrics-listen=", "--database-url=" + storage::UrlOf(database),
         "--auth-policy-file=" + folder.path() + policy, "--jwt-keys=" + folder.path() + keys, "--jwt-issuer=a",
         "--jwt-audience=b"});
    EXPECT_EQ(finished.exit_code, 1);
    return finished.output;
  };
  EXPECT_THAT(start("/missing", "/broken"), HasSubstr("the policy can't be used"));
  EXPECT_THAT(start("/broken", "/broken"), HasSubstr("the policy can't be used"));
  EXPECT_THAT(start("/policy", "/broken"), HasSubstr("the keys of jwt-keys can't be used"));
  EXPECT_THAT(start("/policy", "/missing"), HasSubstr("the keys of jwt-keys can't be used"));
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
