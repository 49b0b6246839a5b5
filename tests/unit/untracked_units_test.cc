// Goal: units that were reserved while an item was untracked stay manageable when the item is tracked later.
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "tests/unit/rule_runner.h"

namespace inventory {
namespace {

class UntrackedUnitsTest : public testing::Test {
 protected:
  // A hold of 3 units reserved untracked and 2 tracked ones in w1, where 5 lie.
  void SetUp() override {
    runner_.check_invariants = false;  // They take a tracked item for one that always was.
    storage::WarehouseRecord warehouse;
    warehouse.warehouse_id = "w1";
    warehouse.active = true;
    runner_.rows.warehouses.Load(warehouse);
    storage::ChannelRecord channel;
    channel.channel_id = "web";
    runner_.rows.channels.Load(channel);
    runner_.rows.attachments.Load({"web", "w1", 1});
    storage::ItemRecord item;
    item.sku = "song";
    item.configured = true;
    item.tracked = false;
    runner_.rows.items.Load(item);
    runner_.rows.levels.Load({.sku = "song", .warehouse_id = "w1", .quantities = {.on_hand = 5}, .update_time = {}});

    v1::ReserveStockRequest reserve;
    reserve.set_reservation_id("r");
    reserve.set_channel_id("web");
    v1::OrderLine& line = *reserve.add_lines();
    line.set_sku("song");
    line.set_quantity(3);
    ASSERT_TRUE(runner_.Call<v1::ReserveStockResponse>(reserve).ok());
    v1::UpdateItemRequest track;
    track.mutable_item()->set_sku("song");
    track.mutable_item()->set_tracking(v1::TRACKING_TRACKED);
    ASSERT_TRUE(runner_.Call<v1::Item>(track).ok());
    v1::AmendReservationRequest grow;
    grow.set_reservation_id("r");
    auto& total = *grow.add_lines();
    total.set_sku("song");
    total.set_quantity(5);
    ASSERT_TRUE(runner_.Call<v1::AmendReservationResponse>(grow).ok());
    ASSERT_EQ(ReservedInWarehouse(), 2);
  }

  int64_t ReservedInWarehouse() const { return runner_.rows.levels.Find({"song", "w1"})->quantities.reserved; }
  const storage::ReservationLineRecord& Line() const { return *runner_.rows.reservation_lines.Find({"r", "song"}); }

  absl::Status Cancel(int64_t quantity) {
    v1::CancelReservationRequest cancel;
    cancel.set_reservation_id("r");
    if (quantity > 0) {
      v1::OrderLine& line = *cancel.add_lines();
      line.set_sku("song");
      line.set_quantity(quantity);
    }
    return runner_.Call<v1::CancelReservationResponse>(cancel).status();
  }

  RuleRunner runner_;
};

TEST_F(UntrackedUnitsTest, CancelGivesUpBothKinds) {
  ASSERT_TRUE(Cancel(0).ok());
  EXPECT_EQ(ReservedInWarehouse(), 0);
  EXPECT_EQ(Line().reserved, 0);
  EXPECT_EQ(Line().cancelled, 5);
}

TEST_F(UntrackedUnitsTest, CancelOfSomeGivesUpUntrackedOnesFirst) {
  ASSERT_TRUE(Cancel(2).ok());
  EXPECT_EQ(ReservedInWarehouse(), 2);
  ASSERT_TRUE(Cancel(2).ok());
  EXPECT_EQ(ReservedInWarehouse(), 1);
  EXPECT_EQ(Line().reserved, 1);
  EXPECT_EQ(Line().cancelled, 4);
}

}  // namespace
}  // namespace inventory
