// A Galera cluster of three as the database: servers on different nodes get in each other's way at COMMIT only, and
// nodes die, hang and lose the others under load. All writes go through in the end, once each.
#include <cstdlib>

#include "absl/time/clock.h"
#include "tests/integration/galera_cluster.h"
#include "tests/integration/load.h"
#include "tests/integration/metric.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::IsEmpty;

class GaleraTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    if (GaleraCluster::Installed()) cluster_ = std::make_unique<GaleraCluster>();
  }
  static void TearDownTestSuite() { cluster_.reset(); }

 protected:
  void SetUp() override {
    if (cluster_ == nullptr) {
      ASSERT_EQ(std::getenv("INVENTORY_NO_SKIPS"), nullptr) << "the package galera-4 is not installed";
      GTEST_SKIP() << "the package galera-4 is not installed";
    }
    for (int i = 0; i < 2; ++i) {
      servers_.push_back(StartServer(i));
      clients_.push_back(std::make_unique<Client>(servers_[i]->address()));
    }
  }
  void TearDown() override {
    if (servers_.empty()) return;
    EXPECT_THAT(VerifyAll(client()), IsEmpty());
    ExpectNodesAlike();
    for (const auto& server : servers_) EXPECT_EQ(server->Stop(), 0) << server->run().output();
  }

  static GaleraCluster& cluster() { return *cluster_; }
  // Of the server whose first address is that node's.
  const Client& client(int number = 0) const { return *clients_[number]; }
  const ServerProcess& server(int number) const { return *servers_[number]; }
  std::vector<std::string> addresses() const { return {servers_[0]->address(), servers_[1]->address()}; }

  double Retries(const std::string& reason) const {
    double retries = 0;
    for (const auto& server : servers_) {
      retries +=
          MetricOf(server->metrics_port(), absl::StrCat("inventory_batch_retries_total{reason=\"", reason, "\"}"));
    }
    return retries;
  }
  bool HealthBecomes(int number, const std::string& state) const {
    return Eventually([&] { return client(number).Health() == state; }, absl::Minutes(1));
  }

  // The session's reads wait for what the others have committed.
  static std::string Rows(int node, const std::string& table) {
    return cluster().node(node).Value(absl::StrCat("SELECT COUNT(*) FROM inventory.", table));
  }
  static void ExpectNodesAlike() {
    for (const char* table : {"stock_level", "movement", "reservation", "allocation", "request_record"}) {
      const std::string rows = Rows(0, table);
      for (int i = 1; i < GaleraCluster::kNodes; ++i) EXPECT_EQ(Rows(i, table), rows) << table << " of node " << i;
    }
  }

 private:
  static std::unique_ptr<ServerProcess> StartServer(int first) {
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = cluster().UrlFrom(first),
                               .arguments = {"--migrate-on-start=false", "--database-connect-timeout=1s",
                                             "--database-lock-timeout=1s", "--database-read-timeout=4s"},
                               .metrics = true});
  }

  static inline std::unique_ptr<GaleraCluster> cluster_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::vector<std::unique_ptr<Client>> clients_;
};

// Locks hold on one node only; of two transactions that write the same rows on two the later one fails at COMMIT.
TEST_F(GaleraTest, ConflictsAtCommitAreRunAgain) {
  constexpr int kCallers = 16;
  constexpr int kOrders = 25;
  constexpr int kUnits = kCallers * kOrders - 50;
  MakeWarehouse(client(), "hot-w");
  MakeChannel(client(), "hot-c", {"hot-w"});
  Must(
      client().Call(Pb<v1::SetStockRequest>(absl::Substitute("sku: 'hot' warehouse_id: 'hot-w' on_hand: $0", kUnits))));
  const int before = cluster().Conflicts();
  std::vector<absl::Status> results(std::size_t{kCallers} * kOrders);
  Together(kCallers, [&](int caller) {
    for (int i = 0; i < kOrders; ++i) {
      absl::Status& result = results[caller * kOrders + i];
      const std::string id = absl::StrCat("hot-", caller, "-", i);
      const bool ended = Eventually([&] {
        result = Reserve(client(caller % 2), {{"hot", 1}}, {.channel = "hot-c", .id = id, .request_id = id}).status();
        return !absl::IsUnavailable(result);
      });
      EXPECT_TRUE(ended) << result;
    }
  });
  EXPECT_EQ(CountOutcomes(results),
            (std::map<std::string, int>{{"OK", kUnits}, {"FAILED_PRECONDITION INSUFFICIENT_STOCK", 50}}));
  const v1::StockLevel level = Must(client(1).Call(Pb<v1::GetStockLevelRequest>("sku: 'hot' warehouse_id: 'hot-w'")));
  EXPECT_EQ(level.reserved(), kUnits);
  EXPECT_EQ(level.version(), kUnits + 1);
  EXPECT_GT(cluster().Conflicts(), before);
  EXPECT_GT(Retries("deadlock"), 0);
}

