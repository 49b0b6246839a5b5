// Ten thousand connections that do nothing.
#include <signal.h>

#include <cstdlib>

#include "server/net/descriptors.h"
#include "tests/integration/attacked_server.h"

namespace inventory::integration {
namespace {

// Longer than it takes to open all connections.
#ifdef __SANITIZE_ADDRESS__
constexpr char kIdleTime[] = "40s";
#else
constexpr char kIdleTime[] = "10s";
#endif

class IdleConnectionsTest : public AttackTest {
 public:
  static void SetUpTestSuite() {
    net::RaiseDescriptorLimit();
    StartServer({absl::StrCat("--handshake-timeout=", kIdleTime), absl::StrCat("--max-connection-idle=", kIdleTime),
                 "--max-connections=9500", "--max-connections-per-address=9000"},
                /*metrics=*/true);
    MakeReady();
  }
};

TEST_F(IdleConnectionsTest, LeaveRoomToOthersAndAreCut) {
  constexpr int kAttack = 10'000;
  if (net::RaiseDescriptorLimit() < kAttack + 2000) GTEST_SKIP() << "needs a limit of 12,000 descriptors";
  std::vector<RawConnection> connections;
  connections.reserve(kAttack);
  for (int i = 0; i < kAttack; ++i) {
    RawConnection& connection = connections.emplace_back(port(), "127.0.0.2");
    // Every other one gets as far as HTTP/2.
    if (i % 2 == 0) connection.Send(PrefaceOf());
  }
  ExpectServesOthers();
  EXPECT_GE(Metric("inventory_connections"), 5000);
  EXPECT_TRUE(Eventually([] {
    return Metric("inventory_limit_refusals_total{reason=\"too_many_of_an_address\",what=\"connection\"}") >= 1000;
  }));
  EXPECT_TRUE(Eventually([] { return Metric("inventory_connections") < 10; }, absl::Minutes(2)));
}

// With few descriptors the server takes fewer connections, says so, and has enough for its own work.
TEST(FewDescriptorsTest, AreKeptForWork) {
  const storage::DatabaseOptions database = storage::NewDatabase();
  ProgramRun server({"/usr/bin/prlimit", "--nofile=256", INVENTORY_SERVER_BINARY, "serve",
                     "--database-url=" + storage::UrlOf(database), absl::StrCat("--listen=127.0.0.1:", FreePort()),
                     "--metrics-listen="});
  ASSERT_TRUE(Eventually([&server] { return absl::StrContains(server.output(), "INFO serving"); })) << server.output();
  EXPECT_THAT(server.output(), ::testing::HasSubstr("WARNING the limit of descriptors is low"));
  const std::string log = server.output();
  const int port = std::atoi(&log[log.find(" port=") + 6]);
  {
    std::vector<RawConnection> connections;
    for (int i = 0; i < 300; ++i) connections.emplace_back(port, "127.0.0.2");
  }
  const Client client(absl::StrCat("127.0.0.1:", port));
  EXPECT_TRUE(Eventually([&client] { return client.Call(v1::ListWarehousesRequest()).ok(); }));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  storage::DropDatabase(database);
}

// A server has all that it may have, whatever its session begins with.
TEST(FewDescriptorsTest, AreAsManyAsMayBe) {
  const storage::DatabaseOptions database = storage::NewDatabase();
  ProgramRun server({"/usr/bin/prlimit", "--nofile=256:4096", INVENTORY_SERVER_BINARY, "serve",
                     "--database-url=" + storage::UrlOf(database), "--listen=127.0.0.1:0", "--metrics-listen="});
  ASSERT_TRUE(Eventually([&server] { return absl::StrContains(server.output(), "INFO serving"); })) << server.output();
  EXPECT_THAT(server.output(), ::testing::HasSubstr("INFO descriptors limit=4096"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  storage::DropDatabase(database);
}

}  // namespace
}  // namespace inventory::integration
