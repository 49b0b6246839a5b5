#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/commands/warehouses.h"
#include "tests/unit/rule_fixture.h"

namespace inventory::commands {
namespace {

using testing::HasSubstr;

v1::Warehouse ActiveWarehouse(const std::string& id) {
  v1::Warehouse warehouse;
  warehouse.set_warehouse_id(id);
  warehouse.set_name("Berlin");
  warehouse.set_active(true);
  warehouse.mutable_location()->set_latitude(52.5);
  warehouse.mutable_location()->set_longitude(13.4);
  warehouse.mutable_address()->add_street_lines("Street 1");
  warehouse.mutable_address()->set_country_code("DE");
  return warehouse;
}

std::string Broken(const v1::Warehouse& warehouse) {
  Violations violations;
  CheckWarehouse(warehouse, "warehouse", violations);
  return std::string(violations.ToStatus().message());
}

TEST(CheckWarehouseTest, AcceptsTheWholeGlobeButNotThePlaceholder) {
  v1::Warehouse warehouse = ActiveWarehouse("w1");
  const auto broken_at = [&warehouse](double latitude, double longitude) {
    warehouse.mutable_location()->set_latitude(latitude);
    warehouse.mutable_location()->set_longitude(longitude);
    return Broken(warehouse);
  };
  EXPECT_EQ(broken_at(90, 180), "");
  EXPECT_EQ(broken_at(-90, -180), "");
  EXPECT_EQ(broken_at(0, 13), "");
  EXPECT_EQ(broken_at(51, 0), "");
  EXPECT_NE(broken_at(0, 0), "");
  EXPECT_NE(broken_at(-0.0, 0), "");
  EXPECT_NE(broken_at(90.1, 1), "");
  EXPECT_NE(broken_at(1, -180.1), "");
  EXPECT_NE(broken_at(std::numeric_limits<double>::quiet_NaN(), 1), "");
  EXPECT_NE(broken_at(1, std::numeric_limits<double>::infinity()), "");
}

TEST(CheckWarehouseTest, ReportsEveryBrokenRule) {
  v1::Warehouse warehouse;
  warehouse.set_warehouse_id("a b");
  warehouse.set_description(std::string(2001, 'x'));
  warehouse.set_type(std::string(65, 'x'));
  for (int i = 0; i < 4; ++i) warehouse.mutable_address()->add_street_lines(i == 1 ? "" : "line\n");
  warehouse.mutable_address()->set_city(std::string(256, 'x'));
  warehouse.mutable_address()->set_country_code("de");
  const std::string broken = Broken(warehouse);
  for (const char* field : {"warehouse.warehouse_id", "warehouse.name", "warehouse.description", "warehouse.type",
                            "warehouse.address.street_lines: ", "street_lines[0]", "street_lines[1]", "address.city",
                            "address.country_code"}) {
    EXPECT_THAT(broken, HasSubstr(field));
  }
}

class ConfigurationCommandsTest : public testing::Test {
 protected:
  template <typename Request>
  absl::StatusOr<v1::Warehouse> CallWarehouse(const v1::Warehouse& warehouse,
                                              const std::vector<std::string>& paths = {}) {
    Request request;
    *request.mutable_warehouse() = warehouse;
    if constexpr (std::is_same_v<Request, v1::UpdateWarehouseRequest>) {
      for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    }
    return runner_.Call<v1::Warehouse>(request);
  }

  template <typename Request>
  absl::StatusOr<v1::Warehouse> CallWarehouse(const std::string& id, const std::string& etag = "") {
    Request request;
    request.set_warehouse_id(id);
    request.set_etag(etag);
    return runner_.Call<v1::Warehouse>(request);
  }

  absl::StatusOr<v1::Channel> CreateChannel(const std::string& id) {
    v1::CreateChannelRequest request;
    request.mutable_channel()->set_channel_id(id);
    request.mutable_channel()->set_name("Shop");
    return runner_.Call<v1::Channel>(request);
  }

  absl::StatusOr<v1::Channel> UpdateChannel(const v1::Channel& channel, const std::vector<std::string>& paths = {}) {
    v1::UpdateChannelRequest request;
    *request.mutable_channel() = channel;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return runner_.Call<v1::Channel>(request);
  }

