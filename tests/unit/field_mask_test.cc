#include "server/commands/field_mask.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/warehouse.pb.h"

namespace inventory::commands {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

constexpr std::string_view kFixed[] = {"warehouse_id"};

google::protobuf::FieldMask Mask(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

std::string BrokenPaths(const std::vector<std::string>& paths) {
  Violations violations;
  CheckUpdateMask(Mask(paths), *v1::Warehouse::descriptor(), kFixed, violations);
  return std::string(violations.ToStatus().message());
}

v1::Warehouse Berlin() {
  v1::Warehouse warehouse;
  warehouse.set_warehouse_id("w1");
  warehouse.set_name("Berlin");
  warehouse.set_active(true);
  warehouse.mutable_location()->set_latitude(52.5);
  warehouse.mutable_location()->set_longitude(13.4);
  warehouse.mutable_address()->add_street_lines("Street 1");
  warehouse.mutable_address()->set_city("Berlin");
  warehouse.set_etag("7");
  return warehouse;
}

v1::Warehouse Updated(const std::vector<std::string>& paths, const v1::Warehouse& changes) {
  v1::Warehouse warehouse = Berlin();
  ApplyUpdate(Mask(paths), kFixed, changes, warehouse);
  return warehouse;
}

TEST(CheckUpdateMaskTest, AcceptsFieldsPartsOfMessagesAndEverything) {
  EXPECT_EQ(BrokenPaths({}), "");
  EXPECT_EQ(BrokenPaths({"*"}), "");
  EXPECT_EQ(BrokenPaths({"name", "location", "address.city", "address.street_lines", "location.latitude"}), "");
}

TEST(CheckUpdateMaskTest, NamesEveryPathThatIsNoField) {
  for (const char* path : {"nme", "", ".", "name.", "name.x", "address.", "address.town", "address.city.x", "*.name",
                           "address.street_lines.0", "address.*", "\xff"}) {
    EXPECT_THAT(BrokenPaths({path}), HasSubstr("is not a field of Warehouse")) << path;
  }
  const std::string both = BrokenPaths({"nme", "name", "actve"});
  EXPECT_THAT(both, HasSubstr("\"nme\""));
  EXPECT_THAT(both, HasSubstr("\"actve\""));
  EXPECT_THAT(both, Not(HasSubstr("\"name\"")));
}

TEST(CheckUpdateMaskTest, RefusesPartsOfMaps) {
  Violations violations;
  CheckUpdateMask(Mask({"labels.colour"}), *v1::Item::descriptor(), {}, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(CheckUpdateMaskTest, RefusesFieldsThatNoUpdateChanges) {
  for (const char* path :
       {"warehouse_id", "create_time", "update_time", "delete_time", "etag", "create_time.seconds"}) {
    EXPECT_THAT(BrokenPaths({path}), HasSubstr("can't be changed")) << path;
  }
}

TEST(CheckUpdateMaskTest, RefusesTheStarAmongOthersAndEndlessMasks) {
  EXPECT_THAT(BrokenPaths({"*", "name"}), HasSubstr("only path"));
  EXPECT_NE(BrokenPaths(std::vector<std::string>(101, "name")), "");
  EXPECT_EQ(BrokenPaths(std::vector<std::string>(100, "name")), "");
}

TEST(CheckUpdateMaskTest, GivesABrokenMaskUpForTheFieldsThatAreSet) {
  const auto usable = [](const std::vector<std::string>& paths) {
    Violations violations;
    violations.Add("request_id", "noted before");
    return CheckUpdateMask(Mask(paths), *v1::Warehouse::descriptor(), kFixed, violations);
  };
  EXPECT_TRUE(MessageDifferencer::Equals(usable({"name", "type"}), Mask({"name", "type"})));
  EXPECT_TRUE(MessageDifferencer::Equals(usable({"name", "nonsense"}), Mask({})));
}

TEST(ApplyUpdateTest, ChangesWhatIsNamedAndNothingElse) {
  v1::Warehouse changes;
  changes.set_name("Berlin North");
  changes.set_type("store");
  v1::Warehouse expected = Berlin();
  expected.set_name("Berlin North");
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"name"}, changes), expected));
}

