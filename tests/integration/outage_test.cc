// The database goes away, hangs and dies; servers die: callers are told so in time, and nothing is lost or doubled.
#include <signal.h>

#include <cstdlib>

#include "absl/time/clock.h"
#include "tests/integration/load.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

using storage::EmbeddedDatabase;

// A database server of the suite's own, which the tests break; each has its database on it, and servers of its own.
class OutageTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<ScratchFolder>();
    StartDatabase();
  }
  static void TearDownTestSuite() {
    StopDatabase();
    folder_.reset();
  }

 protected:
  OutageTest() {
    MakeDatabase();
    server_ = StartServer();
    client_ = std::make_unique<Client>(server_->address());
    MakeWarehouse(client(), "w1");
    MakeWarehouse(client(), "w2");
    MakeChannel(client(), "web", {"w1", "w2"});
    Must(Adjust("first", 5));
  }

  ~OutageTest() override {
    for (const v1::Mismatch& mismatch : VerifyAll(client())) ADD_FAILURE() << mismatch.DebugString();
    EXPECT_EQ(server_->Stop(), 0) << server_->run().output();
  }

  const Client& client() const { return *client_; }
  ServerProcess& server() { return *server_; }
  static int DatabasePid() { return database_->pid(); }
  std::string url() const {
    storage::DatabaseOptions options = database_->connection_options();
    options.database = name_;
    return storage::UrlOf(options);
  }

  static void StartDatabase() {
    const char* binary = std::getenv("INVENTORY_TEST_DATABASE_SERVER");
    auto started = EmbeddedDatabase::Start(
        {.data_dir = folder_->path(), .server_binary = binary == nullptr ? "" : binary, .report = nullptr});
    ASSERT_TRUE(started.ok()) << started.status();
    database_ = *std::move(started);
  }
  static void StopDatabase() { database_.reset(); }

  std::unique_ptr<ServerProcess> StartServer() const {
    return std::make_unique<ServerProcess>(ServerProcess::Options{
        .database_url = url(),
        .arguments = {"--database-connect-timeout=1s", "--database-lock-timeout=1s", "--database-read-timeout=2s"}});
  }

  absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& request_id, int delta) const {
    v1::AdjustStockRequest request;
    request.set_request_id(request_id);
    request.set_sku("sku");
    request.set_warehouse_id("w1");
    request.set_delta(delta);
    return client().Call(request, absl::Seconds(20));
  }
  absl::StatusOr<v1::StockLevel> Level() const {
    return client().Call(Pb<v1::GetStockLevelRequest>("sku: 'sku' warehouse_id: 'w1'"), absl::Seconds(20));
  }
  absl::Status Availability() const {
    return client().Call(Pb<v1::GetAvailabilityRequest>("channel_id: 'web' skus: 'sku'"), absl::Seconds(20)).status();
  }

  static void ExpectUnavailable(const absl::Status& status) {
    EXPECT_EQ(Outcome(status), "UNAVAILABLE DATABASE_UNAVAILABLE") << status;
    EXPECT_TRUE(RetryDelayOf(status).has_value());
    for (const char* secret : {"mysql", "mariadb", ".sock", "/tmp", "root"}) {
      EXPECT_EQ(status.message().find(secret), absl::string_view::npos) << status;
    }
  }
  bool HealthBecomes(const std::string& state) const {
    return Eventually([&] { return client().Health() == state; });
  }
  bool Recovers() const { return HealthBecomes("SERVING"); }

 private:
  void MakeDatabase() const {
    storage::Sql sql;
    sql.Raw("CREATE DATABASE " + name_ + " DEFAULT CHARACTER SET utf8mb4");
    Must(Must(storage::Connection::Open(database_->connection_options()))->Execute(sql));
  }
  static std::string NextName() {
    static int next = 0;
    return absl::StrCat("outage_", ++next);
  }

  static inline std::unique_ptr<ScratchFolder> folder_;
  static inline std::unique_ptr<EmbeddedDatabase> database_;
  const std::string name_ = NextName();
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(OutageTest, AStoppedDatabaseMakesCallsUnavailableUntilItIsBack) {
  StopDatabase();
  ExpectUnavailable(Adjust("second", 3).status());
  ExpectUnavailable(Level().status());
  ExpectUnavailable(Availability());
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  EXPECT_EQ(client().Health("inventory.v1.InventoryService"), "NOT_SERVING");
  EXPECT_FALSE(server().run().Ended());

  StartDatabase();
  EXPECT_TRUE(Recovers());
  EXPECT_EQ(Must(Level()).on_hand(), 5);
  EXPECT_EQ(Must(Adjust("second", 3)).stock_level().on_hand(), 8);
  EXPECT_TRUE(Availability().ok());
}

TEST_F(OutageTest, AMalformedCallIsRefusedEvenWithoutADatabase) {
  StopDatabase();
  EXPECT_EQ(Adjust("second", 0).status().code(), absl::StatusCode::kInvalidArgument);
  StartDatabase();
  EXPECT_TRUE(Recovers());
}

