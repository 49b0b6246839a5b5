// What a server asks of its callers by its options, and what it says of them when it starts.
#include <fstream>

#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/integration/access_fixture.h"

namespace inventory::integration {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Without TLS tokens are taken from this machine, where they do not leave it.
TEST(AccessInTheClear, TokensAreTakenOnLoopback) {
  const ScratchFolder folder;
  const TokenIssuer issuer(TokenIssuer::Kind::kEd25519, "local");
  std::ofstream(folder.path() + "/keys") << Jwks({issuer.jwk()});
  std::ofstream(folder.path() + "/policy") << R"({"bindings": [{"identity": "jwt:me", "role": "reader"}]})";
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    ServerProcess server(
        {.database_url = storage::UrlOf(database),
         .arguments = {"--auth-policy-file=" + folder.path() + "/policy", "--jwt-keys=" + folder.path() + "/keys",
                       "--jwt-issuer=me", "--jwt-audience=us"}});
    const json claims = {{"iss", "me"}, {"aud", "us"}, {"sub", "me"}, {"exp", absl::ToUnixSeconds(absl::Now()) + 60}};
    auto stub = v1::InventoryService::NewStub(Client(server.address()).channel());
    v1::ListItemsResponse response;
    grpc::ClientContext with_token;
    with_token.AddMetadata("authorization", "Bearer " + issuer.Sign(claims));
    EXPECT_EQ(Outcome(FromGrpc(stub->ListItems(&with_token, v1::ListItemsRequest(), &response))), "OK");
    grpc::ClientContext without;
    EXPECT_EQ(Outcome(FromGrpc(stub->ListItems(&without, v1::ListItemsRequest(), &response))),
              "UNAUTHENTICATED CREDENTIALS_MISSING");
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