TEST_F(GaleraTest, AWriteOnOneNodeIsReadOnAnother) {
  MakeWarehouse(client(), "seen-w");
  for (int i = 1; i <= 50; ++i) {
    Must(client(i % 2).Call(
        Pb<v1::SetStockRequest>(absl::Substitute("sku: 'seen' warehouse_id: 'seen-w' on_hand: $0", i))));
    EXPECT_EQ(
        Must(client((i + 1) % 2).Call(Pb<v1::GetStockLevelRequest>("sku: 'seen' warehouse_id: 'seen-w'"))).on_hand(),
        i);
  }
}

TEST_F(GaleraTest, KillingNodesUnderLoadLosesAndDoublesNothing) {
  Load load(addresses(), "kill-");
  for (const int node : {0, 1}) {
    load.AwaitAcknowledged(100);
    cluster().node(node).Kill();
    load.AwaitAcknowledged(100);
    cluster().Rejoin(node);
    cluster().AwaitAll();
  }
  load.AwaitAcknowledged(50);
  load.Stop();
  load.Check(client());
}

TEST_F(GaleraTest, ANodeThatLosesTheOthersUnderLoadIsLeft) {
  Load load(addresses(), "lose-");
  load.AwaitAcknowledged(100);
  cluster().Isolate(0, true);
  EXPECT_TRUE(Eventually([] { return !cluster().Ready(0); }));
  load.AwaitAcknowledged(200);
  EXPECT_TRUE(HealthBecomes(0, "SERVING"));
  cluster().Isolate(0, false);
  cluster().AwaitAll();
  load.AwaitAcknowledged(50);
  load.Stop();
  load.Check(client());
}

TEST_F(GaleraTest, AHangingNodeUnderLoadIsLeft) {
  Load load(addresses(), "hang-");
  load.AwaitAcknowledged(100);
  cluster().node(0).Pause();
  load.AwaitAcknowledged(200);
  EXPECT_TRUE(HealthBecomes(0, "SERVING"));
  cluster().node(0).Continue();
  cluster().AwaitAll();
  load.AwaitAcknowledged(50);
  load.Stop();
  load.Check(client());
}

TEST_F(GaleraTest, WithoutAMajorityNothingIsServedUntilANodeIsToldToGoOn) {
  MakeWarehouse(client(), "alone-w");
  const auto adjust = [this] {
    return client().Call(
        Pb<v1::AdjustStockRequest>("request_id: 'alone' sku: 'alone' warehouse_id: 'alone-w' delta: 1"));
  };
  // What is acknowledged has its place in the order of all nodes, but a node may still be receiving it.
  EXPECT_TRUE(Eventually([] {
    return cluster().node(2).Value("SELECT COUNT(*) FROM inventory.warehouse WHERE warehouse_id = 'alone-w'") == "1";
  }));
  cluster().node(0).Kill();
  cluster().node(1).Kill();
  EXPECT_TRUE(HealthBecomes(0, "NOT_SERVING"));
  EXPECT_EQ(Outcome(adjust()), "UNAVAILABLE DATABASE_UNAVAILABLE");
  EXPECT_EQ(Outcome(client().Call(Pb<v1::GetStockLevelRequest>("sku: 'alone' warehouse_id: 'alone-w'"))),
            "UNAVAILABLE DATABASE_UNAVAILABLE");
  cluster().GoOnAlone(2);
  EXPECT_TRUE(HealthBecomes(0, "SERVING"));
  EXPECT_EQ(Must(adjust()).stock_level().on_hand(), 1);
  for (const int node : {0, 1}) cluster().Rejoin(node);
  cluster().AwaitAll();
}

}  // namespace
}  // namespace inventory::integration
