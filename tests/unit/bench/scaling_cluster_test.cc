// What the simulation of many machines says, against what was measured and what must be so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/bench/scaling/cluster.h"
#include "tests/bench/scaling/measured.h"
#include "tests/bench/scaling/study.h"

namespace inventory::bench::scaling {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::Lt;

std::vector<Measured> All() {
  const absl::StatusOr<std::vector<Measured>> all = ReadMeasured(INVENTORY_BENCH_FIGURES "/table.txt");
  EXPECT_TRUE(all.ok()) << all.status();
  return all.value_or(std::vector<Measured>());
}

// The cost model, without any queue.
TEST(CostsTest, AreThoseThatWereMeasured) {
  const Costs costs;
  for (const Measured& measured : All()) {
    if (measured.servers > 1) continue;
    SCOPED_TRACE(testing::Message() << (measured.hot ? "hot, " : "uniform, ") << measured.in_flight << " in flight");
    const double batches = 1 / measured.commands;
    const double skus = measured.hot ? batches : 1;
    const double database = costs.database_batch * batches + costs.database_command + costs.database_sku * skus;
    const double server = (costs.lane_batch + costs.hand_over + costs.wake) * batches + costs.lane_command +
                          costs.answer + costs.call + costs.lane_sku * skus;
    EXPECT_NEAR(database / measured.database_us, 1, 0.2);
    EXPECT_NEAR(server / measured.server_us, 1, 0.35);
  }
}

TEST(ClusterTest, ComesNearWhatWasMeasuredOnOneMachine) {
  const std::vector<Check> checks = CheckAgainst(All(), 1);
  EXPECT_GE(checks.size(), 12U);
  for (const Check& check : checks) {
    SCOPED_TRACE(testing::Message() << (check.measured.hot ? "hot, " : "uniform, ") << check.measured.in_flight
                                    << " in flight, " << check.measured.servers << " servers");
    EXPECT_NEAR(check.Off(), 0, 0.35);
  }
}

Scenario Small(int nodes) { return {.nodes = nodes, .servers = nodes, .warmup_us = 100'000, .measured_us = 200'000}; }

TEST(ClusterTest, IsTheSameForTheSameSeed) {
  const Load load = Load::Zipf(1000, 1.0);
  const Outcome one = Simulate(Small(2), load);
  const Outcome same = Simulate(Small(2), load);
  EXPECT_EQ(one.per_second, same.per_second);
  EXPECT_EQ(one.lock_wait_ms, same.lock_wait_ms);
  Scenario other = Small(2);
  other.seed = 2;
  EXPECT_NE(Simulate(other, load).lock_wait_ms, one.lock_wait_ms);
}

TEST(ClusterTest, GrowsWithNodesIfSkusDiffer) {
  const Load load = Load::Uniform(1'000'000);
  Scenario one = Small(1);
  Scenario four = Small(4);
  one.by_sku = four.by_sku = true;
  EXPECT_THAT(Simulate(four, load).per_second / Simulate(one, load).per_second, AllOf(Gt(3.5), Lt(4.2)));
}

TEST(ClusterTest, OneSkuDoesNotGrow) {
  const Load hot = Load::Uniform(1);
  EXPECT_NEAR(Simulate(Small(8), hot).per_second / Simulate(Small(1), hot).per_second, 1, 0.3);
}

// A batch of the most commands holds the lock for what it costs one after another, whatever the number of callers.
TEST(ClusterTest, OneSkuIsBoundByTheTimeThatABatchHoldsItsLock) {
  Scenario scenario = Small(1);
  scenario.measured_us = 1'000'000;
  for (const double replication_us : {0.0, 1000.0, 5000.0}) {
    scenario.replication_us = replication_us;
    const Costs& costs = scenario.costs;
    const double held_us = costs.database_batch + costs.database_sku + costs.lane_batch + costs.flush + replication_us +
                           256 * (costs.database_command + costs.lane_command);
    const Outcome outcome = Simulate(scenario, Load::Uniform(1));
    EXPECT_NEAR(outcome.commands, 256, 1);
    EXPECT_NEAR(outcome.per_second / (256 / held_us * 1e6), 1, 0.05) << replication_us;
  }
}

TEST(ClusterTest, SeveralServersGetInEachOthersWayUnlessASkuHasOne) {
  const Load zipf = Load::Zipf(1'000'000, 1.0);
  Scenario any = Small(4);
  Scenario by_sku = Small(4);
  by_sku.by_sku = true;
  EXPECT_EQ(Simulate(by_sku, zipf).lock_wait_ms, 0);
  EXPECT_GT(Simulate(any, zipf).lock_wait_ms, 0);
  EXPECT_GT(Simulate(by_sku, zipf).per_second, 1.5 * Simulate(any, zipf).per_second);
}

TEST(ClusterTest, WaitsForCopiesOnceOnOneNodeAndTwiceOnSeveral) {
  constexpr double kReplicationUs = 10'000;
  const Load load = Load::Uniform(1'000'000);
  for (const int nodes : {1, 2}) {
    Scenario scenario = Small(nodes);
    scenario.callers = 1;  // So that nothing else takes long.
    const double local_ms = Simulate(scenario, load).batch_ms;
    scenario.replication_us = kReplicationUs;
    // On two nodes, a quarter of all batches has both of its parts on the same one.
    const double times = nodes == 1 ? 1 : 1.5;
    EXPECT_NEAR(Simulate(scenario, load).batch_ms - local_ms, times * kReplicationUs / 1000, 1.5) << nodes;
  }
}

TEST(ClusterTest, EndOfARangeBoundsAllNodes) {
  Scenario scenario = Small(8);
  scenario.rising_ids = true;
  scenario.costs.rows_share = 1;
  scenario.costs.database_command = 400;  // So that it is reached with few calls.
  const double most = 1e6 / EntryCost(scenario.costs);
  const Load load = Load::Uniform(1'000'000);
  scenario.node_cores = 1000;
  scenario.by_sku = true;
  scenario.warmup_us = 500'000;
  EXPECT_NEAR(Simulate(scenario, load).per_second / most, 1, 0.1);
  scenario.rising_ids = false;
  EXPECT_GT(Simulate(scenario, load).per_second, 1.3 * most);
}

TEST(ClusterTest, UsesNoMoreThanItsCores) {
  const Outcome outcome = Simulate(Small(1), Load::Uniform(1'000'000));
  EXPECT_THAT(outcome.database_percent, AllOf(Gt(80), Lt(100.001)));
}

}  // namespace
}  // namespace inventory::bench::scaling
