// Codes that callers give their resources: unique among their kind, moved, given up, and naming what an update changes.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::ResourceKind;

class ExternalReferencesTest : public RuleTest {
 protected:
  // Who has the code; empty if nobody has.
  std::string Owner(ResourceKind kind, const std::string& code) const {
    const auto* reference = runner_.rows.external_references.Find({kind, code});
    return reference == nullptr ? "" : reference->id;
  }

  absl::StatusOr<v1::Channel> CreateChannel(const std::string& id, const std::string& code) {
    v1::CreateChannelRequest request;
    request.mutable_channel()->set_channel_id(id);
    request.mutable_channel()->set_name(id);
    request.mutable_channel()->set_external_reference_code(code);
    return runner_.Call<v1::Channel>(request);
  }

  static v1::UpdateChannelRequest ChannelUpdate(const std::string& id, const std::string& code,
                                                const std::string& name) {
    v1::UpdateChannelRequest request;
    request.mutable_channel()->set_channel_id(id);
    request.mutable_channel()->set_external_reference_code(code);
    request.mutable_channel()->set_name(name);
    return request;
  }

  static v1::UpdateReplenishmentRequest Supply(const std::string& code, int64_t quantity) {
    v1::UpdateReplenishmentRequest request;
    request.mutable_replenishment()->set_external_reference_code(code);
    request.mutable_replenishment()->set_sku("a");
    request.mutable_replenishment()->set_warehouse_id("w1");
    request.mutable_replenishment()->set_ordered_quantity(quantity);
    request.set_allow_missing(true);
    return request;
  }
};

TEST_F(ExternalReferencesTest, IsUniqueAmongItsKindAndFreeOnceGivenUp) {
  ASSERT_EQ(Answer(CreateChannel("c1", "X")), "OK");
  EXPECT_EQ(Owner(ResourceKind::kChannel, "X"), "c1");
  EXPECT_EQ(Answer(CreateChannel("c2", "X")),
            "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=X id=c1");
  EXPECT_EQ(runner_.rows.channels.Find("c2"), nullptr);
  // Another kind has codes of its own, and case counts.
  v1::CreateWarehouseRequest warehouse;
  warehouse.mutable_warehouse()->set_warehouse_id("w9");
  warehouse.mutable_warehouse()->set_name("Nine");
  warehouse.mutable_warehouse()->set_external_reference_code("X");
  ASSERT_EQ(Answer(runner_.Call<v1::Warehouse>(warehouse)), "OK");
  ASSERT_EQ(Answer(CreateChannel("c3", "x")), "OK");

  v1::UpdateChannelRequest rename = ChannelUpdate("c1", "Y", "One");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(rename)), "OK");
  EXPECT_EQ(Owner(ResourceKind::kChannel, "X"), "");
  EXPECT_EQ(Owner(ResourceKind::kChannel, "Y"), "c1");
  ASSERT_EQ(Answer(CreateChannel("c2", "X")), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::Channel>(ChannelUpdate("c1", "X", "One"))),
            "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=X id=c2");
  EXPECT_EQ(Owner(ResourceKind::kChannel, "Y"), "c1");

  v1::UpdateChannelRequest give_up = ChannelUpdate("c1", "", "One");
  give_up.mutable_update_mask()->add_paths("external_reference_code");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(give_up)), "OK");
  EXPECT_EQ(Owner(ResourceKind::kChannel, "Y"), "");
}

TEST_F(ExternalReferencesTest, NamesWhatAnUpdateChangesOrMakes) {
  EXPECT_EQ(Answer(runner_.Call<v1::Channel>(ChannelUpdate("", "erp-1", "One"))),
            "NOT_FOUND CHANNEL_NOT_FOUND channel_id=");
  v1::UpdateChannelRequest upsert = ChannelUpdate("", "erp-1", "One");
  upsert.set_allow_missing(true);
  const auto made = runner_.Call<v1::Channel>(upsert);
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_NE(made->channel_id(), "");
  EXPECT_EQ(made->external_reference_code(), "erp-1");

  upsert.mutable_channel()->set_name("Uno");
  const auto changed = runner_.Call<v1::Channel>(upsert);
  ASSERT_EQ(Answer(changed), "OK");
  EXPECT_EQ(changed->channel_id(), made->channel_id());
  EXPECT_EQ(changed->name(), "Uno");
  EXPECT_EQ(Answer(runner_.Call<v1::Channel>(ChannelUpdate("", "", "Nobody"))),
            "INVALID_ARGUMENT INVALID_FIELDS channel.channel_id");
}

