// What a server keeps of the stock that it has read never shows: two servers that keep it say at each moment what one
// says that reads everything anew, whoever changes what.
#include <atomic>
#include <thread>

#include "server/convert.h"
#include "tests/integration/load.h"
#include "tests/integration/metric.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;

using Answers = std::vector<std::string>;

// What is told of the SKUs, in one call. So many that are unknown come with them: of a few nobody looks into what is
// kept.
Answers Ask(const Client& client, const std::string& channel_id, const std::vector<std::string>& skus) {
  v1::GetAvailabilityRequest request;
  request.set_channel_id(channel_id);
  request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
  for (const std::string& sku : skus) request.add_skus(sku);
  for (int i = 0; i < 8; ++i) request.add_skus(absl::StrCat("unknown ", i));
  const auto response = client.Call(request);
  if (!response.ok()) return {Outcome(response.status())};
  Answers answers;
  for (const v1::Availability& told : response->availabilities()) answers.push_back(told.ShortDebugString());
  return answers;
}

// server() and another one keep what they read, a third one does not.
class AvailabilityCacheTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    StartServer({"--sweep-interval=10ms"}, /*metrics=*/true);
    other_ = std::make_unique<Started>("--availability-cache=32MiB");
    forgetful_ = std::make_unique<Started>("--availability-cache=0");
  }
  static void TearDownTestSuite() {
    for (auto* started : {&other_, &forgetful_}) {
      EXPECT_EQ((*started)->server.Stop(), 0) << (*started)->server.run().output();
      started->reset();
    }
    ServerTest::TearDownTestSuite();
  }

 protected:
  struct Started {
    explicit Started(const std::string& option)
        : server({.database_url = storage::UrlOf(database()),
                  .arguments = {"--sweep-interval=10ms", option},
                  .metrics = true}),
          client(server.address()) {}

    ServerProcess server;
    Client client;
  };

  static const Client& other() { return other_->client; }
  static const ServerProcess& other_server() { return other_->server; }
  // Reads everything anew.
  static const Client& forgetful() { return forgetful_->client; }

  // Compares what the others say with what is stored, at a moment at which that does not change.
  static Answers ExpectTruth(const std::string& channel_id, const std::vector<std::string>& skus) {
    for (int tries = 0; tries < 100; ++tries) {
      Answers before = Ask(forgetful(), channel_id, skus);
      const Answers told = Ask(client(), channel_id, skus);
      const Answers told_by_other = Ask(other(), channel_id, skus);
      if (before != Ask(forgetful(), channel_id, skus)) continue;
      EXPECT_EQ(told, before);
      EXPECT_EQ(told_by_other, before);
      return before;
    }
    ADD_FAILURE() << "the stock never stands still";
    return {};
  }

  static double Found(const ServerProcess& server, const std::string& outcome) {
    return MetricOf(server.metrics_port(),
                    absl::Substitute("inventory_availability_cache_skus_total{outcome=\"$0\"}", outcome));
  }

 private:
  static inline std::unique_ptr<Started> other_;
  static inline std::unique_ptr<Started> forgetful_;
};

TEST_F(AvailabilityCacheTest, WhatHasNotChangedIsNotReadAgain) {
  std::vector<std::string> skus;
  for (int i = 0; i < 20; ++i) {
    skus.push_back(Sku(absl::StrCat(i)));
    SetStock(skus.back(), "w1", i);
  }
  // Each connection that is opened meanwhile makes it forget all.
  EXPECT_TRUE(Eventually([&] {
    const double misses = Found(other_server(), "miss");
    const double hits = Found(other_server(), "hit");
    Ask(other(), "web", skus);
    return Found(other_server(), "miss") == misses && Found(other_server(), "hit") == hits + 28;
  }));
  int64_t quantity = 100;
  EXPECT_TRUE(Eventually([&] {
    const double misses = Found(other_server(), "miss");
    SetStock(skus[3], "w1", ++quantity);
    EXPECT_THAT(Ask(other(), "web", skus)[3], HasSubstr(absl::StrCat("quantity: ", quantity)));
    return Found(other_server(), "miss") == misses + 1;
  }));
}

