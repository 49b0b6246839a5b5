// Damaged units and units in quality control: moved, found, scrapped, and never sold.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

class StockConditionsTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::ReclassifyStockResponse> Reclassify(const std::string& sku, const std::string& fields) {
    return client().Call(
        Pb<v1::ReclassifyStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  static absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, const std::string& fields) {
    return client().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' $1", sku, fields)));
  }
  std::string Level() const { return Show(LevelOf(Sku(), "w1")); }
};

TEST_F(StockConditionsTest, UnitsMoveBetweenConditionsAndAreSoldOnlyWhenSellable) {
  SetStock(Sku(), "w1", 10);
  const auto moved = Must(Reclassify(
      Sku(),
      "from_condition: STOCK_CONDITION_SELLABLE to_condition: STOCK_CONDITION_QUALITY_CONTROL quantity: 4 reason: "
      "'wet'"));
  EXPECT_EQ(Show(moved.stock_level()), "10 on hand, 0 reserved, 0 safety, 6 available, 4 in quality control");
  EXPECT_EQ(moved.movement().version(), 2);
  EXPECT_THAT(LevelOf(Sku(), "w1"), EqualsProto(moved.stock_level()));
  EXPECT_EQ(AvailabilityOf(Sku()), 6);
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 7}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");

  Must(Reclassify(Sku(),
                  "from_condition: STOCK_CONDITION_QUALITY_CONTROL to_condition: STOCK_CONDITION_DAMAGED quantity: 1"));
  Must(Reclassify(Sku(), "from_condition: STOCK_CONDITION_QUALITY_CONTROL quantity: 3"));
  EXPECT_EQ(Level(), "10 on hand, 0 reserved, 0 safety, 9 available, 1 damaged");
  EXPECT_EQ(AvailabilityOf(Sku()), 9);
  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  ASSERT_EQ(movements.size(), 4u);
  EXPECT_EQ(movements[1].type(), v1::MOVEMENT_TYPE_RECLASSIFY);
  EXPECT_EQ(movements[1].reason(), "wet");
  EXPECT_THAT(movements[2].delta(), EqualsProto(Pb<v1::Quantities>("damaged: 1 quality_control: -1")));
}

