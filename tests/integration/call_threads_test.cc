// The threads that take calls: any number of them, whatever becomes of the calls.
#include <sched.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/integration/metric.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class CallThreadsTest : public ::testing::Test {
 protected:
  CallThreadsTest() : database_(storage::NewDatabase()) {}
  ~CallThreadsTest() override { storage::DropDatabase(database_); }

  ServerProcess Started(int threads) const {
    return ServerProcess({.database_url = storage::UrlOf(database_),
                          .arguments = {absl::StrCat("--grpc-threads=", threads), "--max-calls-per-client=0"},
                          .metrics = true});
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

// Callers who each add a unit of one of five SKUs, again and again. Some give up at any moment; what those have asked
// for is carried out once or not at all.
class Adders {
 public:
  explicit Adders(const ServerProcess& server) : server_(server), client_(server.address()) {
    MakeWarehouse(client_, "w1");
  }

  void Run(int callers, int calls) {
    std::vector<std::thread> threads;
    for (int caller = 0; caller < callers; ++caller) {
      threads.emplace_back([this, caller, calls] { AddFor(caller, calls); });
    }
    for (std::thread& thread : threads) thread.join();
  }

  int added() const { return added_; }

  void CheckStock() const {
    int on_hand = 0;
    for (int sku = 0; sku < 5; ++sku) {
      on_hand += static_cast<int>(
          Must(client_.Call(Pb<v1::GetStockLevelRequest>(absl::Substitute("sku: 'sku-$0' warehouse_id: 'w1'", sku))))
              .on_hand());
    }
    EXPECT_GE(on_hand, added_);
    EXPECT_LE(on_hand, added_ + unknown_);
    EXPECT_TRUE(VerifyAll(client_).empty());
  }

 private:
  void AddFor(int caller, int calls) {
    const Client connected(server_.address());
    std::mt19937 random(caller);
    for (int i = 0; i < calls; ++i) {
      const bool hasty = random() % 3 == 0;
      const absl::Duration patience = hasty ? absl::Microseconds(random() % 8000) : absl::Minutes(1);
      v1::AdjustStockRequest request;
      request.set_sku(absl::StrCat("sku-", random() % 5));
      request.set_warehouse_id("w1");
      request.set_delta(1);
      const absl::Status status = connected.Call(request, patience).status();
      if (status.ok()) {
        ++added_;
      } else {
        EXPECT_TRUE(hasty) << status;
        ++unknown_;
      }
    }
  }

  const ServerProcess& server_;
  const Client client_;
  std::atomic<int> added_ = 0;
  std::atomic<int> unknown_ = 0;
};

TEST_F(CallThreadsTest, ServeAllConnectionsTogether) {
  ServerProcess server = Started(5);
  Adders adders(server);
  adders.Run(24, 60);
  EXPECT_GE(adders.added(), 24 * 60 / 2);
  adders.CheckStock();
  EXPECT_EQ(server.Stop(), 0);
}

// This thread, and all threads and programs that it starts, share one core.
class OneCore {
 public:
  OneCore() {
    sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof(one), &one);
  }
  ~OneCore() { sched_setaffinity(0, sizeof(before_), &before_); }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;

 private:
  cpu_set_t before_;
};

// Where callers want the core, too, a thread of calls is kept from its work.
TEST_F(CallThreadsTest, AreHelpedWhereTheyGetNoRest) {
  const OneCore one_core;
  ServerProcess server = Started(1);
  Adders adders(server);
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (MetricOf(server.metrics_port(), "inventory_call_threads_helped_total") < 20) {
    ASSERT_LT(absl::Now(), deadline) << "nobody has helped";
    adders.Run(48, 40);
  }
  adders.CheckStock();
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