// Each kind of change that availability can follow from, one after the other, each through either server.
TEST_F(AvailabilityCacheTest, EveryKindOfChangeIsSeenAtOnce) {
  const std::string sku = Sku();
  const std::string part = Sku("part");
  const std::string kit = Sku("kit");
  const std::string channel = Name("channel");
  for (const char* id : {"a", "b"}) MakeWarehouse(client(), Name(id));
  MakeChannel(client(), channel, {Name("a"), Name("b")});
  SetStock(part, Name("a"), 8);
  SetStock(sku, "w1", 7);
  Must(client().Call(Pb<v1::CreateAvailabilityEstimateRequest>(
      absl::Substitute("availability_estimate { availability_estimate_id: '$0' title: 'Soon' }", Name("soon")))));
  const Client* through = nullptr;
  std::string hold;
  const auto call = [&]<typename Request>(const std::string& text) {
    Must(through->Call(Pb<Request>(absl::Substitute(text, sku, Name(""), part, kit, channel))));
  };
  struct Change {
    const char* what;
    std::function<void()> make;
  };
#define CHANGE(Request, text)                                               \
  {                                                                         \
#Request " " text, [&] { call.template operator()<v1::Request>(text); } \
  }
  const std::vector<Change> changes = {
      CHANGE(SetStockRequest, "sku: '$0' warehouse_id: '$1a' on_hand: 10"),
      CHANGE(AdjustStockRequest, "sku: '$0' warehouse_id: '$1b' delta: 3"),
      CHANGE(SetSafetyStockRequest, "sku: '$0' warehouse_id: '$1a' safety_stock: 2"),
      CHANGE(ReclassifyStockRequest,
             "sku: '$0' warehouse_id: '$1a' from_condition: STOCK_CONDITION_SELLABLE to_condition: "
             "STOCK_CONDITION_DAMAGED quantity: 1"),
      CHANGE(BatchUpdateStockRequest, "updates { sku: '$0' warehouse_id: '$1a' adjust_on_hand: 1 }"),
      CHANGE(ReserveStockRequest,
             "channel_id: '$4' reservation_id: '$1r' lines { sku: '$0' quantity: 2 } ttl { seconds: 600 }"),
      CHANGE(AmendReservationRequest, "reservation_id: '$1r' lines { sku: '$0' quantity: 4 }"),
      CHANGE(CancelReservationRequest, "reservation_id: '$1r'"),
      CHANGE(SetQuotaRequest, "sku: '$0' channel_id: '$4' quantity: 4"),
      CHANGE(SetQuotaRequest, "sku: '$0' channel_id: '$4' quantity: 5"),
      CHANGE(DeleteQuotaRequest, "sku: '$0' channel_id: '$4'"),
      CHANGE(CreateLowStockRuleRequest, "rule { rule_id: '$1l' sku: '$0' threshold: 100 activity: 'log' }"),
      CHANGE(UpdateLowStockRuleRequest, "rule { rule_id: '$1l' threshold: 0 } update_mask { paths: 'threshold' }"),
      CHANGE(UpdateLowStockRuleRequest, "rule { rule_id: '$1l' threshold: 50 } update_mask { paths: 'threshold' }"),
      CHANGE(DeleteLowStockRuleRequest, "rule_id: '$1l'"),
      CHANGE(UpdateItemRequest,
             "item { sku: '$0' published: false } update_mask { paths: 'published' } allow_missing: true"),
      CHANGE(UpdateItemRequest, "item { sku: '$0' published: true } update_mask { paths: 'published' }"),
      CHANGE(UpdateItemRequest,
             "item { sku: '$0' availability_estimate_id: '$1soon' } update_mask { paths: 'availability_estimate_id' }"),
      CHANGE(UpdateAvailabilityEstimateRequest,
             "availability_estimate { availability_estimate_id: '$1soon' title: 'Later' } update_mask { paths: "
             "'title' }"),
      CHANGE(UpdateItemRequest, "item { sku: '$3' components { sku: '$2' quantity: 2 } } allow_missing: true"),
      CHANGE(AdjustStockRequest, "sku: '$2' warehouse_id: '$1a' delta: -3"),
      CHANGE(UpdateItemRequest,
             "item { sku: '$3' components { sku: '$2' quantity: 1 } } update_mask { paths: 'components' }"),
      CHANGE(SetStockRequest, "sku: '$0' warehouse_id: '$1b' on_hand: 0"),
      CHANGE(SetStockRequest, "sku: '$0' warehouse_id: '$1a' on_hand: 1"),
      CHANGE(CreateReplenishmentRequest,
             "replenishment_id: '$1p' sku: '$0' warehouse_id: '$1a' quantity: 9 expected_time { seconds: 4000000000 }"),
      CHANGE(UpdateReplenishmentRequest,
             "replenishment { replenishment_id: '$1p' expected_time { seconds: 4000000001 } } update_mask { paths: "
             "'expected_time' }"),
      CHANGE(UpdateItemRequest,
             "item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED } update_mask { paths: 'backorder_policy' "
             "}"),
      CHANGE(ReserveStockRequest,
             "channel_id: '$4' reservation_id: '$1w' lines { sku: '$0' quantity: 9 } commit: true on_shortfall: "
             "SHORTFALL_POLICY_BACKORDER"),
      CHANGE(CancelReservationRequest, "reservation_id: '$1w'"),
      CHANGE(ReceiveReplenishmentRequest, "replenishment_id: '$1p' quantity: 7"),
      CHANGE(CloseReplenishmentRequest, "replenishment_id: '$1p'"),
      CHANGE(CreateTransferRequest,
             "transfer_id: '$1t' from_warehouse_id: '$1a' to_warehouse_id: 'w1' lines { sku: '$0' quantity: 1 }"),
      CHANGE(AttachWarehouseRequest, "channel_id: '$4' warehouse_id: 'w1' priority: 9"),
      CHANGE(ReceiveTransferRequest, "transfer_id: '$1t' rest: TRANSFER_REST_RECEIVED"),
      CHANGE(UpdateWarehouseRequest, "warehouse { warehouse_id: '$1a' active: false } update_mask { paths: 'active' }"),
      CHANGE(DetachWarehouseRequest, "channel_id: '$4' warehouse_id: 'w1'"),
      CHANGE(DeleteChannelRequest, "channel_id: '$4'"),
      CHANGE(UndeleteChannelRequest, "channel_id: '$4'"),
      CHANGE(UpdateChannelRequest, "channel { channel_id: '$4' active: false } update_mask { paths: 'active' }"),
      CHANGE(UpdateItemRequest, "item { sku: '$0' tracking: TRACKING_UNTRACKED } update_mask { paths: 'tracking' }"),
  };
#undef CHANGE
  // Some twice, and a kit with its part.
  const std::vector<std::string> skus = {sku, part, kit, part, kit};
  Answers before = ExpectTruth(channel, skus);
  int number = 0;
  for (const Change& change : changes) {
    SCOPED_TRACE(change.what);
    through = ++number % 2 == 0 ? &client() : &other();
    change.make();
    const Answers after = ExpectTruth(channel, skus);
    // Of an open replenishment nothing is told while there is something to sell.
    EXPECT_TRUE(after != before || std::string(change.what).find("Replenishment") != std::string::npos);
    before = after;
  }
}

