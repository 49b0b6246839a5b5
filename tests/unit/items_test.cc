#include "server/commands/items.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "tests/unit/rule_fixture.h"

namespace inventory::commands {
namespace {

using storage::ItemRecord;
using storage::LevelRecord;
using testing::ElementsAre;
using testing::HasSubstr;

v1::Item Named(const std::string& sku) {
  v1::Item item;
  item.set_sku(sku);
  return item;
}

std::string Broken(const v1::Item& item) {
  Violations violations;
  CheckItem(item, "item", violations);
  return std::string(violations.ToStatus().message());
}

TEST(CheckItemTest, AcceptsDefaultsAndExtremes) {
  EXPECT_EQ(Broken(Named("sku")), "");
  v1::Item item = Named(std::string(128, 'x'));
  item.set_tracking(v1::TRACKING_UNTRACKED);
  item.set_min_order_quantity(pipeline::kMaxQuantity);
  item.set_max_order_quantity(pipeline::kMaxQuantity);
  item.set_multiple_order_quantity(pipeline::kMaxQuantity);
  item.set_default_safety_stock(pipeline::kMaxQuantity);
  for (int i = 0; i < 100; ++i) item.add_allowed_order_quantities(100 - i);
  for (int i = 0; i < 64; ++i) (*item.mutable_labels())[absl::StrCat("k", i)] = std::string(255, 'v');
  (*item.mutable_labels())["k1"] = "";
  EXPECT_EQ(Broken(item), "");
}

TEST(CheckItemTest, ReportsEveryBrokenRule) {
  v1::Item item = Named(" sku");
  item.set_tracking(static_cast<v1::Tracking>(9));
  item.set_min_order_quantity(0);
  item.set_max_order_quantity(-1);
  item.set_multiple_order_quantity(0);
  item.add_allowed_order_quantities(1);
  item.add_allowed_order_quantities(0);
  item.set_default_safety_stock(pipeline::kMaxQuantity + 1);
  (*item.mutable_labels())["Colour"] = "red";
  (*item.mutable_labels())["size"] = "x\ny";
  const std::string broken = Broken(item);
  for (const char* field : {"item.sku", "item.tracking", "item.min_order_quantity", "item.max_order_quantity",
                            "item.multiple_order_quantity", "item.allowed_order_quantities[1]",
                            "item.default_safety_stock", "item.labels", "item.labels[size]"}) {
    EXPECT_THAT(broken, HasSubstr(field));
  }
  EXPECT_THAT(broken, Not(HasSubstr("allowed_order_quantities[0]")));
}

TEST(CheckItemTest, ComparesMinimumAndMaximumWithTheirDefaults) {
  v1::Item item = Named("sku");
  item.set_min_order_quantity(10001);
  EXPECT_THAT(Broken(item), HasSubstr("item.max_order_quantity"));
  item.set_max_order_quantity(0);
  EXPECT_EQ(Broken(item), "");
  item.set_max_order_quantity(10000);
  EXPECT_THAT(Broken(item), HasSubstr("item.max_order_quantity"));
}

TEST(CheckItemTest, BoundsListsAndLabels) {
  v1::Item item = Named("sku");
  for (int i = 0; i < 101; ++i) item.add_allowed_order_quantities(1);
  EXPECT_THAT(Broken(item), HasSubstr("item.allowed_order_quantities"));
  for (const std::string& key : {std::string(), std::string(64, 'k'), std::string("a=b"), std::string("a b")}) {
    item = Named("sku");
    item.mutable_labels()->insert({key, "v"});
    EXPECT_THAT(Broken(item), HasSubstr("every key")) << key;
  }
  item = Named("sku");
  (*item.mutable_labels())[std::string(63, 'k')] = std::string(256, 'v');
  EXPECT_THAT(Broken(item), HasSubstr("at most 255"));
  item = Named("sku");
  for (int i = 0; i < 65; ++i) item.mutable_labels()->insert({absl::StrCat(i), "v"});
  EXPECT_THAT(Broken(item), HasSubstr("item.labels"));
}

TEST(ConfiguredTest, FillsDefaultsAndSortsAllowedQuantities) {
  v1::Item item = Named("sku");
  for (int64_t quantity : {12, 6, 12, 1}) item.add_allowed_order_quantities(quantity);
  const ItemRecord record = Configured({}, item);
  EXPECT_TRUE(record.configured && record.tracked && record.published);
  EXPECT_EQ(record.min_order_quantity, 1);
  EXPECT_EQ(record.max_order_quantity, 10000);
  EXPECT_EQ(record.multiple_order_quantity, 1);
  EXPECT_THAT(record.allowed_order_quantities, ElementsAre(1, 6, 12));
}

TEST(ConfiguredTest, IsTheInverseOfShowing) {
  ItemRecord record;
  record.sku = "sku";
  record.configured = true;
  record.tracked = false;
  record.published = false;
  record.display_availability = true;
  record.display_stock_quantity = true;
  record.min_order_quantity = 2;
  record.max_order_quantity = 0;
  record.multiple_order_quantity = 2;
  record.allowed_order_quantities = {2, 4};
  record.default_safety_stock = 3;
  record.labels = {{"a", "1"}};
  record.units_of_measure = {.base_unit = "kg", .precision = 3, .factors = {{"bag", 25}}};
  record.components = {{"a", 2}, {"b", 1}};
  record.external_reference_code = "4711";
  v1::Item shown;
  ToProto(record, pipeline::Configuration(), shown);
  ItemRecord blank;
  blank.sku = "sku";
  EXPECT_EQ(Configured(blank, shown), record);
}

class ItemCommandsTest : public testing::Test {
 protected:
  absl::StatusOr<v1::Item> Create(const v1::Item& item) {
    v1::CreateItemRequest request;
    *request.mutable_item() = item;
    return runner_.Call<v1::Item>(request);
  }