  template <typename Request>
  absl::StatusOr<v1::Channel> CallChannel(const std::string& id, const std::string& etag = "") {
    Request request;
    request.set_channel_id(id);
    request.set_etag(etag);
    return runner_.Call<v1::Channel>(request);
  }

  absl::StatusOr<v1::Channel> Attach(const std::string& channel_id, const std::string& warehouse_id, int32_t priority,
                                     const std::string& etag = "") {
    v1::AttachWarehouseRequest request;
    request.set_channel_id(channel_id);
    request.set_warehouse_id(warehouse_id);
    request.set_priority(priority);
    request.set_etag(etag);
    return runner_.Call<v1::Channel>(request);
  }

  absl::StatusOr<v1::Channel> Detach(const std::string& channel_id, const std::string& warehouse_id,
                                     const std::string& etag = "") {
    v1::DetachWarehouseRequest request;
    request.set_channel_id(channel_id);
    request.set_warehouse_id(warehouse_id);
    request.set_etag(etag);
    return runner_.Call<v1::Channel>(request);
  }

  void MakeWarehouses(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      auto made = CallWarehouse<v1::CreateWarehouseRequest>(ActiveWarehouse(id));
      ASSERT_TRUE(made.ok()) << made.status();
    }
  }

  RuleRunner runner_;
};

TEST_F(ConfigurationCommandsTest, CreatesAWarehouse) {
  auto made = CallWarehouse<v1::CreateWarehouseRequest>(ActiveWarehouse("w1"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->etag(), "1");
  EXPECT_EQ(made->location().latitude(), 52.5);
  EXPECT_EQ(made->address().street_lines(0), "Street 1");
  EXPECT_EQ(made->create_time().seconds(), absl::ToUnixSeconds(runner_.now));
  EXPECT_FALSE(made->has_delete_time());

  auto again = CallWarehouse<v1::CreateWarehouseRequest>(ActiveWarehouse("w1"));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again.status()), "WAREHOUSE_EXISTS");
}

TEST_F(ConfigurationCommandsTest, NamesWhatComesWithoutAnId) {
  auto warehouse = CallWarehouse<v1::CreateWarehouseRequest>(ActiveWarehouse(""));
  ASSERT_TRUE(warehouse.ok()) << warehouse.status();
  EXPECT_EQ(warehouse->warehouse_id(), "fresh-1");
  auto channel = CreateChannel("");
  ASSERT_TRUE(channel.ok()) << channel.status();
  EXPECT_EQ(channel->channel_id(), "fresh-2");
}

TEST_F(ConfigurationCommandsTest, AnActiveWarehouseNeedsALocation) {
  v1::Warehouse warehouse = ActiveWarehouse("w1");
  warehouse.clear_location();
  EXPECT_EQ(CallWarehouse<v1::CreateWarehouseRequest>(warehouse).status().code(), absl::StatusCode::kInvalidArgument);
  warehouse.set_active(false);
  ASSERT_TRUE(CallWarehouse<v1::CreateWarehouseRequest>(warehouse).ok());
  warehouse.set_active(true);
  const absl::Status refused = CallWarehouse<v1::UpdateWarehouseRequest>(warehouse, {"active"}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "LOCATION_REQUIRED");
  EXPECT_TRUE(CallWarehouse<v1::UpdateWarehouseRequest>(ActiveWarehouse("w1"), {"active", "location"}).ok());
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UpdateWarehouseRequest>(warehouse, {"location"}).status()), "LOCATION_REQUIRED");
}

