// How watches end, and what they may cost.
#include <csignal>

#include "grpcpp/create_channel.h"
#include "server/errors.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

class WatchLimitsTest : public ServerTest {
 protected:
  std::unique_ptr<ServerProcess> Start(const std::vector<std::string>& arguments) const {
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = storage::UrlOf(database()), .arguments = arguments});
  }

  // Counts a thousand SKUs of the test.
  void CountAll(int64_t on_hand) const {
    v1::BatchUpdateStockRequest request;
    for (int i = 0; i < 1000; ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(Sku(absl::StrCat(i)));
      update.set_warehouse_id("w1");
      update.set_set_on_hand(on_hand);
    }
    Must(client().Call(request));
  }

  static std::string OutcomeOf(WatchCall& call) {
    while (call.Receive()) {
    }
    return Outcome(call.Finish());
  }
};

TEST_F(WatchLimitsTest, WhoeverIsTooSlowIsCutAndGoesOnWithoutAGap) {
  const auto small = Start({"--event-buffer=1MiB"});
  Client to_small(small->address());
  // So that little is taken from the network before it is read.
  grpc::ChannelArguments narrow;
  narrow.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  narrow.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 << 10);
  WatchCall slow(grpc::CreateCustomChannel(small->address(), grpc::InsecureChannelCredentials(), narrow),
                 Pb<v1::WatchRequest>("filter { types: EVENT_TYPE_MOVEMENT }"), absl::Minutes(2));
  ASSERT_TRUE(slow.Receive());
  constexpr int kCounts = 40;
  for (int i = 1; i <= kCounts; ++i) CountAll(i);
  std::map<std::string, int64_t> seen;
  const auto take = [&seen](const v1::WatchResponse& message) {
    for (const v1::Event& event : message.events()) {
      EXPECT_EQ(event.movement().sequence(), ++seen[event.movement().sku()]);
    }
  };
  while (const auto message = slow.Receive()) take(*message);
  const absl::Status cut = slow.Finish();
  ASSERT_EQ(Outcome(cut), "UNAVAILABLE WATCHER_TOO_SLOW");
  EXPECT_THAT(ToProto(cut).DebugString(), ::testing::HasSubstr(slow.token()));
  WatchCall rest(to_small, absl::Substitute("resume_token: '$0' filter { types: EVENT_TYPE_MOVEMENT }", slow.token()),
                 absl::Minutes(2));
  while (seen.size() < 1000 || seen[Sku("999")] < kCounts) {
    const auto message = rest.Receive();
    ASSERT_TRUE(message) << rest.Finish();
    EXPECT_LE(message->ByteSizeLong(), std::size_t{1} << 20);
    take(*message);
  }
  for (const auto& [sku, count] : seen) EXPECT_EQ(count, kCounts) << sku;
}

TEST_F(WatchLimitsTest, EndsWhenTheServerStops) {
  const auto second = Start({});
  Client to_second(second->address());
  WatchCall call(to_second, "");
  ASSERT_TRUE(call.Receive());
  second->run().Signal(SIGTERM);
  EXPECT_EQ(OutcomeOf(call), "UNAVAILABLE STOPPING");
  EXPECT_EQ(second->run().Wait(absl::Seconds(10)), 0);
}

TEST_F(WatchLimitsTest, OneCallerHasOnlySoMany) {
  const auto second = Start({"--max-watches-per-client=2"});
  Client to_second(second->address());
  WatchCall first(to_second, "");
  auto other = std::make_unique<WatchCall>(to_second, "");
  ASSERT_TRUE(first.Receive());
  ASSERT_TRUE(other->Receive());
  WatchCall third(to_second, "");
  EXPECT_EQ(OutcomeOf(third), "RESOURCE_EXHAUSTED TOO_MANY_STREAMS");
  other.reset();
  EXPECT_TRUE(Eventually([&] { return WatchCall(to_second, "").Receive().has_value(); }));
}

// Among them one that nobody reads from.
TEST_F(WatchLimitsTest, ManyWatchersAreToldAndWritersDoNotWait) {
  const auto second = Start({"--max-watches-per-client=300"});
  Client to_second(second->address());
  std::vector<std::unique_ptr<WatchCall>> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back(std::make_unique<WatchCall>(to_second, absl::Substitute("filter { skus: '$0' }", Sku())));
  }
  for (const auto& call : calls) ASSERT_TRUE(call->Receive());
  SetStock(Sku(), "w1", 7);
  for (const auto& call : calls) {
    const auto events = call->ReceiveUntil([](const v1::Event&) { return true; });
    EXPECT_EQ(events[0].movement().balance().on_hand(), 7);
  }
}

}  // namespace
}  // namespace inventory::integration
