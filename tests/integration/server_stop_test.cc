// Stopping: health warns first, what was accepted is answered, what comes later is not begun, and the next start finds
// everything.
#include <signal.h>

#include <atomic>
#include <thread>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

absl::StatusOr<v1::AdjustStockResponse> Add(const Client& client, const std::string& sku) {
  return client.Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", sku)));
}

v1::StockLevel Level(const Client& client, const std::string& sku) {
  return Must(client.Call(Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1'", sku))));
}

// Follows the health of a service, or of the whole server.
class HealthWatch {
 public:
  explicit HealthWatch(const Client& client, const std::string& service = "")
      : stub_(grpc::health::v1::Health::NewStub(client.channel())) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + Client::kPatience));
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    reader_ = stub_->Watch(&context_, request);
  }

  // The next status; when the server has ended the call, its code.
  std::string Next() {
    grpc::health::v1::HealthCheckResponse response;
    if (reader_->Read(&response)) return grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
    return absl::StatusCodeToString(static_cast<absl::StatusCode>(reader_->Finish().error_code()));
  }

 private:
  const std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<grpc::health::v1::HealthCheckResponse>> reader_;
};

// A write of "sku" that waits in the database, because another session has locked the item, until it is let go.
class HeldCall {
 public:
  HeldCall(const Client& client, const storage::DatabaseOptions& database)
      : locker_(Must(storage::Connection::Open(database))) {
    Run("BEGIN");
    Run("SELECT 1 FROM item FOR UPDATE");
    caller_ = std::thread([this, &client] {
      answer_ = Add(client, "sku");
      answered_ = true;
    });
    storage::WaitForLockWaits(*Must(storage::Connection::Open(database)), database.database);
  }
  ~HeldCall() {
    if (caller_.joinable()) caller_.join();
  }

  bool answered() const { return answered_; }
  void LetGo() { Run("ROLLBACK"); }
  absl::StatusOr<v1::AdjustStockResponse> Answer() {
    caller_.join();
    return answer_;
  }

 private:
  void Run(const std::string& statement) {
    storage::Sql sql;
    sql.Raw(statement);
    Must(locker_->Execute(sql));
  }

  const std::unique_ptr<storage::Connection> locker_;
  std::thread caller_;
  std::atomic<bool> answered_ = false;
  absl::StatusOr<v1::AdjustStockResponse> answer_;
};

class StopTest : public ::testing::Test {
 protected:
  StopTest() : database_(storage::NewDatabase()) {}
  ~StopTest() override { storage::DropDatabase(database_); }

  ServerProcess Started(const std::vector<std::string>& arguments = {}, bool metrics = false) const {
    return ServerProcess({.database_url = storage::UrlOf(database_), .arguments = arguments, .metrics = metrics});
  }
  // One whose item "sku" is there.
  ServerProcess StartedWithItem(const std::vector<std::string>& arguments = {}) const {
    ServerProcess server = Started(arguments);
    const Client client(server.address());
    MakeWarehouse(client, "w1");
    Must(Add(client, "sku"));
    return server;
  }
  const storage::DatabaseOptions& database() const { return database_; }

 private:
  const storage::DatabaseOptions database_;
};

TEST_F(StopTest, HealthEndsFirstAndARunningCallIsAnswered) {
  ServerProcess server = StartedWithItem();
  const Client client(server.address());
  HealthWatch watch(client);
  EXPECT_EQ(watch.Next(), "SERVING");
  HeldCall held(client, database());

  server.run().Signal(SIGTERM);
  EXPECT_EQ(watch.Next(), "NOT_SERVING");
  EXPECT_FALSE(held.answered());
  EXPECT_FALSE(server.run().Ended());
  held.LetGo();
  EXPECT_EQ(Must(held.Answer()).stock_level().on_hand(), 2);
  EXPECT_EQ(server.run().Wait(), 0) << server.run().output();
  EXPECT_THAT(server.run().output(), AllOf(HasSubstr("INFO stopping grace=20s"), HasSubstr("INFO stopped")));
}

// Callers who go away when health says so, as load balancers make them, see no error.
TEST_F(StopTest, WhileItDrainsEveryCallIsServed) {
  ServerProcess server = Started({"--drain-delay=10m"}, /*metrics=*/true);
  const Client watcher(server.address());
  MakeWarehouse(watcher, "w1");
  HealthWatch watch(watcher);
  EXPECT_EQ(watch.Next(), "SERVING");
  const auto probe = [&server](const std::string& path) {
    return HttpGet(server.metrics_port(), path).substr(0, std::string("HTTP/1.1 200").size());
  };
  EXPECT_TRUE(Eventually([&probe] { return probe("/readyz") == "HTTP/1.1 200"; }));
  std::atomic<int> added = 0;
  std::atomic<bool> leave = false;
  std::thread stopper([&] {
    EXPECT_TRUE(Eventually([&] { return added > 200; }));
    server.run().Signal(SIGTERM);
    EXPECT_EQ(watch.Next(), "NOT_SERVING");
    const int before = added;
    EXPECT_TRUE(Eventually([&] { return added > before + 200; }));
    EXPECT_EQ(watcher.Health(), "NOT_SERVING");
    EXPECT_TRUE(Eventually([&probe] { return probe("/readyz") == "HTTP/1.1 503"; }));
    EXPECT_EQ(probe("/livez"), "HTTP/1.1 200");
    EXPECT_THAT(HttpGet(server.metrics_port(), "/metrics"), HasSubstr("inventory_rpc_total"));
    leave = true;
  });
  Together(8, [&](int) {
    const Client caller(server.address());
    while (!leave) {
      EXPECT_EQ(Outcome(Add(caller, "sku").status()), "OK");
      ++added;
    }
  });
  stopper.join();
  EXPECT_EQ(Level(watcher, "sku").on_hand(), added);
  // The second one ends the delay.
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
}

