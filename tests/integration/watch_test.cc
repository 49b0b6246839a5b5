// Watch: what is told, to whom, from where on, and how it ends.
#include "server/errors.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

class WatchTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  std::string OfSku(const std::string& more = "", const std::string& sku = "sku") const {
    return absl::Substitute("filter { skus: '$0' $1 } heartbeat_interval { seconds: 1 }", Sku(sku), more);
  }
  // From before anything that concerns Sku().
  std::string FromStart(const std::string& more = "") const { return absl::StrCat("beginning {} ", OfSku(more)); }
  // A count that no other one equals, for the end of what is waited for.
  void End() const { SetStock(Sku(), "w2", 7'777'777); }
  static bool IsEnd(const v1::Event& event) {
    return event.movement().balance().on_hand() == 7'777'777 || event.availability().available() == 7'777'777;
  }
  // What is told of Sku(), the end left out.
  std::vector<std::string> Told(const std::string& more = "") const {
    End();
    WatchCall call(client(), FromStart(more));
    std::vector<v1::Event> events = call.ReceiveUntil(IsEnd);
    while (!events.empty() && IsEnd(events.back())) events.pop_back();
    return Show(events);
  }
};

TEST_F(WatchTest, TellsAnOrdersLife) {
  SetStock(Sku(), "w1", 3);
  Must(Reserve(client(), {{Sku(), 3}}, {.id = Name("r")}));
  Must(Confirm(client(), Name("r")));
  auto create = Pb<v1::CreateShipmentRequest>(
      absl::Substitute("reservation_id: '$0' shipment_id: '$1' warehouse_id: 'w1' lines { sku: '$2' quantity: 2 }",
                       Name("r"), Name("s"), Sku()));
  Must(client().Call(create));
  Must(client().Call(Pb<v1::MarkShipmentReadyRequest>(absl::Substitute("shipment_id: '$0'", Name("s")))));
  Must(Ship(client(), Name("s")));
  Must(client().Call(Pb<v1::DeliverShipmentRequest>(absl::Substitute("shipment_id: '$0'", Name("s")))));
  Must(client().Call(Pb<v1::ReturnStockRequest>(absl::Substitute(
      "reservation_id: '$0' lines { sku: '$1' warehouse_id: 'w1' quantity: 1 disposition: DISPOSITION_RESTOCK }",
      Name("r"), Sku()))));
  Must(Cancel(client(), Name("r")));
  const std::string sku = Sku();
  const std::string r = Name("r");
  const std::string s = Name("s");
  EXPECT_THAT(Told(), ElementsAre(absl::StrCat("MOVEMENT SET ", sku, " w1 on_hand 3"),
                                  absl::StrCat("BACK_IN_STOCK ", sku, " w1 0 -> 3"),
                                  absl::StrCat("MOVEMENT RESERVE ", sku, " w1 reserved 3 by web"),
                                  absl::StrCat("OUT_OF_STOCK ", sku, " w1 3 -> 0 by web"),
                                  absl::StrCat("RESERVATION ", r, " HELD by web"),
                                  absl::StrCat("RESERVATION ", r, " HELD -> COMMITTED by web"),
                                  absl::StrCat("SHIPMENT ", s, " PROCESSING by web"),
                                  absl::StrCat("SHIPMENT ", s, " PROCESSING -> READY_TO_SHIP by web"),
                                  absl::StrCat("MOVEMENT SHIP ", sku, " w1 on_hand -2, reserved -2 by web"),
                                  absl::StrCat("SHIPMENT ", s, " READY_TO_SHIP -> SHIPPED by web"),
                                  absl::StrCat("SHIPMENT ", s, " SHIPPED -> DELIVERED by web"),
                                  absl::StrCat("MOVEMENT RETURN ", sku, " w1 on_hand 1 by web"),
                                  absl::StrCat("BACK_IN_STOCK ", sku, " w1 0 -> 1 by web"),
                                  absl::StrCat("MOVEMENT RELEASE ", sku, " w1 reserved -1 by web"),
                                  absl::StrCat("RESERVATION ", r, " COMMITTED -> CANCELLED by web")));
}