TEST_F(StockConditionsTest, NeverMoreThanAreInTheCondition) {
  SetStock(Sku(), "w1", 5);
  const auto refused = Reclassify(Sku(), "to_condition: STOCK_CONDITION_DAMAGED quantity: 6");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  const std::map<std::string, std::string> facts = {{"sku", Sku()},   {"warehouse_id", "w1"},
                                                    {"on_hand", "5"}, {"condition", "SELLABLE"},
                                                    {"units", "5"},   {"requested", "6"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(Outcome(Reclassify(Sku(), "from_condition: STOCK_CONDITION_DAMAGED quantity: 1")),
            "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  EXPECT_EQ(Outcome(Reclassify(Sku(), "to_condition: STOCK_CONDITION_DAMAGED quantity: 1 etag: '7'")),
            "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(LevelOf(Sku(), "w1").version(), 1);
}

// Many inspectors at once can't find the same unit damaged twice.
TEST_F(StockConditionsTest, CallersAtOnceShareTheUnits) {
  SetStock(Sku(), "w1", 7);
  std::vector<absl::Status> results(12);
  Together(
      12, [&](int i) { results[i] = Reclassify(Sku(), "to_condition: STOCK_CONDITION_DAMAGED quantity: 1").status(); });
  const std::map<std::string, int> shared = {{"OK", 7}, {"FAILED_PRECONDITION INSUFFICIENT_ON_HAND", 5}};
  EXPECT_EQ(CountOutcomes(results), shared);
  EXPECT_EQ(Level(), "7 on hand, 0 reserved, 0 safety, 0 available, 7 damaged");
}

TEST_F(StockConditionsTest, ARepeatedCallMovesOnce) {
  SetStock(Sku(), "w1", 5);
  const std::string call =
      absl::Substitute("request_id: '$0' to_condition: STOCK_CONDITION_DAMAGED quantity: 2", Name("call"));
  const auto first = Must(Reclassify(Sku(), call));
  EXPECT_THAT(Must(Reclassify(Sku(), call)), EqualsProto(first));
  EXPECT_EQ(Level(), "5 on hand, 0 reserved, 0 safety, 3 available, 2 damaged");
}

TEST_F(StockConditionsTest, UnitsAreFoundAndScrappedInACondition) {
  SetStock(Sku(), "w1", 5);
  EXPECT_EQ(Show(Must(Adjust(Sku(), "delta: 3 condition: STOCK_CONDITION_DAMAGED")).stock_level()),
            "8 on hand, 0 reserved, 0 safety, 5 available, 3 damaged");
  const auto refused = Adjust(Sku(), "delta: -4 condition: STOCK_CONDITION_DAMAGED");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  EXPECT_EQ(MetadataOf(refused.status())["condition"], "DAMAGED");
  EXPECT_EQ(MetadataOf(refused.status())["units"], "3");
  EXPECT_EQ(Outcome(Adjust(Sku(), "delta: -6")), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  Must(Adjust(Sku(), "delta: -5"));
  Must(Adjust(Sku(), "delta: -3 condition: STOCK_CONDITION_DAMAGED"));
  EXPECT_EQ(Level(), "0 on hand, 0 reserved, 0 safety, 0 available");
}

TEST_F(StockConditionsTest, ABatchRowHasAConditionToo) {
  const auto row = [&](const std::string& fields) {
    return absl::Substitute("updates { sku: '$0' warehouse_id: 'w1' $1 } ", Sku(), fields);
  };
  const auto answer = Must(client().Call(Pb<v1::BatchUpdateStockRequest>(
      row("set_on_hand: 4") + row("adjust_on_hand: 2 condition: STOCK_CONDITION_QUALITY_CONTROL") +
      row("adjust_on_hand: -1 condition: STOCK_CONDITION_QUALITY_CONTROL"))));
  EXPECT_EQ(Show(answer.results(2).stock_level()),
            "5 on hand, 0 reserved, 0 safety, 4 available, 1 in quality control");
  const auto refused = client().Call(Pb<v1::BatchUpdateStockRequest>(row("set_on_hand: 0")));
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION BELOW_UNSELLABLE");
  EXPECT_THAT(ViolationsOf(client()
                               .Call(Pb<v1::BatchUpdateStockRequest>(
                                   row("set_safety_stock: 1 condition: STOCK_CONDITION_SELLABLE")))
                               .status()),
              ElementsAre("updates[0].condition"));
}

TEST_F(StockConditionsTest, ACountBelowWhatIsUnsellableIsRefused) {
  SetStock(Sku(), "w1", 5);
  Must(Reclassify(Sku(), "to_condition: STOCK_CONDITION_DAMAGED quantity: 2"));
  const auto refused =
      client().Call(Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku())));
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION BELOW_UNSELLABLE");
  const std::map<std::string, std::string> facts = {
      {"sku", Sku()}, {"warehouse_id", "w1"}, {"on_hand", "1"}, {"damaged", "2"}, {"quality_control", "0"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(Show(SetStock(Sku(), "w1", 2)), "2 on hand, 0 reserved, 0 safety, 0 available, 2 damaged");
}

TEST_F(StockConditionsTest, UnsellableUnitsAreNotShipped) {
  SetStock(Sku(), "w1", 3);
  const std::string id = Must(Reserve(client(), {{Sku(), 3}}, {.commit = true})).reservation().reservation_id();
  Must(Reclassify(Sku(), "to_condition: STOCK_CONDITION_DAMAGED quantity: 1"));
  EXPECT_EQ(Level(), "3 on hand, 3 reserved, 0 safety, -1 available, 1 damaged");
  const std::string shipment = Must(CreateShipment(client(), id, "w1")).shipment().shipment_id();
  EXPECT_EQ(Outcome(Ship(client(), shipment)), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  Must(Adjust(Sku(), "delta: 1"));
  Must(Ship(client(), shipment));
  EXPECT_EQ(Level(), "1 on hand, 0 reserved, 0 safety, 0 available, 1 damaged");
}

}  // namespace
}  // namespace inventory::integration
