// Requests that are read apart from all others, on another thread, while their calls may end and the server may stop.
#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class LargeRequestsTest : public ::testing::Test {
 protected:
  ~LargeRequestsTest() override { storage::DropDatabase(database_); }

  const storage::DatabaseOptions database_ = storage::NewDatabase();
  ServerProcess server_{
      {.database_url = storage::UrlOf(database_), .arguments = {"--grpc-threads=1", "--max-calls-per-client=0"}}};
};

// They are read on another thread, while their calls may end.
TEST_F(LargeRequestsTest, MayBeGivenUpAtAnyMoment) {
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
      const Client connected(server_.address());
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
  EXPECT_EQ(server_.Stop(), 0);
}

// Callers who each add a unit of every SKU, 40 KB to say, again and again. Of a call that was given up or cut off
// nobody knows whether it was carried out, but never in part.
class WholeShopAdders {
 public:
  explicit WholeShopAdders(ServerProcess& server) : server_(server) {
    MakeWarehouse(Client(server.address()), "w1");
    for (int sku = 0; sku < kSkus; ++sku) {
      v1::StockUpdate& update = *request_.add_updates();
      update.set_sku(absl::StrCat(std::string(40, 's'), sku));
      update.set_warehouse_id("w1");
      update.set_adjust_on_hand(1);
    }
  }

  // Each ends after so many calls, or with the first that the server has ended.
  void Start(int callers, int calls) {
    for (int caller = 0; caller < callers; ++caller) {
      threads_.emplace_back([this, caller, calls] { AddFor(caller, calls); });
    }
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
  }
  int added() const { return added_; }

  void CheckStock() const {
    const Client client(server_.address());
    std::set<int64_t> on_hand;
    const auto all = Pb<v1::ListStockLevelsRequest>("page_size: 1000");
    const v1::ListStockLevelsResponse levels = Must(client.Call(all));
    for (const v1::StockLevel& level : levels.stock_levels()) on_hand.insert(level.on_hand());
    EXPECT_EQ(levels.stock_levels_size(), kSkus);
    ASSERT_EQ(on_hand.size(), 1u) << "something was carried out in part";
    EXPECT_GE(*on_hand.begin(), added_);
    EXPECT_LE(*on_hand.begin(), added_ + unknown_);
    EXPECT_TRUE(VerifyAll(client).empty());
  }

 private:
  static constexpr int kSkus = 800;

  void AddFor(int caller, int calls) {
    const Client connected(server_.address());
    std::mt19937 random(caller);
    for (int i = 0; i < calls; ++i) {
      const bool hasty = random() % 3 == 0;
      const absl::Duration patience = hasty ? absl::Microseconds(random() % 100000) : absl::Minutes(1);
      const absl::Status status = connected.Call(request_, patience).status();
      ++(status.ok() ? added_ : unknown_);
      if (absl::IsUnavailable(status) || absl::IsCancelled(status)) return;
      EXPECT_TRUE(status.ok() || (hasty && absl::IsDeadlineExceeded(status))) << status;
    }
  }

  ServerProcess& server_;
  v1::BatchUpdateStockRequest request_;
  std::atomic<int> added_ = 0;
  std::atomic<int> unknown_ = 0;
  std::vector<std::thread> threads_;
};

TEST_F(LargeRequestsTest, AreCarriedOutWholeOrNotAtAll) {
  WholeShopAdders adders(server_);
  adders.Start(6, 12);
  adders.Join();
  EXPECT_GE(adders.added(), 20);
  adders.CheckStock();
  EXPECT_EQ(server_.Stop(), 0);
}

TEST_F(LargeRequestsTest, WaitWhileTheServerStops) {
  WholeShopAdders adders(server_);
  adders.Start(12, 1000);
  EXPECT_TRUE(Eventually([&] { return adders.added() >= 5; }));
  EXPECT_EQ(server_.Stop(), 0);
  adders.Join();
  server_.Restart();
  adders.CheckStock();
  EXPECT_EQ(server_.Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