TEST_F(WatchTest, AMovementIsThatOfTheLedger) {
  SetStock(Sku(), "w1", 3);
  Must(Reserve(client(), {{Sku(), 1}}));
  End();
  WatchCall call(client(), FromStart("types: EVENT_TYPE_MOVEMENT"));
  const std::vector<v1::Event> events = call.ReceiveUntil(IsEnd);
  const std::vector<v1::Movement> ledger = MovementsOf(Sku());
  ASSERT_EQ(events.size(), ledger.size());
  for (std::size_t i = 0; i < ledger.size(); ++i) {
    EXPECT_THAT(events[i].movement(), EqualsProto(ledger[i]));
    EXPECT_THAT(events[i].time(), EqualsProto(ledger[i].create_time()));
  }
}

// By the sweeper, by whoever comes first, and by filling what waits.
TEST_F(WatchTest, TellsWhatFollowsByItself) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(absl::Substitute(
      "rule { rule_id: '$0' sku: '$1' threshold: 1 channel_id: 'web' activity: 'log' }", Name("low"), Sku()))));
  SetStock(Sku(), "w1", 2);
  auto held = ReserveRequest({{Sku(), 2}}, {.id = Name("held"), .ttl = absl::Milliseconds(100)});
  Must(client().Call(held));
  auto waits = ReserveRequest({{Sku(), 1}}, {.id = Name("waits"), .commit = true});
  waits.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  Must(client().Call(waits));
  while (ReservationOf(Name("waits")).lines(0).reserved_quantity() == 0) absl::SleepFor(absl::Milliseconds(5));
  const auto all = IsSupersetOf({absl::StrCat("LOW_STOCK ", Name("low"), " LOW 0 by web"),
                                 absl::StrCat("MOVEMENT EXPIRE ", Sku(), " w1 reserved -2 by web"),
                                 absl::StrCat("MOVEMENT FILL ", Sku(), " w1 reserved 1 by web"),
                                 absl::StrCat("RESERVATION ", Name("held"), " HELD -> EXPIRED by web")});
  // A hold gets the state of its end after its units have gone to who waits.
  EXPECT_TRUE(Eventually([&] { return ::testing::Matches(all)(Told()); }));
}

TEST_F(WatchTest, WhatFailsOrIsOnlyTriedIsNotTold) {
  SetStock(Sku(), "w1", 1);
  EXPECT_FALSE(Reserve(client(), {{Sku(), 2}}).ok());
  auto trial = ReserveRequest({{Sku(), 1}});
  trial.set_validate_only(true);
  Must(client().Call(trial));
  EXPECT_THAT(Told("types: EVENT_TYPE_MOVEMENT"), ElementsAre(absl::StrCat("MOVEMENT SET ", Sku(), " w1 on_hand 1")));
}

TEST_F(WatchTest, TheFirstMessageComesAtOnceAndNothingAfterItIsMissed) {
  for (int i = 1; i <= 20; ++i) {
    WatchCall call(i % 2 == 0 ? client() : replica(), OfSku("types: EVENT_TYPE_MOVEMENT"));
    ASSERT_TRUE(call.Receive());
    SetStock(Sku(), "w1", i);
    const auto events =
        call.ReceiveUntil([i](const v1::Event& event) { return event.movement().balance().on_hand() == i; });
    EXPECT_LE(events.size(), 2u);
  }
}

TEST_F(WatchTest, AnyServerGoesOnWhereAnotherHasEnded) {
  std::string token;
  {
    WatchCall call(client(), OfSku());
    ASSERT_TRUE(call.Receive());
    SetStock(Sku(), "w1", 1);
    call.ReceiveUntil([](const v1::Event& event) { return event.type() == v1::EVENT_TYPE_BACK_IN_STOCK; });
    token = call.token();
  }
  SetStock(Sku(), "w1", 2);
  SetStock(Sku(), "w1", 3);
  WatchCall call(replica(), absl::Substitute("resume_token: '$0' $1", token, OfSku()));
  const auto events =
      call.ReceiveUntil([](const v1::Event& event) { return event.movement().balance().on_hand() == 3; });
  EXPECT_THAT(Show(events), ElementsAre(absl::StrCat("MOVEMENT SET ", Sku(), " w1 on_hand 1"),
                                        absl::StrCat("MOVEMENT SET ", Sku(), " w1 on_hand 1")));
}

TEST_F(WatchTest, BeginsAtATime) {
  SetStock(Sku(), "w1", 1);
  absl::SleepFor(absl::Milliseconds(2));
  SetStock(Sku(), "w1", 2);
  const v1::Movement second = MovementsOf(Sku()).back();
  SetStock(Sku(), "w1", 3);
  WatchCall call(client(), absl::Substitute("start_time { $0 } $1", second.create_time().ShortDebugString(),
                                            OfSku("types: EVENT_TYPE_MOVEMENT")));
  const auto events =
      call.ReceiveUntil([](const v1::Event& event) { return event.movement().balance().on_hand() == 3; });
  ASSERT_EQ(events.size(), 2u);
  EXPECT_THAT(events[0].movement(), EqualsProto(second));
}