TEST_F(ConfigurationCommandsTest, UpdatesAWarehouse) {
  MakeWarehouses({"w1"});
  runner_.now += absl::Seconds(1);
  v1::Warehouse changes;
  changes.set_warehouse_id("w1");
  changes.set_etag("1");
  changes.mutable_address()->set_city("Berlin");
  auto updated = CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"address.city"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), "2");
  EXPECT_EQ(updated->address().city(), "Berlin");
  EXPECT_EQ(updated->address().country_code(), "DE");
  EXPECT_LT(updated->create_time().seconds(), updated->update_time().seconds());

  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UpdateWarehouseRequest>(changes).status()), "ETAG_MISMATCH");
  changes.clear_etag();
  auto same = CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"address.city"});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->etag(), "2");
  EXPECT_EQ(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"name"}).status().code(),
            absl::StatusCode::kInvalidArgument);
  changes.set_warehouse_id("w2");
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UpdateWarehouseRequest>(changes).status()), "WAREHOUSE_NOT_FOUND");
}

TEST_F(ConfigurationCommandsTest, AnUpdateNamesAllViolationsBeforeItLooksForTheWarehouse) {
  v1::Warehouse changes;
  changes.set_type(std::string(65, 'x'));
  changes.mutable_location()->set_latitude(91);
  changes.mutable_address()->set_country_code("de");
  EXPECT_EQ(Answer(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"name", "location.latitude", "address"})),
            "INVALID_ARGUMENT INVALID_FIELDS warehouse.warehouse_id warehouse.name warehouse.location.latitude "
            "warehouse.address.country_code");
  EXPECT_EQ(Answer(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"name", "nonsense"})),
            "INVALID_ARGUMENT INVALID_FIELDS warehouse.warehouse_id update_mask warehouse.location.latitude "
            "warehouse.address.country_code warehouse.type");
}

TEST_F(ConfigurationCommandsTest, ACoordinateMayBeZeroIfTheStoredOtherOneIsNot) {
  MakeWarehouses({"w1"});
  v1::Warehouse changes;
  changes.set_warehouse_id("w1");
  EXPECT_EQ(Answer(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"location.latitude"})), "OK");
  EXPECT_EQ(Answer(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"location.longitude"})),
            "INVALID_ARGUMENT INVALID_FIELDS warehouse.location");
  EXPECT_EQ(Answer(CallWarehouse<v1::UpdateWarehouseRequest>(changes, {"location.latitude", "location.longitude"})),
            "INVALID_ARGUMENT INVALID_FIELDS warehouse.location");
}

TEST_F(ConfigurationCommandsTest, DeletesAWarehouseOnlyWhenItHoldsNothing) {
  MakeWarehouses({"w1"});
  runner_.check_invariants = false;
  runner_.rows.levels.Load(
      {.sku = "sku", .warehouse_id = "w1", .quantities = {.on_hand = 1}, .version = 1, .update_time = runner_.now});
  runner_.rows.levels.Load(
      {.sku = "other", .warehouse_id = "w2", .quantities = {.on_hand = 1}, .version = 1, .update_time = runner_.now});
  const absl::Status refused = CallWarehouse<v1::DeleteWarehouseRequest>("w1").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "WAREHOUSE_IN_USE");
  EXPECT_THAT(std::string(refused.GetPayload("type.googleapis.com/google.rpc.ErrorInfo").value()), HasSubstr("sku"));
  runner_.rows.levels.Edit({"sku", "w1"}).quantities = {};
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::DeleteWarehouseRequest>("w1", "9").status()), "ETAG_MISMATCH");

  auto deleted = CallWarehouse<v1::DeleteWarehouseRequest>("w1", "1");
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_TRUE(deleted->has_delete_time());
  EXPECT_FALSE(deleted->active());
  EXPECT_EQ(deleted->etag(), "2");
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::DeleteWarehouseRequest>("w1").status()), "WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UpdateWarehouseRequest>(ActiveWarehouse("w1")).status()), "WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::CreateWarehouseRequest>(ActiveWarehouse("w1")).status()), "WAREHOUSE_EXISTS");
  EXPECT_EQ(runner_.CurrentConfiguration().FindWarehouse("w1"), nullptr);
}

TEST_F(ConfigurationCommandsTest, AnOpenShipmentKeepsItsWarehouse) {
  MakeWarehouses({"w1"});
  runner_.check_invariants = false;
  storage::ShipmentRecord shipment;
  shipment.shipment_id = "s1";
  shipment.warehouse_id = "w1";
  shipment.state = storage::ShipmentState::kReadyToShip;
  runner_.rows.shipments.Load(shipment);
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::DeleteWarehouseRequest>("w1").status()), "WAREHOUSE_IN_USE");
  runner_.rows.shipments.Edit("s1").state = storage::ShipmentState::kShipped;
  EXPECT_TRUE(CallWarehouse<v1::DeleteWarehouseRequest>("w1").ok());
}