  absl::StatusOr<v1::Item> Update(const v1::Item& item, const std::vector<std::string>& paths = {},
                                  bool allow_missing = false) {
    v1::UpdateItemRequest request;
    *request.mutable_item() = item;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_allow_missing(allow_missing);
    return runner_.Call<v1::Item>(request);
  }

  absl::Status Delete(const std::string& sku, const std::string& etag = "") {
    v1::DeleteItemRequest request;
    request.set_sku(sku);
    request.set_etag(etag);
    return runner_.Call<v1::DeleteItemResponse>(request).status();
  }

  // A level without a ledger or reservations.
  void LoadLevel(const std::string& sku, const std::string& warehouse_id, const storage::Quantities& quantities) {
    runner_.check_invariants = false;
    ItemRecord item;
    item.sku = sku;
    runner_.rows.items.Load(item);
    runner_.rows.levels.Load(
        {.sku = sku, .warehouse_id = warehouse_id, .quantities = quantities, .version = 1, .update_time = runner_.now});
  }

  RuleRunner runner_;
};

TEST_F(ItemCommandsTest, CreatesOnceWithVersionOne) {
  auto created = Create(Named("sku"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->etag(), "1");
  EXPECT_EQ(created->tracking(), v1::TRACKING_TRACKED);
  EXPECT_EQ(created->max_order_quantity(), 10000);
  EXPECT_EQ(created->create_time().seconds(), absl::ToUnixSeconds(runner_.now));
  auto again = Create(Named("sku"));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again.status()), "ITEM_EXISTS");
}

TEST_F(ItemCommandsTest, ConfiguresASkuThatHasStock) {
  LoadLevel("sku", "w1", {.on_hand = 5});
  auto created = Create(Named("sku"));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(runner_.rows.levels.Find({"sku", "w1"})->quantities.on_hand, 5);
}

TEST_F(ItemCommandsTest, RefusesInvalidItems) {
  v1::Item item = Named("sku");
  item.set_multiple_order_quantity(0);
  EXPECT_EQ(Create(item).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Create({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(runner_.rows.items.Find("sku"), nullptr);
}

TEST_F(ItemCommandsTest, UpdatesByMask) {
  v1::Item item = Named("sku");
  item.set_min_order_quantity(5);
  item.set_default_safety_stock(2);
  ASSERT_TRUE(Create(item).ok());
  runner_.now += absl::Seconds(1);
  v1::Item changes = Named("sku");
  changes.set_max_order_quantity(50);
  changes.set_etag("1");
  auto updated = Update(changes);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->min_order_quantity(), 5);
  EXPECT_EQ(updated->max_order_quantity(), 50);
  EXPECT_EQ(updated->etag(), "2");
  EXPECT_LT(updated->create_time().seconds(), updated->update_time().seconds());

  updated = Update(Named("sku"), {"min_order_quantity"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->min_order_quantity(), 1);
  EXPECT_EQ(updated->default_safety_stock(), 2);

  updated = Update(Named("sku"), {"*"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->default_safety_stock(), 0);
  EXPECT_EQ(updated->max_order_quantity(), 10000);
}

TEST_F(ItemCommandsTest, UpdateThatChangesNothingKeepsTheVersion) {
  ASSERT_TRUE(Create(Named("sku")).ok());
  runner_.now += absl::Seconds(1);
  auto updated = Update(Named("sku"), {"*"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), "1");
  EXPECT_EQ(updated->create_time().seconds(), updated->update_time().seconds());
}

TEST_F(ItemCommandsTest, UpdateChecksTheMergedItem) {
  v1::Item item = Named("sku");
  item.set_max_order_quantity(10);
  ASSERT_TRUE(Create(item).ok());
  v1::Item changes = Named("sku");
  changes.set_min_order_quantity(11);
  auto refused = Update(changes);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(runner_.rows.items.Find("sku")->min_order_quantity, 1);
  changes.set_max_order_quantity(0);
  EXPECT_TRUE(Update(changes).ok());
}

TEST_F(ItemCommandsTest, UpdateNamesAllViolationsBeforeItLooksForTheItem) {
  v1::Item item = Named(" sku");
  item.set_min_order_quantity(0);
  item.set_default_safety_stock(-1);
  const std::string both = "INVALID_ARGUMENT INVALID_FIELDS item.sku item.min_order_quantity item.default_safety_stock";
  EXPECT_EQ(Answer(Update(item)), both);
  EXPECT_EQ(Answer(Update(item, {"*"})), both);
  EXPECT_EQ(Answer(Update(item, {"default_safety_stock"})),
            "INVALID_ARGUMENT INVALID_FIELDS item.sku item.default_safety_stock");
  EXPECT_EQ(Answer(Update(item, {"default_safety_stock"}, /*allow_missing=*/true)), both);
  EXPECT_EQ(Answer(Update(item, {"nonsense"})),
            "INVALID_ARGUMENT INVALID_FIELDS update_mask item.sku item.min_order_quantity item.default_safety_stock");
}

TEST_F(ItemCommandsTest, AMinimumAloneMayFitToTheStoredMaximum) {
  v1::Item item = Named("sku");
  item.set_max_order_quantity(0);
  ASSERT_TRUE(Create(item).ok());
  item = Named("sku");
  item.set_min_order_quantity(20000);
  EXPECT_EQ(Answer(Update(item)), "OK");
}

TEST_F(ItemCommandsTest, UpdateNamesWhatItCannotDo) {
  EXPECT_EQ(ReasonOf(Update(Named("sku")).status()), "ITEM_NOT_FOUND");
  ASSERT_TRUE(Create(Named("sku")).ok());
  EXPECT_EQ(Update(Named("sku"), {"sku"}).status().code(), absl::StatusCode::kInvalidArgument);
  v1::Item stale = Named("sku");
  stale.set_etag("9");
  EXPECT_EQ(ReasonOf(Update(stale).status()), "ETAG_MISMATCH");
}

TEST_F(ItemCommandsTest, UpdateMayConfigureAndThenTakesAllFields) {
  v1::Item item = Named("sku");
  item.set_min_order_quantity(3);
  item.set_published(false);
  auto made = Update(item, {"published"}, /*allow_missing=*/true);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->min_order_quantity(), 3);
  EXPECT_EQ(made->etag(), "1");
  item.set_min_order_quantity(4);
  auto updated = Update(item, {"published"}, /*allow_missing=*/true);
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(updated->min_order_quantity(), 3);

  v1::Item stale = Named("other");
  stale.set_etag("1");
  EXPECT_EQ(ReasonOf(Update(stale, {}, /*allow_missing=*/true).status()), "ETAG_MISMATCH");
}

TEST_F(ItemCommandsTest, DeletesOnlyWhatHasNoUnits) {
  LoadLevel("sku", "w1", {});
  LoadLevel("sku", "w2", {.safety_stock = 1});
  ASSERT_TRUE(Create(Named("sku")).ok());
  const absl::Status refused = Delete("sku");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), "ITEM_IN_USE");
  runner_.rows.levels.Edit({"sku", "w2"}).quantities = {};
  EXPECT_EQ(ReasonOf(Delete("sku", "2")), "ETAG_MISMATCH");
  EXPECT_TRUE(Delete("sku", "1").ok());
  EXPECT_EQ(ReasonOf(Delete("sku")), "ITEM_NOT_FOUND");
}

TEST_F(ItemCommandsTest, DeletionKeepsTheLockAndAnOldEtagNeverFitsAgain) {
  v1::Item item = Named("sku");
  item.set_min_order_quantity(5);
  item.set_tracking(v1::TRACKING_UNTRACKED);
  ASSERT_TRUE(Create(item).ok());
  runner_.check_invariants = false;
  runner_.rows.items.Edit("sku").sequence = 7;
  ASSERT_TRUE(Delete("sku").ok());
  const ItemRecord& row = *runner_.rows.items.Find("sku");
  EXPECT_FALSE(row.configured);
  EXPECT_TRUE(row.tracked);
  EXPECT_EQ(row.min_order_quantity, 1);
  EXPECT_EQ(row.sequence, 7);
  auto again = Create(Named("sku"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->etag(), "3");
}

TEST_F(ItemCommandsTest, DeletionOfAnUnknownSkuIsNotFound) { EXPECT_EQ(ReasonOf(Delete("sku")), "ITEM_NOT_FOUND"); }

}  // namespace
}  // namespace inventory::commands