// Many write and many read: what was read while it changed must not be kept.
TEST_F(AvailabilityCacheTest, WhoReadsWhileEverythingChangesIsToldTheTruthAfterwards) {
  for (int round = 0; round < 5; ++round) {
    Load load({server().address(), other_server().address()}, Name(absl::StrCat("round", round, "-")));
    std::vector<std::string> skus = load.shop().skus;
    skus.insert(skus.end(), load.shop().kits.begin(), load.shop().kits.end());
    std::atomic<bool> stop = false;
    std::vector<std::thread> readers;
    for (const Client* reader : {&client(), &other(), &client(), &other()}) {
      readers.emplace_back([&, reader] {
        while (!stop) {
          for (const auto& [channel, warehouses] : load.shop().channels) Ask(*reader, channel, skus);
        }
      });
    }
    load.AwaitAcknowledged(300);
    load.Stop();
    stop = true;
    for (std::thread& reader : readers) reader.join();
    for (const auto& [channel, warehouses] : load.shop().channels) ExpectTruth(channel, skus);
  }
  EXPECT_GT(Found(server(), "hit"), 0);
}

// What was acknowledged before somebody asks is in the answer, and nothing that nobody has written yet.
TEST_F(AvailabilityCacheTest, ReadsFollowWrites) {
  constexpr int kSkus = 12;
  struct Count {
    std::atomic<int64_t> begun = 0;
    std::atomic<int64_t> done = 0;
  };
  std::vector<Count> counts(kSkus);
  std::vector<std::string> skus;
  for (int i = 0; i < kSkus; ++i) {
    skus.push_back(Sku(absl::StrCat(i)));
    SetStock(skus.back(), "w1", 0);
  }
  std::atomic<bool> stop = false;
  std::atomic<int> asked = 0;
  const auto write = [&](const Client& client, int first) {
    for (int64_t n = 0; !stop; ++n) {
      const int i = first + static_cast<int>(n) % (kSkus / 2);
      ++counts[i].begun;
      Must(client.Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", skus[i]))));
      ++counts[i].done;
    }
  };
  const auto read = [&](const Client& client) {
    v1::GetAvailabilityRequest request;
    request.set_channel_id("web");
    request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
    for (const std::string& sku : skus) request.add_skus(sku);
    while (!stop) {
      std::vector<int64_t> least;
      for (const Count& count : counts) least.push_back(count.done);
      const auto answer = Must(client.Call(request));
      for (int i = 0; i < kSkus; ++i) {
        EXPECT_GE(answer.availabilities(i).quantity(), least[i]);
        EXPECT_LE(answer.availabilities(i).quantity(), counts[i].begun);
      }
      ++asked;
    }
  };
  Together(6, [&](int i) {
    if (i < 2) return write(i == 0 ? client() : other(), i * kSkus / 2);
    if (i < 5) return read(i % 2 == 0 ? client() : other());
    EXPECT_TRUE(Eventually([&] { return asked >= 1000; }));
    stop = true;
  });
}

// Nobody sweeps, so that nothing is written when a hold runs out, and nobody may have looked when it is asked for.
class AvailabilityCacheOfDeadHoldsTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=1m"}); }

 protected:
  // A hold by this text that runs out soon, waited for; what is told of the SKUs while it lives is kept.
  void LetOneDie(const std::string& text) {
    auto request = Pb<v1::ReserveStockRequest>(text);
    request.set_channel_id("web");
    request.mutable_ttl()->set_nanos(300'000'000);
    const v1::Reservation hold = Must(client().Call(request)).reservation();
    const Answers alive = Ask(client(), "web", {Sku(), Sku("kit")});
    EXPECT_EQ(Ask(client(), "web", {Sku(), Sku("kit")}), alive);
    const absl::Time end = FromTimestamp(hold.expire_time());
    EXPECT_TRUE(Eventually([&] { return Sql("SELECT NOW(6)")[0].Time(0) > end; }));
    EXPECT_NE(Ask(client(), "web", {Sku(), Sku("kit")}), alive);
  }

  std::string Told(const std::string& sku) { return Ask(client(), "web", {sku})[0]; }
};