// Its many idle connections are broken, which shows only when they are used.
TEST_F(OutageTest, ARestartOfTheDatabaseFailsNoReadAfterIt) {
  const auto read = [this](int) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(Outcome(Level()), "OK");
      EXPECT_EQ(Outcome(Availability()), "OK");
    }
  };
  Together(8, read);
  for (const int readers : {1, 8}) {
    StopDatabase();
    StartDatabase();
    Together(readers, read);
  }
}

// A hanging database may carry a commit out long after its caller has given up on it: only the request id tells.
TEST_F(OutageTest, AHangingDatabaseMakesCallsUnavailableUntilItGoesOn) {
  const int pid = DatabasePid();
  kill(pid, SIGSTOP);
  const absl::Time start = absl::Now();
  ExpectUnavailable(Adjust("second", 3).status());
  ExpectUnavailable(Level().status());
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
  kill(pid, SIGCONT);
  EXPECT_TRUE(Recovers());
  EXPECT_EQ(Must(Adjust("second", 3)).stock_level().on_hand(), 8);
  EXPECT_EQ(Must(Level()).on_hand(), 8);
}

TEST_F(OutageTest, AServerThatStartsBeforeItsDatabaseWaitsForIt) {
  const std::string address = url();
  StopDatabase();
  ProgramRun early({INVENTORY_SERVER_BINARY, "serve", "--database-url=" + address, "--listen=127.0.0.1:0",
                    "--metrics-listen=", "--database-connect-timeout=1s"});
  EXPECT_TRUE(Eventually([&] { return early.output().find("can't be reached") != std::string::npos; }));
  EXPECT_FALSE(early.Ended());
  StartDatabase();
  EXPECT_TRUE(Eventually([&] { return early.output().find("INFO serving") != std::string::npos; }));
  early.Signal(SIGTERM);
  EXPECT_EQ(early.Wait(), 0);
  EXPECT_TRUE(Recovers());
}

TEST_F(OutageTest, KillingTheServerUnderLoadLosesAndDoublesNothing) {
  Load load({server().address()});
  for (int i = 0; i < 3; ++i) {
    load.AwaitAcknowledged(100);
    server().Kill();
    server().Restart();
  }
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_GT(load.Count(RecordedWrite::End::kUnknown), 0);
  EXPECT_TRUE(Recovers());
  load.Check(client());
}

TEST_F(OutageTest, KillingTheDatabaseUnderLoadLosesAndDoublesNothing) {
  Load load({server().address()});
  for (int i = 0; i < 3; ++i) {
    load.AwaitAcknowledged(100);
    kill(DatabasePid(), SIGKILL);
  }
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_TRUE(Recovers());
  load.Check(client());
}

// One who stays, and one who comes again with his token all the time. What was told is there, and what is there was
// told.
TEST_F(OutageTest, WatchersAreToldWhatTheDatabaseHasThoughItIsKilled) {
  const auto request = Pb<v1::WatchRequest>("heartbeat_interval { seconds: 1 } filter { types: EVENT_TYPE_MOVEMENT }");
  const auto address = [this] { return server().address(); };
  Follower stays(address, request);
  Follower comes_again(address, request, /*messages_of_a_call=*/3);
  Load load({server().address()});
  for (int i = 0; i < 3; ++i) {
    load.AwaitAcknowledged(100);
    kill(DatabasePid(), SIGKILL);
  }
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_TRUE(Recovers());
  Must(Adjust("last", 1));
  for (Follower* follower : {&stays, &comes_again}) {
    follower->AwaitRequest("last");
    follower->Stop();
    ExpectTold(follower->events(), ReadLedgers(client(), load.shop().skus));
  }
}

TEST_F(OutageTest, AHangingDatabaseUnderLoadLosesAndDoublesNothing) {
  Load load({server().address()});
  for (int i = 0; i < 2; ++i) {
    load.AwaitAcknowledged(100);
    const int pid = DatabasePid();
    kill(pid, SIGSTOP);
    EXPECT_TRUE(HealthBecomes("NOT_SERVING"));
    kill(pid, SIGCONT);
  }
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_TRUE(Recovers());
  load.Check(client());
}

TEST_F(OutageTest, KillingOneOfTwoServersUnderLoadLosesAndDoublesNothing) {
  const std::unique_ptr<ServerProcess> second = StartServer();
  Load load({server().address(), second->address()});
  load.AwaitAcknowledged(100);
  second->Kill();
  load.AwaitAcknowledged(100);
  second->Restart();
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_TRUE(Recovers());
  load.Check(client());
  EXPECT_EQ(second->Stop(), 0);
}

// Every accepted call is answered, and who watches health is warned before anything is refused.
TEST_F(OutageTest, AGracefulStopUnderLoadFailsNoCallThatRetries) {
  const std::unique_ptr<ServerProcess> second = StartServer();
  Load load({second->address()});
  for (int i = 0; i < 2; ++i) {
    load.AwaitAcknowledged(100);
    EXPECT_EQ(second->Stop(), 0) << second->run().output();
    second->Restart();
  }
  load.AwaitAcknowledged(100);
  load.Stop();
  EXPECT_TRUE(Recovers());
  load.Check(client());
  EXPECT_EQ(second->Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