TEST_F(ConfigurationCommandsTest, DeletionDetachesAndUndeletionDoesNotAttachAgain) {
  MakeWarehouses({"w1", "w2"});
  ASSERT_TRUE(CreateChannel("c1").ok());
  ASSERT_TRUE(CreateChannel("c2").ok());
  ASSERT_TRUE(Attach("c1", "w1", 1).ok());
  ASSERT_TRUE(Attach("c1", "w2", 2).ok());
  ASSERT_TRUE(Attach("c2", "w2", 2).ok());
  runner_.now += absl::Seconds(1);
  ASSERT_TRUE(CallWarehouse<v1::DeleteWarehouseRequest>("w1").ok());
  EXPECT_EQ(runner_.rows.attachments.Find({"c1", "w1"}), nullptr);
  EXPECT_EQ(runner_.rows.channels.Find("c1")->version, 4);
  EXPECT_EQ(runner_.rows.channels.Find("c1")->update_time, runner_.now);
  EXPECT_EQ(runner_.rows.channels.Find("c2")->version, 2);
  EXPECT_EQ(ReasonOf(Attach("c1", "w1", 1).status()), "WAREHOUSE_NOT_FOUND");

  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UndeleteWarehouseRequest>("w1", "1").status()), "ETAG_MISMATCH");
  auto undeleted = CallWarehouse<v1::UndeleteWarehouseRequest>("w1", "2");
  ASSERT_TRUE(undeleted.ok()) << undeleted.status();
  EXPECT_FALSE(undeleted->has_delete_time());
  EXPECT_FALSE(undeleted->active());
  EXPECT_EQ(undeleted->etag(), "3");
  EXPECT_EQ(runner_.rows.attachments.All().size(), 2);

  auto again = CallWarehouse<v1::UndeleteWarehouseRequest>("w1");
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again.status()), "WAREHOUSE_NOT_DELETED");
  EXPECT_EQ(ReasonOf(CallWarehouse<v1::UndeleteWarehouseRequest>("w9").status()), "WAREHOUSE_NOT_FOUND");
}