TEST_F(StopTest, TheDrainEndsAfterItsDelay) {
  ServerProcess server = Started({"--drain-delay=1s"});
  const absl::Time start = absl::Now();
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
  EXPECT_GE(absl::Now() - start, absl::Seconds(1));
}

TEST_F(StopTest, UnderLoadEveryCallIsAnsweredAndOnlyAnsweredCallsHaveAnEffect) {
  constexpr int kCallers = 16;
  ServerProcess server = Started();
  {
    const Client client(server.address());
    MakeWarehouse(client, "w1");
  }
  std::atomic<int> done = 0;
  std::vector<int> added(kCallers);
  std::vector<absl::Status> ends(kCallers);
  std::thread stopper([&] {
    EXPECT_TRUE(Eventually([&] { return done > 200; }));
    server.run().Signal(SIGTERM);
  });
  Together(kCallers, [&](int i) {
    const Client client(server.address());
    while (ends[i].ok()) {
      ends[i] = Add(client, absl::StrCat("sku", i % 4)).status();
      added[i] += ends[i].ok() ? 1 : 0;
      ++done;
    }
  });
  stopper.join();
  EXPECT_EQ(server.run().Wait(), 0) << server.run().output();
  // What comes too late is refused: by the lost connection, or, between the stop and the word of it, by gRPC.
  for (const absl::Status& end : ends) EXPECT_THAT(Outcome(end), AnyOf("UNAVAILABLE", "CANCELLED"));

  server.Restart();
  {
    const Client client(server.address());
    for (int sku = 0; sku < 4; ++sku) {
      int64_t expected = 0;
      for (int i = sku; i < kCallers; i += 4) expected += added[i];
      EXPECT_EQ(Level(client, absl::StrCat("sku", sku)).on_hand(), expected);
    }
    EXPECT_TRUE(VerifyAll(client).empty());
  }
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(StopTest, ACallThatOutlastsTheGraceIsCancelled) {
  ServerProcess server = StartedWithItem({"--shutdown-grace=100ms"});
  const Client client(server.address());
  HeldCall held(client, database());
  server.run().Signal(SIGTERM);
  EXPECT_THAT(Outcome(held.Answer().status()), AnyOf("UNAVAILABLE", "CANCELLED"));
  held.LetGo();
  EXPECT_EQ(server.run().Wait(), 0) << server.run().output();
}

TEST_F(StopTest, ASecondSignalEndsTheDrainAndTheGrace) {
  ServerProcess server = StartedWithItem({"--drain-delay=10m", "--shutdown-grace=10m"});
  const Client client(server.address());
  HealthWatch watch(client);
  EXPECT_EQ(watch.Next(), "SERVING");
  HeldCall held(client, database());
  server.run().Signal(SIGTERM);
  EXPECT_EQ(watch.Next(), "NOT_SERVING");
  EXPECT_FALSE(held.answered());
  server.run().Signal(SIGTERM);
  EXPECT_THAT(Outcome(held.Answer().status()), AnyOf("UNAVAILABLE", "CANCELLED"));
  held.LetGo();
  EXPECT_EQ(server.run().Wait(), 0) << server.run().output();
}

TEST_F(StopTest, WatchersOfHealthAreToldAndDoNotDelayIt) {
  ServerProcess server = Started({"--shutdown-grace=10m"});
  const Client client(server.address());
  HealthWatch whole(client);
  HealthWatch service(client, "inventory.v1.InventoryService");
  HealthWatch unknown(client, "inventory.v1.Nothing");
  EXPECT_EQ(whole.Next(), "SERVING");
  EXPECT_EQ(service.Next(), "SERVING");
  EXPECT_EQ(unknown.Next(), "SERVICE_UNKNOWN");
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
  for (HealthWatch* watch : {&whole, &service}) {
    EXPECT_EQ(watch->Next(), "NOT_SERVING");
    EXPECT_EQ(watch->Next(), "UNAVAILABLE");
  }
  EXPECT_EQ(unknown.Next(), "UNAVAILABLE");
}

TEST(PrivateDatabaseTest, ASecondStartFindsItsData) {
  const ScratchFolder folder;
  ServerProcess server({.database_url = "", .arguments = {"--data-dir=" + folder.path() + "/data"}});
  {
    const Client client(server.address());
    MakeWarehouse(client, "w1");
    Must(Add(client, "sku"));
  }
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
  server.Restart();
  {
    const Client client(server.address());
    EXPECT_EQ(Level(client, "sku").on_hand(), 1);
    EXPECT_EQ(Must(Add(client, "sku")).movement().sequence(), 2);
  }
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
}

}  // namespace
}  // namespace inventory::integration
