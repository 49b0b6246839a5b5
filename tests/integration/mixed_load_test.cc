// Many callers at once do everything to a few SKUs, kits and orders that wait, in several warehouses and channels,
// through two servers on one database: every answer is true, and in the end every number is the sum of its parts.
#include "tests/integration/load.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class MixedLoadTest : public ServerTest {
 public:
  // The sweeper looks all the time, so that it meets the callers.
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  // Units of the SKU that stand unshipped, by warehouse and by channel, as the reservations tell it.
  struct Promised {
    std::map<std::string, int64_t> in_warehouse;
    std::map<std::string, int64_t> in_channel;
    int64_t waiting = 0;
  };
  static Promised PromisedOf(const std::string& sku) {
    v1::ListReservationsRequest request;
    request.mutable_filter()->set_sku(sku);
    request.set_page_size(1000);
    Promised promised;
    for (const auto& reservation : ListAll(client(), request, &v1::ListReservationsResponse::reservations)) {
      for (const v1::ReservationLine& line : reservation.lines()) {
        if (line.sku() != sku) continue;
        promised.in_channel[reservation.channel_id()] += line.reserved_quantity() + line.backordered_quantity();
        promised.waiting += line.backordered_quantity();
        for (const v1::Allocation& part : line.allocations()) {
          promised.in_warehouse[part.warehouse_id()] += part.reserved_quantity();
        }
      }
    }
    return promised;
  }

  // Whether all has happened that moves units between the states of an order or between warehouses.
  static bool EverythingHappened(const Shop& shop) {
    std::set<v1::MovementType> seen;
    for (const auto& [sku, movements] : ReadLedgers(client(), shop.skus)) {
      for (const v1::Movement& movement : movements) seen.insert(movement.type());
    }
    const std::vector<v1::MovementType> all = {
        v1::MOVEMENT_TYPE_RESERVE,      v1::MOVEMENT_TYPE_RELEASE,    v1::MOVEMENT_TYPE_EXPIRE,  v1::MOVEMENT_TYPE_SHIP,
        v1::MOVEMENT_TYPE_RETURN,       v1::MOVEMENT_TYPE_REALLOCATE, v1::MOVEMENT_TYPE_RECEIVE, v1::MOVEMENT_TYPE_FILL,
        v1::MOVEMENT_TYPE_TRANSFER_OUT, v1::MOVEMENT_TYPE_TRANSFER_IN};
    return std::all_of(all.begin(), all.end(), [&seen](v1::MovementType type) { return seen.contains(type); });
  }

  static std::vector<v1::Backorder> QueueOf(const std::string& sku) {
    v1::ListBackordersRequest request;
    request.mutable_filter()->set_sku(sku);
    return ListAll(client(), request, &v1::ListBackordersResponse::backorders);
  }
  static int64_t Outstanding(const std::string& sku, const std::string& channel_id) {
    return Must(client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: '$1'", sku, channel_id))))
        .outstanding_quantity();
  }

  // Holds may run out between two reads, so this waits until all agree.
  static bool CountersAgree(const Shop& shop, const std::string& sku) {
    const Promised promised = PromisedOf(sku);
    const auto of = [](const auto& units, const std::string& id) { return units.contains(id) ? units.at(id) : 0; };
    bool agree = true;
    for (const std::string& warehouse_id : shop.warehouses) {
      agree = agree && LevelOf(sku, warehouse_id).reserved() == of(promised.in_warehouse, warehouse_id);
    }
    for (const auto& [key, quantity] : shop.quotas) {
      agree = agree && (key.first != sku || Outstanding(sku, key.second) == of(promised.in_channel, key.second));
    }
    int64_t queued = 0;
    for (const v1::Backorder& backorder : QueueOf(sku)) queued += backorder.quantity();
    return agree && queued == promised.waiting;
  }

  // Nobody waits for what is there. One that a move has sent to some warehouses only may.
  static bool NobodyWaitsInVain(const Shop& shop, const std::string& sku) {
    for (const v1::Backorder& backorder : QueueOf(sku)) {
      if (ReservationOf(backorder.reservation_id()).warehouse_ids_size() > 0) continue;
      for (const std::string& warehouse_id : shop.channels.at(backorder.channel_id())) {
        if (LevelOf(sku, warehouse_id).available() > 0) return false;
      }
    }
    return true;
  }
};

TEST_F(MixedLoadTest, EveryAnswerIsTrueAndEveryNumberTheSumOfItsParts) {
  ServerProcess second({.database_url = storage::UrlOf(database()), .arguments = {"--sweep-interval=10ms"}});
  Load load({server().address(), second.address()}, Name(""));
  load.AwaitAcknowledged(1500);
  // What comes last in an order's life may take longer.
  for (int more = 0; more < 10 && !EverythingHappened(load.shop()); ++more) load.AwaitAcknowledged(500);
  load.Stop();
  EXPECT_EQ(load.Count(RecordedWrite::End::kUnknown), 0);
  load.Check(client());
  EXPECT_TRUE(EverythingHappened(load.shop()));
  for (const std::string& sku : load.shop().skus) {
    SCOPED_TRACE(sku);
    EXPECT_TRUE(Eventually([&] { return CountersAgree(load.shop(), sku); }));
    EXPECT_TRUE(Eventually([&] { return NobodyWaitsInVain(load.shop(), sku); }));
  }
}

}  // namespace
}  // namespace inventory::integration
