#include "server/commands/import_rows.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "server/pipeline/merge_needs.h"
#include "tests/pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory::commands {
namespace {

class ImportRowsTest : public RuleTest {
 protected:
  static v1::ImportChunk Chunk(const std::string& text) { return Pb<v1::ImportChunk>(text); }

  // Runs the rows under numbers from 10 on, and shows the outcome: "2 applied, 11: NOT_FOUND WAREHOUSE_NOT_FOUND".
  std::string Import(const v1::ImportChunk& chunk, const std::string& start_fields = "") {
    const auto start = Pb<v1::ImportStart>(start_fields);
    std::vector<int64_t> numbers;
    for (int i = 0; i < chunk.stock_updates_size() + chunk.items_size() + chunk.warehouses_size(); ++i) {
      numbers.push_back(10 + i);
    }
    const auto command = MakeImportRows(std::make_shared<v1::ImportChunk>(chunk), numbers, start, {});
    const absl::Status status = runner_.RunCommand(*command);
    if (!status.ok()) return Answer(status);
    const std::string saved = command->SaveReply();
    EXPECT_TRUE(command->LoadReply(saved));
    EXPECT_EQ(command->result().first_row(), 10);
    std::string shown = absl::StrCat(command->result().applied_count(), " applied");
    for (const auto& reject : command->result().rejects()) {
      absl::StrAppend(&shown, ", ", reject.row(), ": ", Answer(FromProto(reject.error())));
    }
    return shown;
  }
};

TEST_F(ImportRowsTest, ARefusedRowChangesNothingAndTheOthersApplyInOrder) {
  EXPECT_EQ(Import(Chunk("stock_updates { sku: 'a' warehouse_id: 'w1' set_on_hand: 5 }"
                         "stock_updates { sku: 'a' warehouse_id: 'none' set_on_hand: 5 }"
                         "stock_updates { sku: 'a' warehouse_id: 'w1' adjust_on_hand: -2 }"
                         "stock_updates { sku: '' warehouse_id: 'w1' }"
                         "stock_updates { sku: 'b' warehouse_id: 'w2' set_safety_stock: 1 }")),
            "3 applied, 11: NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=none, "
            "13: INVALID_ARGUMENT INVALID_FIELDS stock_update.sku stock_update");
  EXPECT_EQ(At("a", "w1").on_hand, 3);
  EXPECT_EQ(At("b", "w2").safety_stock, 1);
}

TEST_F(ImportRowsTest, OfAnAtomicImportTheFirstRefusalIsTheAnswer) {
  EXPECT_EQ(Import(Chunk("stock_updates { sku: 'a' warehouse_id: 'w1' set_on_hand: 5 }"
                         "stock_updates { sku: 'a' warehouse_id: 'none' set_on_hand: 5 }"
                         "stock_updates { sku: 'a' warehouse_id: 'nowhere' set_on_hand: 5 }"),
                   "error_policy: ERROR_POLICY_ATOMIC"),
            "NOT_FOUND WAREHOUSE_NOT_FOUND row=11 warehouse_id=none");
  EXPECT_EQ(At("a", "w1").on_hand, 0);
}

TEST_F(ImportRowsTest, ItemsMayNameItemsOfTheSameChunk) {
  EXPECT_EQ(Import(Chunk("items { sku: 'part' min_order_quantity: 3 }"
                         "items { sku: 'kit' components { sku: 'part' quantity: 2 } }"
                         "items { sku: 'kit-of-kits' components { sku: 'kit' quantity: 2 } }"
                         "items { sku: 'part' multiple_order_quantity: 0 }")),
            "2 applied, 12: FAILED_PRECONDITION COMPONENT_IS_KIT sku=kit, "
            "13: INVALID_ARGUMENT INVALID_FIELDS item.multiple_order_quantity");
}

TEST_F(ImportRowsTest, TheMaskSaysWhatIsChanged) {
  Import(Chunk("items { sku: 'a' display_availability: true min_order_quantity: 3 }"));
  Import(Chunk("items { sku: 'a' min_order_quantity: 4 }"), "item_mask { paths: 'display_availability' }");
  EXPECT_FALSE(Item("a").display_availability);
  EXPECT_EQ(Item("a").min_order_quantity, 3);
}

TEST_F(ImportRowsTest, WarehousesAreMadeAndChanged) {
  AddWarehouse("w7", /*active=*/false);
  EXPECT_EQ(Import(Chunk("warehouses { warehouse_id: 'w7' name: 'New name' }"
                         "warehouses { warehouse_id: 'w9' name: 'Nine' external_reference_code: 'E' }"
                         "warehouses { external_reference_code: 'E' name: 'Ninth' }"
                         "warehouses { warehouse_id: 'w8' name: 'Eight' active: true }")),
            "3 applied, 13: INVALID_ARGUMENT INVALID_FIELDS warehouse.location");
  EXPECT_EQ(Warehouse("w7").name, "New name");
  EXPECT_EQ(Warehouse("w9").name, "Ninth");
}

TEST(MergeNeedsTest, AddsRowsAndKeepsFlags) {
  pipeline::Needs needs{.skus = {"a"}, .warehouses = {"w1"}};
  pipeline::MergeNeeds({.skus = {"b"}, .create_items = true, .past_levels = {{"b", "w1", absl::UnixEpoch()}}}, needs);
  pipeline::MergeNeeds({.skus = {"c"}, .configuration = true}, needs);
  EXPECT_EQ(absl::StrJoin(needs.skus, " "), "a b c");
  EXPECT_EQ(needs.warehouses.size(), 1u);
  EXPECT_EQ(needs.past_levels.size(), 1u);
  EXPECT_TRUE(needs.create_items);
  EXPECT_TRUE(needs.configuration);
}

}  // namespace
}  // namespace inventory::commands
