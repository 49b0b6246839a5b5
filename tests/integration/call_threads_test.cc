// The threads that take calls: any number of them, whatever becomes of the calls.
#include <atomic>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class CallThreadsTest : public ::testing::Test {
 protected:
  CallThreadsTest() : database_(storage::NewDatabase()) {}
  ~CallThreadsTest() override { storage::DropDatabase(database_); }

  ServerProcess Started(int threads) const {
    return ServerProcess({.database_url = storage::UrlOf(database_),
                          .arguments = {absl::StrCat("--grpc-threads=", threads), "--max-calls-per-client=0"}});
  }

 private:
  const storage::DatabaseOptions database_;
};

int ThreadsOf(const ServerProcess& server) {
  const std::filesystem::directory_iterator tasks(absl::StrCat("/proc/", server.pid(), "/task"));
  return static_cast<int>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(CallThreadsTest, AreAsManyAsTheOptionSays) {
  ServerProcess few = Started(1);
  const int with_one = ThreadsOf(few);
  EXPECT_EQ(few.Stop(), 0);
  ServerProcess many = Started(41);
  // Each has one apart for large messages. gRPC's own, for timers and the like, come and go.
  EXPECT_NEAR(ThreadsOf(many) - with_one, 80, 4);
  EXPECT_EQ(many.Stop(), 0);
}

// Some callers give up at any moment; what they have asked for is carried out once or not at all.
TEST_F(CallThreadsTest, ServeAllConnectionsTogether) {
  constexpr int kCallers = 24;
  constexpr int kCalls = 60;
  ServerProcess server = Started(5);
  const Client client(server.address());
  MakeWarehouse(client, "w1");
  std::atomic<int> added = 0;
  std::atomic<int> unknown = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      const Client connected(server.address());
      std::mt19937 random(caller);
      for (int i = 0; i < kCalls; ++i) {
        const bool hasty = random() % 3 == 0;
        const absl::Duration patience = hasty ? absl::Microseconds(random() % 8000) : absl::Minutes(1);
        v1::AdjustStockRequest request;
        request.set_sku(absl::StrCat("sku-", random() % 5));
        request.set_warehouse_id("w1");
        request.set_delta(1);
        const absl::Status status = connected.Call(request, patience).status();
        if (status.ok()) {
          ++added;
        } else {
          EXPECT_TRUE(hasty) << status;
          ++unknown;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GE(added, kCallers * kCalls / 2);
  int on_hand = 0;
  for (int sku = 0; sku < 5; ++sku) {
    on_hand += static_cast<int>(
        Must(client.Call(Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: 'sku-$0' warehouse_id: 'w1'", sku))))
            .on_hand());
  }
  EXPECT_GE(on_hand, added);
  EXPECT_LE(on_hand, added + unknown);
  EXPECT_TRUE(VerifyAll(client).empty());
  EXPECT_EQ(server.Stop(), 0);
}

// They are read on another thread, while their calls may end.
TEST_F(CallThreadsTest, LargeRequestsMayBeGivenUpAtAnyMoment) {
  ServerProcess server = Started(1);
  v1::ReserveStockRequest request;
  request.set_channel_id("web");
  for (int line = 0; line < 20000; ++line) {
    v1::OrderLine& added = *request.add_lines();
    added.set_sku(absl::StrCat("sku-", line));
    added.set_quantity(1);
  }
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      const Client connected(server.address());
      std::mt19937 random(caller);
      for (int i = 0; i < 30; ++i) {
        const bool hasty = random() % 2 == 0;
        const absl::Duration patience = hasty ? absl::Microseconds(random() % 60000) : absl::Minutes(1);
        const absl::Status status = connected.Call(request, patience).status();
        if (absl::IsInvalidArgument(status)) {
          ++refused;
        } else {
          EXPECT_TRUE(hasty && absl::IsDeadlineExceeded(status)) << status;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GE(refused, 50);
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