TEST_F(WatchTest, FiltersByEverything) {
  SetStock(Sku(), "w1", 2);
  SetStock(Sku(), "w2", 2);
  SetStock(Sku("other"), "w1", 2);
  MakeChannel(client(), Name("shop"), {"w2"});
  Must(Reserve(client(), {{Sku(), 1}, {Sku("other"), 1}}, {.id = Name("both")}));
  Must(Reserve(client(), {{Sku(), 1}}, {.channel = Name("shop"), .id = Name("one")}));
  const std::string by_channel =
      absl::Substitute("beginning {} filter { channel_ids: '$0' } heartbeat_interval { seconds: 1 }", Name("shop"));
  WatchCall channel(client(), by_channel);
  EXPECT_THAT(Show(channel.ReceiveUntil([](const v1::Event& event) { return event.has_reservation(); })),
              ElementsAre(absl::StrCat("MOVEMENT RESERVE ", Sku(), " w2 reserved 1 by ", Name("shop")),
                          absl::StrCat("RESERVATION ", Name("one"), " HELD by ", Name("shop"))));
  WatchCall other(client(), absl::StrCat("beginning {} ", OfSku("types: EVENT_TYPE_RESERVATION", "other")));
  EXPECT_THAT(Show(other.ReceiveUntil([](const v1::Event&) { return true; })),
              ElementsAre(absl::StrCat("RESERVATION ", Name("both"), " HELD by web")));
  EXPECT_THAT(Told("warehouse_ids: 'w2' types: EVENT_TYPE_MOVEMENT types: EVENT_TYPE_RESERVATION"),
              ElementsAre(absl::StrCat("MOVEMENT SET ", Sku(), " w2 on_hand 2"),
                          absl::StrCat("MOVEMENT RESERVE ", Sku(), " w2 reserved 1 by ", Name("shop"))));
}

TEST_F(WatchTest, HeartbeatsMoveTheTokenOn) {
  WatchCall call(client(), OfSku());
  ASSERT_TRUE(call.Receive());
  const std::string first = call.token();
  SetStock(Sku("other"), "w1", 1);
  const auto message = call.Receive();
  ASSERT_TRUE(message);
  EXPECT_THAT(message->events(), IsEmpty());
  EXPECT_THAT(call.token(), Not(first));
}

TEST_F(WatchTest, BadRequestsAreToldAtOnce) {
  const std::string long_list = [] {
    std::string skus;
    for (int i = 0; i < 101; ++i) absl::StrAppend(&skus, " skus: '", i, "'");
    return skus;
  }();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"resume_token: 'x'", "resume_token"},
      {"resume_token: ''", "resume_token"},
      {"start_time { nanos: -1 }", "start_time.nanos"},
      {"heartbeat_interval { nanos: 999999999 }", "heartbeat_interval"},
      {"heartbeat_interval { seconds: 301 }", "heartbeat_interval"},
      {"filter { skus: ' a' }", "filter.skus[0]"},
      {"filter { warehouse_ids: 'w1' warehouse_ids: '' }", "filter.warehouse_ids[1]"},
      {"filter { channel_ids: '?' }", "filter.channel_ids[0]"},
      {"filter { types: EVENT_TYPE_UNSPECIFIED }", "filter.types[0]"},
      {absl::StrCat("filter {", long_list, " }"), "filter.skus"}};
  for (const auto& [request, field] : cases) {
    WatchCall call(client(), request);
    EXPECT_FALSE(call.Receive()) << request;
    const absl::Status status = call.Finish();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << request;
    EXPECT_THAT(ToProto(status).DebugString(), ::testing::HasSubstr(absl::StrCat("\"", field, "\""))) << request;
  }
}

TEST_F(WatchTest, ATokenOfEventsThatAreGoneIsRefused) {
  WatchCall ahead(client(), "resume_token: 'AQX___8P'");
  EXPECT_FALSE(ahead.Receive());
  EXPECT_EQ(Outcome(ahead.Finish()), "OUT_OF_RANGE EVENTS_GONE");
}

TEST_F(WatchTest, EndsAtItsDeadline) {
  WatchCall call(client(), OfSku(), absl::Milliseconds(300));
  while (call.Receive()) {
  }
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace inventory::integration
