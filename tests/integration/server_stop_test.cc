// Stopping: what was accepted is answered, what comes later is not begun, and the next start finds everything.
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

// Follows the health of a server until it is NOT_SERVING.
class HealthWatch {
 public:
  explicit HealthWatch(const Client& client) : stub_(grpc::health::v1::Health::NewStub(client.channel())) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + Client::kPatience));
    reader_ = stub_->Watch(&context_, grpc::health::v1::HealthCheckRequest());
  }

  // The next status; empty if the server has ended the call.
  std::string Next() {
    grpc::health::v1::HealthCheckResponse response;
    if (!reader_->Read(&response)) return "";
    return grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
  }

 private:
  const std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<grpc::health::v1::HealthCheckResponse>> reader_;
};

class StopTest : public ::testing::Test {
 protected:
  StopTest() : database_(storage::NewDatabase()) {}
  ~StopTest() override { storage::DropDatabase(database_); }

  ServerProcess Started(const std::vector<std::string>& arguments = {}) const {
    return ServerProcess({.database_url = storage::UrlOf(database_), .arguments = arguments});
  }
  std::unique_ptr<storage::Connection> Open() const { return Must(storage::Connection::Open(database_)); }
  const std::string& name() const { return database_.database; }

 private:
  const storage::DatabaseOptions database_;
};

TEST_F(StopTest, HealthEndsFirstAndARunningCallIsAnswered) {
  ServerProcess server = Started();
  auto client = std::make_unique<Client>(server.address());
  MakeWarehouse(*client, "w1");
  Must(Add(*client, "sku"));
  auto watch = std::make_unique<HealthWatch>(*client);
  EXPECT_EQ(watch->Next(), "SERVING");
  const auto locker = Open();
  storage::Sql lock;
  lock.Raw("BEGIN").Then().Raw("SELECT 1 FROM item FOR UPDATE");
  Must(locker->Execute(lock));
  std::atomic<bool> answered = false;
  absl::StatusOr<v1::AdjustStockResponse> answer;
  std::thread caller([&] {
    answer = Add(*client, "sku");
    answered = true;
  });
  storage::WaitForLockWaits(*Open(), name());

  server.run().Signal(SIGTERM);
  EXPECT_EQ(watch->Next(), "NOT_SERVING");
  EXPECT_FALSE(answered);
  EXPECT_FALSE(server.run().Ended());
  storage::Sql unlock;
  unlock.Raw("ROLLBACK");
  Must(locker->Execute(unlock));
  caller.join();
  EXPECT_EQ(Must(answer).stock_level().on_hand(), 2);
  watch.reset();
  client.reset();
  EXPECT_EQ(server.run().Wait(), 0) << server.run().output();
  EXPECT_THAT(server.run().output(), AllOf(HasSubstr("INFO stopping grace=20s"), HasSubstr("INFO stopped")));
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

TEST_F(StopTest, AStopDuringAnEndlessCallIsOverAfterTheGrace) {
  ServerProcess server = Started({"--shutdown-grace=100ms"});
  const Client client(server.address());
  HealthWatch watch(client);
  EXPECT_EQ(watch.Next(), "SERVING");
  EXPECT_EQ(server.Stop(), 0) << server.run().output();
  EXPECT_THAT(watch.Next(), AnyOf("NOT_SERVING", ""));
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