TEST(ApplyUpdateTest, ClearsWhatIsNamedAndNotSet) {
  v1::Warehouse expected = Berlin();
  expected.set_active(false);
  expected.clear_location();
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"active", "location"}, {}), expected));
}

TEST(ApplyUpdateTest, ReplacesMessagesAndListsAsAWhole) {
  v1::Warehouse changes;
  changes.mutable_address()->set_postal_code("10115");
  v1::Warehouse expected = Berlin();
  *expected.mutable_address() = changes.address();
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"address"}, changes), expected));
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"address", "address.city"}, changes), expected));
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"address.city", "address", "address"}, changes), expected));

  changes.mutable_address()->add_street_lines("Street 2");
  const v1::Warehouse moved = Updated({"address.street_lines"}, changes);
  EXPECT_THAT(moved.address().street_lines(), testing::ElementsAre("Street 2"));
  EXPECT_EQ(moved.address().city(), "Berlin");
  EXPECT_EQ(moved.address().postal_code(), "");
}

TEST(ApplyUpdateTest, ChangesPartsOfMessages) {
  v1::Warehouse changes;
  changes.mutable_location()->set_latitude(53);
  changes.mutable_location()->set_longitude(99);
  v1::Warehouse warehouse = Updated({"location.latitude"}, changes);
  EXPECT_EQ(warehouse.location().latitude(), 53);
  EXPECT_EQ(warehouse.location().longitude(), 13.4);

  EXPECT_EQ(Updated({"address.city"}, {}).address().city(), "");
  EXPECT_EQ(Updated({"address.city"}, {}).address().street_lines_size(), 1);
  v1::Warehouse bare;
  ApplyUpdate(Mask({"address.city"}), kFixed, v1::Warehouse(), bare);
  EXPECT_FALSE(bare.has_address());
}

TEST(ApplyUpdateTest, TakesAnEmptyMaskForTheFieldsThatAreSet) {
  v1::Warehouse changes;
  changes.set_warehouse_id("other");
  changes.set_etag("8");
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({}, changes), Berlin()));

  changes.set_description("new");
  changes.mutable_location()->set_longitude(5);
  v1::Warehouse expected = Berlin();
  expected.set_description("new");
  *expected.mutable_location() = changes.location();  // Latitude 0 is not "unset": the location is one value.
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({}, changes), expected));
}

TEST(ApplyUpdateTest, TakesPresenceForSet) {
  v1::Item item;
  item.set_published(true);
  item.set_min_order_quantity(5);
  item.mutable_labels()->insert({"a", "1"});
  v1::Item changes;
  changes.set_published(false);
  changes.mutable_labels()->insert({"b", "2"});
  ApplyUpdate({}, {}, changes, item);
  EXPECT_FALSE(item.published());
  EXPECT_EQ(item.min_order_quantity(), 5);
  EXPECT_EQ(item.labels().size(), 1);
  EXPECT_TRUE(item.labels().contains("b"));

  ApplyUpdate(Mask({"published", "labels"}), {}, v1::Item(), item);
  EXPECT_FALSE(item.has_published());
  EXPECT_TRUE(item.labels().empty());
}

TEST(ApplyUpdateTest, ReplacesAllThatMayChangeForTheStar) {
  v1::Warehouse changes;
  changes.set_warehouse_id("other");
  changes.set_name("Bonn");
  changes.mutable_create_time()->set_seconds(1);
  changes.set_etag("8");
  v1::Warehouse expected;
  expected.set_warehouse_id("w1");
  expected.set_etag("7");
  expected.set_name("Bonn");
  EXPECT_TRUE(MessageDifferencer::Equals(Updated({"*"}, changes), expected));
}

}  // namespace
}  // namespace inventory::commands
