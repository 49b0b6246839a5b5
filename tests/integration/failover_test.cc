// The primary is taken out of service, dies, or comes back when another has been promoted: writes go on at the promoted
// replica, and nothing that was acknowledged is lost or doubled.
#include "absl/time/clock.h"
#include "tests/integration/database_server.h"
#include "tests/integration/load.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

// A primary with a replica, and a server that knows both.
class FailoverTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() { files_ = std::make_unique<DatabaseFiles>(); }
  static void TearDownTestSuite() { files_.reset(); }

 protected:
  FailoverTest() : database_(*files_), server_(StartServer()), client_(server_->address()) {
    MakeWarehouse(client(), "w1");
    Must(Adjust("first", 5));
    database_.AwaitReplica();
  }
  ~FailoverTest() override {
    for (const v1::Mismatch& mismatch : VerifyAll(client())) ADD_FAILURE() << mismatch.DebugString();
    EXPECT_EQ(server_->Stop(), 0) << server_->run().output();
  }

  ReplicatedDatabase& database() { return database_; }
  DatabaseServer& primary() { return database_.primary(); }
  DatabaseServer& replica() { return database_.replica(); }
  const Client& client() const { return client_; }
  const ServerProcess& server() const { return *server_; }

  std::unique_ptr<ServerProcess> StartServer() {
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = UrlOf({&primary(), &replica()}),
                               .arguments = {"--migrate-on-start=false", "--database-connect-timeout=1s",
                                             "--database-lock-timeout=1s", "--database-read-timeout=3s"}});
  }

  absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& request_id, int delta) const {
    return client().Call(Pb<v1::AdjustStockRequest>(
        absl::Substitute("request_id: '$0' sku: 'sku' warehouse_id: 'w1' delta: $1", request_id, delta)));
  }
  absl::StatusOr<v1::StockLevel> Level() const {
    return client().Call(Pb<v1::GetStockLevelRequest>("sku: 'sku' warehouse_id: 'w1'"));
  }
  bool HealthBecomes(const std::string& state) const {
    return Eventually([&] { return client().Health() == state; });
  }

  // No write is begun on the primary any more, and sessions that had begun one are ended.
  void TakeOutOfService() { primary().Sql({"SET GLOBAL read_only=1", "KILL USER inventory"}); }

  static std::string Movements(const DatabaseServer& server) {
    return server.Value("SELECT COUNT(*) FROM inventory.movement");
  }

 private:
  static inline std::unique_ptr<DatabaseFiles> files_;
  ReplicatedDatabase database_;
  std::unique_ptr<ServerProcess> server_;
  const Client client_;
};

TEST_F(FailoverTest, APlannedPromotionUnderLoadLosesAndDoublesNothing) {
  const auto second = StartServer();
  Load load({server().address(), second->address()});
  load.AwaitAcknowledged(100);
  TakeOutOfService();
  const std::string left = Movements(primary());
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  database().AwaitReplica();
  database().Promote();
  load.AwaitAcknowledged(200);
  load.Stop();
  load.Check(client());
  EXPECT_EQ(Movements(primary()), left);
  EXPECT_GT(load.Count(RecordedWrite::End::kUnknown), 0);
  EXPECT_EQ(second->Stop(), 0);
}

TEST_F(FailoverTest, ADeadPrimaryWithASemiSynchronousReplicaLosesAndDoublesNothing) {
  database().BeSemiSynchronous();
  Load load({server().address()});
  load.AwaitAcknowledged(100);
  primary().Kill();
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  database().AwaitRelayed();
  database().Promote();
  load.AwaitAcknowledged(200);
  load.Stop();
  load.Check(client());
}

// Its rows may be old.
TEST_F(FailoverTest, AReplicaThatIsNotPromotedIsNotReadFrom) {
  replica().Sql({"STOP SLAVE"});
  Must(Adjust("second", 3));
  primary().Kill();
  EXPECT_EQ(Outcome(Level()), "UNAVAILABLE DATABASE_UNAVAILABLE");
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  primary().Start();
  EXPECT_TRUE(HealthBecomes("SERVING"));
  EXPECT_EQ(Must(Level()).on_hand(), 8);
}

TEST_F(FailoverTest, AReadOnlyPrimaryIsReadFromUntilAnotherTakesWrites) {
  primary().Sql({"SET GLOBAL read_only=1"});
  EXPECT_EQ(Outcome(Adjust("second", 3)), "UNAVAILABLE DATABASE_UNAVAILABLE");
  EXPECT_EQ(Must(Level()).on_hand(), 5);
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  primary().Sql({"SET GLOBAL read_only=0"});
  EXPECT_TRUE(HealthBecomes("SERVING"));
  EXPECT_EQ(Must(Adjust("second", 3)).stock_level().on_hand(), 8);
}

TEST_F(FailoverTest, AnOldPrimaryThatComesBackIsLeftAlone) {
  primary().Kill();
  database().AwaitRelayed();
  database().Promote();
  EXPECT_TRUE(HealthBecomes("SERVING"));
  Must(Adjust("second", 3));
  const std::string left = Movements(replica());

  primary().Start({"--read-only"});
  const auto second = StartServer();
  const Client other(second->address());
  EXPECT_EQ(
      Must(other.Call(Pb<v1::AdjustStockRequest>("sku: 'sku' warehouse_id: 'w1' delta: 1"))).stock_level().on_hand(),
      9);
  EXPECT_EQ(Must(Adjust("third", 1)).stock_level().on_hand(), 10);
  EXPECT_EQ(Movements(primary()), "1");
  EXPECT_NE(Movements(replica()), left);
  EXPECT_EQ(second->Stop(), 0);
}

TEST_F(FailoverTest, APrimaryThatIsOnlyRestartedIsKept) {
  primary().Stop();
  primary().Start();
  EXPECT_TRUE(HealthBecomes("SERVING"));
  EXPECT_EQ(Must(Adjust("second", 3)).stock_level().on_hand(), 8);
  EXPECT_EQ(Movements(primary()), "2");
}

TEST_F(FailoverTest, AHangingPrimaryIsLeftOnceAnotherTakesWrites) {
  primary().Pause();
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  database().AwaitRelayed();
  database().Promote();
  EXPECT_TRUE(HealthBecomes("SERVING"));
  EXPECT_EQ(Must(Adjust("second", 3)).stock_level().on_hand(), 8);
  EXPECT_EQ(Movements(replica()), "2");
  primary().Continue();
}

}  // namespace
}  // namespace inventory::integration
