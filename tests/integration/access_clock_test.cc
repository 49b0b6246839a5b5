// Goal: a clock that is set back keeps nobody who was let go, and no key that was withdrawn.
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "grpcpp/client_context.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "tests/integration/server_fixture.h"
#include "tests/token_issuer.h"

// The library of tests/faults/clock, where it can be built.
#ifndef INVENTORY_CLOCK_LIBRARY
#define INVENTORY_CLOCK_LIBRARY ""
#endif

namespace inventory::integration {
namespace {

using nlohmann::json;

class AccessClockTest : public ::testing::Test {
 protected:
  void Replace(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() + "/new") << content;
    std::filesystem::rename(folder_.path() + "/new", folder_.path() + name);
  }

  void Grant(const std::string& subject) const {
    const json binding = {{"identity", "jwt:" + subject}, {"role", "reader"}};
    Replace("/policy", json{{"bindings", json::array({binding})}}.dump());
  }

  // In place, as the library reads it.
  void MoveClock(absl::Duration offset) const {
    const int64_t nanoseconds = absl::ToInt64Nanoseconds(offset);
    std::fstream file(folder_.path() + "/clock", std::ios::in | std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(&nanoseconds), sizeof(nanoseconds));
    ASSERT_TRUE(file.good());
  }

  // What a read by this token is answered.
  static std::string Read(const ServerProcess& server, const std::string& token) {
    auto stub = v1::InventoryService::NewStub(Client(server.address()).channel());
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    v1::ListItemsResponse response;
    return Outcome(FromGrpc(stub->ListItems(&context, v1::ListItemsRequest(), &response)));
  }

  const ScratchFolder folder_;
};

TEST_F(AccessClockTest, ThatIsSetBackKeepsNoOldPolicyAndNoOldKeys) {
  if (std::string(INVENTORY_CLOCK_LIBRARY).empty()) GTEST_SKIP() << "there is nothing to move the clock with";
  const TokenIssuer first(TokenIssuer::Kind::kEd25519, "first");
  const TokenIssuer second(TokenIssuer::Kind::kEd25519, "second");
  const auto claims = [](const char* subject) -> json {
    return {{"iss", "me"}, {"aud", "us"}, {"sub", subject}, {"exp", absl::ToUnixSeconds(absl::Now()) + 600}};
  };
  Grant("old");
  Replace("/keys", Jwks({first.jwk()}));
  Replace("/clock", std::string(sizeof(int64_t), '\0'));
  const storage::DatabaseOptions database = storage::NewDatabase();
  {
    ServerProcess server(
        {.database_url = storage::UrlOf(database),
         .arguments = {"--auth-policy-file=" + folder_.path() + "/policy", "--jwt-keys=" + folder_.path() + "/keys",
                       "--jwt-issuer=me", "--jwt-audience=us"},
         .environment = {{"LD_PRELOAD", INVENTORY_CLOCK_LIBRARY},
                         {"INVENTORY_CLOCK_FILE", folder_.path() + "/clock"}}});
    EXPECT_EQ(Read(server, first.Sign(claims("old"))), "OK");
    MoveClock(-absl::Hours(2));
    Grant("new");
    EXPECT_TRUE(Eventually([&] { return Read(server, first.Sign(claims("new"))) == "OK"; }));
    EXPECT_EQ(Read(server, first.Sign(claims("old"))), "PERMISSION_DENIED ROLE_REQUIRED");
    Replace("/keys", Jwks({second.jwk()}));
    EXPECT_TRUE(Eventually([&] { return Read(server, second.Sign(claims("new"))) == "OK"; }));
    EXPECT_NE(Read(server, first.Sign(claims("new"))), "OK");
    EXPECT_EQ(server.Stop(), 0);
  }
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
