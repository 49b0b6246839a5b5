#include "server/pipeline/table.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pipeline/rows.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointee;

struct Pair {
  std::string name;
  int value = 0;

  using Key = std::string;
  Key key() const { return name; }
  bool operator==(const Pair&) const = default;
};

class TableTest : public testing::Test {
 protected:
  TableTest() {
    table_.Load({"a", 1});
    table_.Load({"c", 3});
  }

  Table<Pair> table_;
};

TEST_F(TableTest, FindsWhatIsLoadedAndNothingElse) {
  EXPECT_THAT(table_.Find("a"), Pointee(Pair{"a", 1}));
  EXPECT_EQ(table_.Find("b"), nullptr);
  EXPECT_EQ(table_.Stored("b"), nullptr);
  EXPECT_THAT(table_.Written(), IsEmpty());
  EXPECT_THAT(table_.Removed(), IsEmpty());
}

TEST_F(TableTest, LoadingAgainKeepsWhatIsHere) {
  table_.Edit("a").value = 9;
  table_.Load({"a", 1});
  EXPECT_THAT(table_.Find("a"), Pointee(Pair{"a", 9}));
}

TEST_F(TableTest, ARemovedRowDoesNotComeBackByLoading) {
  table_.Remove("a");
  table_.Load({"a", 1});
  EXPECT_EQ(table_.Find("a"), nullptr);
}

TEST_F(TableTest, EditingUpdates) {
  table_.Edit("a").value = 2;
  EXPECT_THAT(table_.Updated(), ElementsAre(testing::Pair(Pointee(Pair{"a", 1}), Pointee(Pair{"a", 2}))));
  EXPECT_THAT(table_.Written(), ElementsAre(Pointee(Pair{"a", 2})));
  EXPECT_THAT(table_.Added(), IsEmpty());
  EXPECT_THAT(table_.Stored("a"), Pointee(Pair{"a", 1}));
}

TEST_F(TableTest, EditingBackWritesNothing) {
  table_.Edit("a").value = 2;
  table_.Edit("a").value = 1;
  EXPECT_THAT(table_.Written(), IsEmpty());
  EXPECT_THAT(table_.Updated(), IsEmpty());
}

TEST_F(TableTest, AddingInserts) {
  table_.Add({"b", 2}).value = 4;
  EXPECT_THAT(table_.Added(), ElementsAre(Pointee(Pair{"b", 4})));
  EXPECT_THAT(table_.Written(), ElementsAre(Pointee(Pair{"b", 4})));
  EXPECT_THAT(table_.Updated(), IsEmpty());
  EXPECT_EQ(table_.Stored("b"), nullptr);
}

TEST_F(TableTest, RemovingDeletesOnlyWhatIsStored) {
  table_.Add({"b", 2});
  table_.Remove("b");
  table_.Remove("a");
  EXPECT_EQ(table_.Find("a"), nullptr);
  EXPECT_THAT(table_.Removed(), ElementsAre(Pointee(Pair{"a", 1})));
  EXPECT_THAT(table_.Written(), IsEmpty());
}

TEST_F(TableTest, RemovingAndAddingIsAnUpdate) {
  table_.Remove("a");
  table_.Add({"a", 5});
  EXPECT_THAT(table_.Removed(), IsEmpty());
  EXPECT_THAT(table_.Updated(), ElementsAre(testing::Pair(Pointee(Pair{"a", 1}), Pointee(Pair{"a", 5}))));
}

TEST_F(TableTest, RangesAreInKeyOrderAndStopWhereTheyEnd) {
  table_.Add({"b", 2});
  table_.Add({"d", 4});
  table_.Remove("a");
  EXPECT_THAT(table_.All(), ElementsAre(Pointee(Pair{"b", 2}), Pointee(Pair{"c", 3}), Pointee(Pair{"d", 4})));
  const auto below_four = [](const Pair& pair) { return pair.value < 4; };
  EXPECT_THAT(table_.Range("b", below_four), ElementsAre(Pointee(Pair{"b", 2}), Pointee(Pair{"c", 3})));
  EXPECT_THAT(table_.Range("e", below_four), IsEmpty());
}

TEST_F(TableTest, UndoTakesEveryKindOfChangeBack) {
  table_.Edit("a").value = 2;
  table_.Edit("a").value = 3;
  table_.Add({"b", 2});
  table_.Edit("b").value = 7;
  table_.Remove("c");
  table_.Undo();
  EXPECT_THAT(table_.All(), ElementsAre(Pointee(Pair{"a", 1}), Pointee(Pair{"c", 3})));
  EXPECT_THAT(table_.Written(), IsEmpty());
  EXPECT_THAT(table_.Removed(), IsEmpty());
}

TEST_F(TableTest, UndoStopsAtTheMark) {
  table_.Edit("a").value = 2;
  table_.Add({"b", 2});
  table_.Mark();
  table_.Edit("a").value = 3;
  table_.Remove("b");
  table_.Undo();
  EXPECT_THAT(table_.Written(), ElementsAre(Pointee(Pair{"a", 2}), Pointee(Pair{"b", 2})));
  EXPECT_THAT(table_.Stored("a"), Pointee(Pair{"a", 1}));
  table_.Undo();
  EXPECT_THAT(table_.Find("a"), Pointee(Pair{"a", 2}));
}