TEST_F(ExternalReferencesTest, UpsertsAWarehouse) {
  v1::UpdateWarehouseRequest upsert;
  upsert.mutable_warehouse()->set_external_reference_code("DC-7");
  upsert.mutable_warehouse()->set_name("Seven");
  upsert.mutable_warehouse()->set_active(true);
  upsert.set_allow_missing(true);
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(upsert)), "INVALID_ARGUMENT INVALID_FIELDS warehouse.location");
  upsert.mutable_warehouse()->mutable_location()->set_latitude(48);
  const auto made = runner_.Call<v1::Warehouse>(upsert);
  ASSERT_EQ(Answer(made), "OK");
  upsert.mutable_warehouse()->set_type("store");
  const auto changed = runner_.Call<v1::Warehouse>(upsert);
  ASSERT_EQ(Answer(changed), "OK");
  EXPECT_EQ(changed->warehouse_id(), made->warehouse_id());
  EXPECT_EQ(changed->type(), "store");
  EXPECT_EQ(changed->name(), "Seven");
}

TEST_F(ExternalReferencesTest, UpsertsAReplenishment) {
  const auto made = runner_.Call<v1::UpdateReplenishmentResponse>(Supply("PO-1/1", 10));
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_EQ(At("a", "w1").incoming, 10);
  const auto changed = runner_.Call<v1::UpdateReplenishmentResponse>(Supply("PO-1/1", 15));
  ASSERT_EQ(Answer(changed), "OK");
  EXPECT_EQ(changed->replenishment().replenishment_id(), made->replenishment().replenishment_id());
  EXPECT_EQ(At("a", "w1").incoming, 15);
  v1::UpdateReplenishmentRequest missing = Supply("PO-1/2", 15);
  missing.set_allow_missing(false);
  EXPECT_EQ(Answer(runner_.Call<v1::UpdateReplenishmentResponse>(missing)),
            "NOT_FOUND REPLENISHMENT_NOT_FOUND replenishment_id=");
  // All of the new one must be valid.
  v1::UpdateReplenishmentRequest nowhere = Supply("PO-1/3", 1);
  nowhere.mutable_replenishment()->set_warehouse_id("w8");
  EXPECT_EQ(Answer(runner_.Call<v1::UpdateReplenishmentResponse>(nowhere)),
            "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w8");
}

TEST_F(ExternalReferencesTest, NamesAnItemToo) {
  v1::CreateItemRequest create;
  create.mutable_item()->set_sku("a");
  create.mutable_item()->set_external_reference_code("4711");
  ASSERT_EQ(Answer(runner_.Call<v1::Item>(create)), "OK");
  v1::UpdateItemRequest update;
  update.mutable_item()->set_external_reference_code("4711");
  update.mutable_item()->set_min_order_quantity(2);
  const auto changed = runner_.Call<v1::Item>(update);
  ASSERT_EQ(Answer(changed), "OK");
  EXPECT_EQ(changed->sku(), "a");
  EXPECT_EQ(changed->min_order_quantity(), 2);
  v1::DeleteItemRequest remove;
  remove.set_sku("a");
  ASSERT_EQ(Answer(runner_.Call<v1::DeleteItemResponse>(remove)), "OK");
  EXPECT_EQ(Owner(ResourceKind::kItem, "4711"), "");
  EXPECT_EQ(Answer(runner_.Call<v1::Item>(update)), "NOT_FOUND ITEM_NOT_FOUND sku=4711");
}

TEST_F(ExternalReferencesTest, IsGivenToDocumentsWhenTheyAreMade) {
  Stock("a", "w1", 10);
  v1::ReserveStockRequest order = Order("r1", {{"a", 2}});
  order.set_commit(true);
  order.set_external_reference_code("order-1");
  const auto reserved = Reserve(order);
  ASSERT_EQ(Answer(reserved), "OK");
  EXPECT_EQ(reserved->reservation().external_reference_code(), "order-1");
  order.set_reservation_id("r2");
  EXPECT_EQ(Answer(Reserve(order)), "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=order-1 id=r1");
  EXPECT_EQ(At("a", "w1").reserved, 2);

  v1::CreateShipmentRequest parcel = Parcel("s1", "r1", "w1", {{"a", 1}});
  parcel.set_external_reference_code("box-1");
  ASSERT_EQ(Answer(CreateShipment(parcel)), "OK");
  parcel.set_shipment_id("s2");
  EXPECT_EQ(Answer(CreateShipment(parcel)),
            "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=box-1 id=s1");

  v1::CreateTransferRequest transfer;
  transfer.set_transfer_id("t1");
  transfer.set_from_warehouse_id("w1");
  transfer.set_to_warehouse_id("w2");
  transfer.set_external_reference_code("truck-1");
  v1::OrderLine& line = *transfer.add_lines();
  line.set_sku("a");
  line.set_quantity(1);
  ASSERT_EQ(Answer(runner_.Call<v1::CreateTransferResponse>(transfer)), "OK");
  transfer.set_transfer_id("t2");
  EXPECT_EQ(Answer(runner_.Call<v1::CreateTransferResponse>(transfer)),
            "ALREADY_EXISTS EXTERNAL_REFERENCE_EXISTS external_reference_code=truck-1 id=t1");
}

}  // namespace
}  // namespace inventory