TEST_F(AvailabilityCacheOfDeadHoldsTest, ItsUnitsAreThereAtOnceOfKitsToo) {
  SetStock(Sku(), "w1", 5);
  Must(client().Call(Pb<v1::UpdateItemRequest>(absl::Substitute(
      "item { sku: '$0' components { sku: '$1' quantity: 2 } } allow_missing: true", Sku("kit"), Sku()))));
  LetOneDie(absl::Substitute("lines { sku: '$0' quantity: 4 }", Sku()));
  EXPECT_THAT(Told(Sku()), HasSubstr("quantity: 5"));
  EXPECT_THAT(Told(Sku("kit")), HasSubstr("quantity: 2"));
}

TEST_F(AvailabilityCacheOfDeadHoldsTest, WhatWaitedForItWaitsNoMore) {
  SetStock(Sku(), "w1", 0);
  Must(client().Call(Pb<v1::UpdateItemRequest>(absl::Substitute(
      "item { sku: '$0' backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 5 } allow_missing: true", Sku()))));
  LetOneDie(absl::Substitute("lines { sku: '$0' quantity: 5 } on_shortfall: SHORTFALL_POLICY_BACKORDER", Sku()));
  EXPECT_THAT(Told(Sku()), HasSubstr("AVAILABILITY_STATUS_BACKORDER"));
}

TEST_F(AvailabilityCacheOfDeadHoldsTest, ItCountsAgainstNoQuota) {
  SetStock(Sku(), "w1", 9);
  Must(client().Call(Pb<v1::SetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web' quantity: 4", Sku()))));
  LetOneDie(absl::Substitute("lines { sku: '$0' quantity: 3 }", Sku()));
  EXPECT_THAT(Told(Sku()), HasSubstr("quantity: 4"));
}

}  // namespace
}  // namespace inventory::integration
