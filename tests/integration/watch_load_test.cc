// Watch under load: many callers at once do everything to a few SKUs through two servers, and whoever watches, on
// whichever server and however often he has to come again, is told all of it once and in order.
#include "tests/integration/load.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

class WatchLoadTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  // Each SKU's movements as they were told.
  static std::map<std::string, std::vector<v1::Movement>> MovementsIn(const std::vector<v1::Event>& events) {
    std::map<std::string, std::vector<v1::Movement>> movements;
    for (const v1::Event& event : events) {
      if (event.has_movement()) movements[event.movement().sku()].push_back(event.movement());
    }
    return movements;
  }

  static void ExpectLedgers(const std::vector<v1::Event>& events,
                            const std::map<std::string, std::vector<v1::Movement>>& ledgers) {
    const auto told = MovementsIn(events);
    for (const auto& [sku, ledger] : ledgers) {
      SCOPED_TRACE(sku);
      if (ledger.empty()) continue;
      ASSERT_TRUE(told.contains(sku));
      const std::vector<v1::Movement>& movements = told.at(sku);
      ASSERT_EQ(movements.size(), ledger.size());
      for (std::size_t i = 0; i < ledger.size(); ++i) ASSERT_THAT(movements[i], EqualsProto(ledger[i]));
    }
  }

  // Every state follows on the one that was told before it, and the last ones are those that reservations have.
  static void ExpectChains(const std::vector<v1::Event>& events) {
    std::map<std::string, int> reservations;
    std::map<std::string, int> shipments;
    for (const v1::Event& event : events) {
      if (event.has_reservation()) {
        int& state = reservations[event.reservation().reservation_id()];
        ASSERT_EQ(event.reservation().previous_state(), state) << event.ShortDebugString();
        state = event.reservation().state();
      } else if (event.has_shipment()) {
        int& state = shipments[event.shipment().shipment_id()];
        ASSERT_EQ(event.shipment().previous_state(), state) << event.ShortDebugString();
        state = event.shipment().state();
      }
    }
    EXPECT_GT(reservations.size(), 50u);
    EXPECT_GT(shipments.size(), 5u);
    for (const auto& [id, state] : reservations) {
      if (state != v1::RESERVATION_STATE_HELD) {
        EXPECT_EQ(ReservationOf(id).state(), state) << id;
      }
    }
  }

  // What an order has caused is told with its channel, also where a sweep or another order has released or filled it.
  static void ExpectChannels(const std::vector<v1::Event>& events) {
    std::map<std::string, std::string> channels;
    for (const v1::Event& event : events) {
      if (event.has_reservation()) channels[event.reservation().reservation_id()] = event.channel_id();
    }
    for (const v1::Event& event : events) {
      switch (event.movement().type()) {
        case v1::MOVEMENT_TYPE_RESERVE:
        case v1::MOVEMENT_TYPE_RELEASE:
        case v1::MOVEMENT_TYPE_EXPIRE:
        case v1::MOVEMENT_TYPE_REALLOCATE:
        case v1::MOVEMENT_TYPE_FILL:
          ASSERT_EQ(event.channel_id(), channels[event.movement().document_id()]) << event.ShortDebugString();
          break;
        case v1::MOVEMENT_TYPE_SHIP:
        case v1::MOVEMENT_TYPE_RETURN:
          ASSERT_NE(event.channel_id(), "") << event.ShortDebugString();
          break;
        default:
          break;
      }
      ASSERT_TRUE(!event.has_shipment() || !event.channel_id().empty()) << event.ShortDebugString();
    }
  }

  // That a level runs out or has units again is told right after the movement that did it.
  static void ExpectCrossings(const std::vector<v1::Event>& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (!events[i].has_availability()) continue;
      ASSERT_GT(i, 0u);
      ASSERT_TRUE(events[i - 1].has_movement());
      EXPECT_EQ(events[i - 1].movement().sequence(), events[i].availability().sequence());
      EXPECT_EQ(events[i - 1].movement().sku(), events[i].availability().sku());
    }
  }

  static v1::WatchRequest EveryType() { return Pb<v1::WatchRequest>("heartbeat_interval { seconds: 1 }"); }
};

TEST_F(WatchLoadTest, EveryWatcherIsToldEverythingInOrder) {
  ServerProcess second({.database_url = storage::UrlOf(database()), .arguments = {"--sweep-interval=10ms"}});
  const std::vector<std::string> addresses = {server().address(), second.address()};
  std::atomic<int> turn = 0;
  Follower first_follower([&] { return addresses[0]; }, EveryType());
  Follower second_follower([&] { return addresses[1]; }, EveryType());
  Follower wanderer([&] { return addresses[turn++ % 2]; }, EveryType(), /*messages_of_a_call=*/4);
  Load load(addresses, Name(""));
  load.AwaitAcknowledged(1500);
  load.Stop();
  // Holds that still run out are told like anything else; so this waits until nothing more happens.
  const auto ledgers = [&] { return ReadLedgers(client(), load.shop().skus); };
  Must(client().Call(Pb<v1::SetStockRequest>(
      absl::Substitute("request_id: 'last' sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku("last")))));
  auto beginning = EveryType();
  beginning.mutable_beginning();
  Follower latecomer([&] { return addresses[1]; }, beginning);
  const std::vector<Follower*> followers = {&first_follower, &second_follower, &wanderer, &latecomer};
  for (Follower* follower : followers) {
    follower->AwaitRequest("last");
    EXPECT_TRUE(Eventually([&] {
      const auto now = ledgers();
      const auto told = MovementsIn(follower->events());
      return std::all_of(now.begin(), now.end(), [&told](const auto& ledger) {
        return ledger.second.empty() ||
               (told.contains(ledger.first) && told.at(ledger.first).size() >= ledger.second.size());
      });
    }));
  }
  for (Follower* follower : followers) {
    follower->Stop();
    const auto events = follower->events();
    const auto told = MovementsIn(events);
    auto until_now = ledgers();
    for (auto& [sku, ledger] : until_now) {
      if (told.contains(sku) && told.at(sku).size() < ledger.size()) ledger.resize(told.at(sku).size());
    }
    ExpectLedgers(events, until_now);
    ExpectChains(events);
    ExpectCrossings(events);
    ExpectChannels(events);
  }
  EXPECT_GT(wanderer.calls(), 5);
}

}  // namespace
}  // namespace inventory::integration