TEST_F(TableTest, ARowMayBeAddedAgainAfterUndo) {
  table_.Add({"b", 2});
  table_.Undo();
  EXPECT_EQ(table_.Find("b"), nullptr);
  table_.Load({"b", 8});
  EXPECT_EQ(table_.Find("b"), nullptr) << "the database did not have it under the lock";
  table_.Add({"b", 3});
  EXPECT_THAT(table_.Added(), ElementsAre(Pointee(Pair{"b", 3})));
}

TEST_F(TableTest, UndoToTakesBackOnlyTheLaterChanges) {
  table_.Edit("a").value = 2;
  const std::size_t savepoint = table_.changes();
  table_.Edit("a").value = 3;
  table_.Add({"b", 2});
  table_.UndoTo(savepoint);
  EXPECT_THAT(table_.Written(), ElementsAre(Pointee(Pair{"a", 2})));
  table_.Undo();
  EXPECT_THAT(table_.Written(), IsEmpty());
}

TEST_F(TableTest, PointersToUntouchedRowsSurviveChanges) {
  const Pair* row = table_.Find("c");
  for (int i = 0; i < 1000; ++i) table_.Add({"b" + std::to_string(i), i});
  table_.Undo();
  EXPECT_THAT(row, Pointee(Pair{"c", 3}));
}

class RowsTest : public testing::Test {
 protected:
  static storage::MovementRecord Movement(int64_t sequence) {
    storage::MovementRecord movement;
    movement.sequence = sequence;
    return movement;
  }

  std::vector<int64_t> Sequences() const {
    std::vector<int64_t> sequences;
    for (const auto& movement : rows_.movements) sequences.push_back(movement.sequence);
    return sequences;
  }

  Rows rows_;
};

TEST_F(RowsTest, UndoReachesEveryTableAndTheMovements) {
  rows_.movements.push_back(Movement(1));
  rows_.Mark();
  rows_.items.Add({});
  rows_.levels.Add({});
  rows_.reservations.Add({});
  rows_.reservation_lines.Add({});
  rows_.allocations.Add({});
  rows_.shipments.Add({});
  rows_.shipment_lines.Add({});
  rows_.warehouses.Add({});
  rows_.channels.Add({});
  rows_.attachments.Add({});
  rows_.movements.push_back(Movement(2));
  rows_.Undo();
  EXPECT_THAT(rows_.items.All(), IsEmpty());
  EXPECT_THAT(rows_.levels.All(), IsEmpty());
  EXPECT_THAT(rows_.reservations.All(), IsEmpty());
  EXPECT_THAT(rows_.reservation_lines.All(), IsEmpty());
  EXPECT_THAT(rows_.allocations.All(), IsEmpty());
  EXPECT_THAT(rows_.shipments.All(), IsEmpty());
  EXPECT_THAT(rows_.shipment_lines.All(), IsEmpty());
  EXPECT_THAT(rows_.warehouses.All(), IsEmpty());
  EXPECT_THAT(rows_.channels.All(), IsEmpty());
  EXPECT_THAT(rows_.attachments.All(), IsEmpty());
  EXPECT_THAT(Sequences(), ElementsAre(1));
}

TEST_F(RowsTest, FindTheRowsOfAGroup) {
  const auto rules_of = [this](const std::string& sku) {
    std::vector<std::string> ids;
    for (const storage::LowStockRuleRecord* rule : rows_.low_stock_rules.Group(sku)) ids.push_back(rule->rule_id);
    return ids;
  };
  rows_.low_stock_rules.Load({.rule_id = "r2", .sku = "a"});
  rows_.low_stock_rules.Load({.rule_id = "r1", .sku = "a"});
  rows_.low_stock_rules.Load({.rule_id = "r3", .sku = "b"});
  rows_.Mark();
  rows_.low_stock_rules.Add({.rule_id = "r0", .sku = "a"});
  rows_.low_stock_rules.Edit("r1").low = true;
  rows_.low_stock_rules.Remove("r2");
  EXPECT_THAT(rules_of("a"), ElementsAre("r0", "r1"));
  EXPECT_TRUE(rows_.low_stock_rules.Group("a")[1]->low);
  rows_.Undo();
  EXPECT_THAT(rules_of("a"), ElementsAre("r1", "r2"));
  EXPECT_THAT(rules_of("b"), ElementsAre("r3"));
  EXPECT_THAT(rules_of("c"), IsEmpty());
}

TEST_F(RowsTest, UndoToGoesBackToTheSavepointOnly) {
  storage::ItemRecord item;
  item.sku = "a";
  rows_.items.Add(item);
  rows_.movements.push_back(Movement(1));
  const Rows::Savepoint savepoint = rows_.Save();
  rows_.items.Edit("a").sequence = 2;
  rows_.channels.Add({});
  rows_.movements.push_back(Movement(2));
  rows_.UndoTo(savepoint);
  EXPECT_EQ(rows_.items.Find("a")->sequence, 0);
  EXPECT_THAT(rows_.channels.All(), IsEmpty());
  EXPECT_THAT(Sequences(), ElementsAre(1));
  rows_.Undo();
  EXPECT_THAT(rows_.items.All(), IsEmpty());
  EXPECT_THAT(Sequences(), IsEmpty());
}

}  // namespace
}  // namespace inventory::pipeline
