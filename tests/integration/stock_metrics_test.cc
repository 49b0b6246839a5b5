// What metrics say of orders and stock is what has happened, once.
#include "tests/integration/metric.h"
#include "tests/integration/verify_fixture.h"

namespace inventory::integration {
namespace {

class StockMetricsTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({}, /*metrics=*/true); }

 protected:
  static double Value(const std::string& series) { return MetricOf(server().metrics_port(), series); }
  static double Reservations(const std::string& outcome, const std::string& reason = "") {
    return Value(absl::StrCat("inventory_reservations_total{outcome=\"", outcome, "\",reason=\"", reason, "\"}"));
  }
  static double Units(const std::string& type) {
    return Value(absl::StrCat("inventory_moved_units_total{type=\"", type, "\"}"));
  }
  std::string Order(int64_t units, const std::string& request_id, bool backorder = false) const {
    v1::ReserveStockRequest request = ReserveRequest({{Sku(), units}}, {.commit = true});
    request.set_request_id(Name(request_id));
    if (backorder) request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return Outcome(client().Call(request));
  }
};

TEST_F(StockMetricsTest, ReservationsAreCountedOnceByWhatBecameOfThem) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  SetStock(Sku(), "w1", 10);
  const double accepted = Reservations("accepted");
  const double backordered = Reservations("backordered");
  const double refused = Reservations("refused", "INSUFFICIENT_STOCK");
  const double reserved = Units("reserve");
  for (int repetition = 0; repetition < 3; ++repetition) {
    EXPECT_EQ(Order(4, "first"), "OK");
    EXPECT_EQ(Order(7, "too-many"), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
    EXPECT_EQ(Order(8, "some-wait", /*backorder=*/true), "OK");
  }
  EXPECT_EQ(Reservations("accepted") - accepted, 1);
  EXPECT_EQ(Reservations("refused", "INSUFFICIENT_STOCK") - refused, 1);
  EXPECT_EQ(Reservations("backordered") - backordered, 1);
  EXPECT_EQ(Units("reserve") - reserved, 10);

  v1::ReserveStockRequest trial = ReserveRequest({{Sku(), 7}}, {.commit = true});
  trial.set_validate_only(true);
  EXPECT_EQ(Outcome(client().Call(trial)), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(Reservations("refused", "INSUFFICIENT_STOCK") - refused, 1);
}

TEST_F(StockMetricsTest, UnitsAreCountedByTypeOfMovement) {
  const double set = Units("set");
  const double adjusted = Units("adjust");
  SetStock(Sku(), "w1", 10);
  for (const int delta : {3, -5}) {
    Must(client().Call(
        Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: $1", Sku(), delta))));
  }
  EXPECT_EQ(Units("set") - set, 10);
  EXPECT_EQ(Units("adjust") - adjusted, 8);
}

TEST_F(StockMetricsTest, LowStockEventsAreCountedWhenTheStockCrossesTheThreshold) {
  SetStock(Sku(), "w1", 10);
  Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
      absl::Substitute("rule { rule_id: '$0' sku: '$1' threshold: 5 activity: 'log' }", Name("rule"), Sku()))));
  const double events = Value("inventory_low_stock_events_total");
  SetStock(Sku(), "w1", 4);
  SetStock(Sku(), "w1", 3);
  SetStock(Sku(), "w1", 9);
  EXPECT_EQ(Value("inventory_low_stock_events_total") - events, 2);
}

// The server gauges its parts, and says how busy they have been.
TEST_F(StockMetricsTest, QueueLanesAndConnectionsAreSeen) {
  SetStock(Sku(), "w1", 10);
  EXPECT_GE(Value("inventory_lanes"), 1);
  EXPECT_GT(Value("inventory_lane_busy_seconds_total"), 0);
  EXPECT_GT(Value("inventory_queue_wait_seconds_count"), 0);
  EXPECT_GT(Value("inventory_writes_waiting_limit"), 0);
  EXPECT_GT(Value("inventory_reads_waiting_limit"), 0);
  EXPECT_EQ(Value("inventory_database_up"), 1);
  EXPECT_GE(Value("inventory_database_connects_total{outcome=\"ok\"}"), Value("inventory_lanes"));
  EXPECT_GE(Value("inventory_read_connections_limit"), Value("inventory_read_connections{state=\"in_use\"}"));
}

using VerifyMetricsTest = VerifyTest;

TEST_F(VerifyMetricsTest, MismatchesAreCountedWhenTheyAreFound) {
  ServerProcess other({.database_url = storage::UrlOf(database()), .metrics = true});
  const Client auditor(other.address());
  const auto found = [&other] { return MetricOf(other.metrics_port(), "inventory_verify_mismatches_total"); };
  EXPECT_THAT(VerifyAll(auditor, false, Name("")), ::testing::IsEmpty());
  EXPECT_EQ(found(), 0);
  Damage("UPDATE stock_level SET reserved = 3 WHERE sku = $sku");
  const std::size_t mismatches = VerifyAll(auditor, false, Name("")).size();
  EXPECT_GT(mismatches, 0u);
  EXPECT_EQ(found(), mismatches);
  VerifyAll(auditor, true, Name(""));
  EXPECT_EQ(other.Stop(), 0) << other.run().output();
}

}  // namespace
}  // namespace inventory::integration