TEST_F(ConfigurationCommandsTest, CreatesAndUpdatesAChannel) {
  auto made = CreateChannel("c1");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(made->active());
  EXPECT_EQ(made->etag(), "1");
  EXPECT_EQ(ReasonOf(CreateChannel("c1").status()), "CHANNEL_EXISTS");

  v1::Channel changes;
  changes.set_channel_id("c1");
  changes.set_active(false);
  auto updated = UpdateChannel(changes);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_FALSE(updated->active());
  EXPECT_EQ(updated->name(), "Shop");
  EXPECT_EQ(updated->etag(), "2");
  EXPECT_EQ(UpdateChannel(changes)->etag(), "2");
  changes.clear_active();
  EXPECT_TRUE(UpdateChannel(changes, {"active"})->active());
  EXPECT_EQ(UpdateChannel(changes, {"name"}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(UpdateChannel(changes, {"attachments"}).status().code(), absl::StatusCode::kInvalidArgument);
  changes.set_etag("1");
  EXPECT_EQ(ReasonOf(UpdateChannel(changes).status()), "ETAG_MISMATCH");
}

TEST_F(ConfigurationCommandsTest, AnUpdateNamesAllViolationsBeforeItLooksForTheChannel) {
  v1::Channel changes;
  EXPECT_EQ(Answer(UpdateChannel(changes, {"name"})),
            "INVALID_ARGUMENT INVALID_FIELDS channel.channel_id channel.name");
  changes.set_name(std::string(256, 'x'));
  EXPECT_EQ(Answer(UpdateChannel(changes, {"attachments"})),
            "INVALID_ARGUMENT INVALID_FIELDS channel.channel_id update_mask channel.name");
}

TEST_F(ConfigurationCommandsTest, AttachesByPriorityAndDetaches) {
  MakeWarehouses({"w1", "w2", "w3"});
  ASSERT_TRUE(CreateChannel("c1").ok());
  ASSERT_TRUE(Attach("c1", "w1", 5).ok());
  ASSERT_TRUE(Attach("c1", "w3", 1).ok());
  auto channel = Attach("c1", "w2", 5, "3");
  ASSERT_TRUE(channel.ok()) << channel.status();
  ASSERT_EQ(channel->attachments_size(), 3);
  EXPECT_EQ(channel->attachments(0).warehouse_id(), "w3");
  EXPECT_EQ(channel->attachments(1).warehouse_id(), "w1");
  EXPECT_EQ(channel->attachments(2).warehouse_id(), "w2");
  EXPECT_EQ(channel->etag(), "4");
  EXPECT_EQ(Attach("c1", "w2", 5)->etag(), "4");

  runner_.now += absl::Seconds(1);
  channel = Attach("c1", "w2", 0);
  ASSERT_TRUE(channel.ok());
  EXPECT_EQ(channel->attachments(0).warehouse_id(), "w2");
  EXPECT_EQ(channel->etag(), "5");
  EXPECT_EQ(channel->update_time().seconds(), absl::ToUnixSeconds(runner_.now));

  EXPECT_EQ(ReasonOf(Detach("c1", "w2", "4").status()), "ETAG_MISMATCH");
  channel = Detach("c1", "w2", "5");
  ASSERT_TRUE(channel.ok()) << channel.status();
  EXPECT_EQ(channel->attachments_size(), 2);
  EXPECT_EQ(channel->etag(), "6");
  EXPECT_EQ(ReasonOf(Detach("c1", "w2").status()), "ATTACHMENT_NOT_FOUND");
}

TEST_F(ConfigurationCommandsTest, AttachmentsNeedBothSides) {
  MakeWarehouses({"w1"});
  EXPECT_EQ(ReasonOf(Attach("c1", "w1", 0).status()), "CHANNEL_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Detach("c1", "w1").status()), "CHANNEL_NOT_FOUND");
  ASSERT_TRUE(CreateChannel("c1").ok());
  EXPECT_EQ(ReasonOf(Attach("c1", "w2", 0).status()), "WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Attach("c1", "w1", -1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Attach("c1", "w1", 1'000'001).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Attach("c1", "w1", 1'000'000).ok());
}

TEST_F(ConfigurationCommandsTest, AnUndeletedChannelSellsFromItsOldWarehousesThatAreLeft) {
  MakeWarehouses({"w1", "w2"});
  ASSERT_TRUE(CreateChannel("c1").ok());
  ASSERT_TRUE(Attach("c1", "w1", 0).ok());
  ASSERT_TRUE(Attach("c1", "w2", 0).ok());
  EXPECT_EQ(ReasonOf(CallChannel<v1::DeleteChannelRequest>("c1", "1").status()), "ETAG_MISMATCH");
  auto deleted = CallChannel<v1::DeleteChannelRequest>("c1", "3");
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_TRUE(deleted->has_delete_time());
  EXPECT_EQ(ReasonOf(CallChannel<v1::DeleteChannelRequest>("c1").status()), "CHANNEL_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Attach("c1", "w1", 1).status()), "CHANNEL_NOT_FOUND");
  ASSERT_TRUE(CallWarehouse<v1::DeleteWarehouseRequest>("w1").ok());

  auto undeleted = CallChannel<v1::UndeleteChannelRequest>("c1");
  ASSERT_TRUE(undeleted.ok()) << undeleted.status();
  ASSERT_EQ(undeleted->attachments_size(), 1);
  EXPECT_EQ(undeleted->attachments(0).warehouse_id(), "w2");
  EXPECT_EQ(ReasonOf(CallChannel<v1::UndeleteChannelRequest>("c1").status()), "CHANNEL_NOT_DELETED");
  EXPECT_EQ(ReasonOf(CallChannel<v1::UndeleteChannelRequest>("c9").status()), "CHANNEL_NOT_FOUND");
}

}  // namespace
}  // namespace inventory::commands
