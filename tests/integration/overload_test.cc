// More writes than may wait are refused at once, told when to come again, and counted.
#include <atomic>
#include <thread>

#include "tests/integration/metric.h"
#include "tests/integration/opened_call.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

class OverloadTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--max-waiting-writes=2", "--lanes=1"}, /*metrics=*/true); }
};

TEST_F(OverloadTest, WritesThatMayNotWaitAreRefusedAndCounted) {
  SetStock(Sku(), "w1", 10);
  const std::unique_ptr<storage::Connection> blocker = storage::MustOpen(database());
  storage::Must(*blocker, {"BEGIN", absl::StrCat("SELECT * FROM item WHERE sku = '", Sku(), "' FOR UPDATE")});
  auto one = Pb<v1::AdjustStockRequest>("warehouse_id: 'w1' delta: 1");
  one.set_sku(Sku());
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  const auto call = [&] {
    const auto answer = client().Call(one);
    if (answer.ok()) {
      ++done;
    } else if (Outcome(answer) == "RESOURCE_EXHAUSTED QUEUE_FULL") {
      EXPECT_EQ(RetryDelayOf(answer.status()), absl::Milliseconds(100));
      ++refused;
    }
  };
  // One waits for the lock, two for the lane.
  const std::unique_ptr<storage::Connection> watcher = storage::MustOpen(database());
  callers.emplace_back(call);
  storage::WaitForLockWaits(*watcher, database().database);
  for (int i = 0; i < 7; ++i) callers.emplace_back(call);
  EXPECT_TRUE(Eventually([&refused] { return refused == 5; }));
  // Nobody looks at a write now, but reads go on.
  EXPECT_EQ(Outcome(client().Call(v1::AdjustStockRequest())), "RESOURCE_EXHAUSTED QUEUE_FULL");
  OpenedCall opened(client(), "/inventory.v1.InventoryService/AdjustStock");
  EXPECT_EQ(Outcome(FromGrpc(opened.End())), "RESOURCE_EXHAUSTED QUEUE_FULL") << "nor need it have come";
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 10);
  storage::Must(*blocker, {"ROLLBACK"});
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(LevelOf(Sku(), "w1").on_hand(), 13);
  EXPECT_EQ(MetricOf(server().metrics_port(), "inventory_limit_refusals_total{reason=\"queue_full\",what=\"call\"}"),
            7);
  EXPECT_EQ(Outcome(client().Call(v1::AdjustStockRequest())), "INVALID_ARGUMENT INVALID_FIELDS");
}

}  // namespace
}  // namespace inventory::integration
