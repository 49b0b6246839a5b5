#include "server/queries/promises.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace inventory::queries {
namespace {

using storage::Incoming;
using testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const std::vector<std::string> kWarehouses = {"w1", "w2"};

absl::Time Day(int day) { return kNow + day * absl::Hours(24); }

Incoming On(std::optional<absl::Time> day, int64_t quantity, const std::string& warehouse_id = "w1") {
  return {.sku = "a", .warehouse_id = warehouse_id, .expected_time = day, .quantity = quantity};
}

TEST(PromisesTest, WhatIsThereCanBePromisedNowAndTheRestWhenItComes) {
  const std::vector<Incoming> incoming = {On(Day(2), 5, "w2"), On(Day(1), 3), On(Day(2), 1)};
  EXPECT_THAT(PromisesOf(4, 0, incoming, kWarehouses, kNow),
              ElementsAre(Promise{kNow, 4}, Promise{Day(1), 7}, Promise{Day(2), 13}));
}

TEST(PromisesTest, WhoWaitsIsServedFirst) {
  const std::vector<Incoming> incoming = {On(Day(1), 3), On(Day(2), 3)};
  EXPECT_THAT(PromisesOf(0, 4, incoming, kWarehouses, kNow), ElementsAre(Promise{kNow, 0}, Promise{Day(2), 2}));
  EXPECT_THAT(PromisesOf(0, 6, incoming, kWarehouses, kNow), ElementsAre(Promise{kNow, 0}));
}

TEST(PromisesTest, OnlyDatesToComeInTheseWarehousesCount) {
  const std::vector<Incoming> incoming = {On(std::nullopt, 1), On(Day(-1), 1), On(Day(0), 1), On(Day(1), 1, "w3")};
  EXPECT_THAT(PromisesOf(2, 0, incoming, kWarehouses, kNow), ElementsAre(Promise{kNow, 2}));
}

TEST(PromisesTest, NothingIsPromisedBeyondALimit) {
  const std::vector<Promise> promises = {{kNow, 2}, {Day(1), 5}, {Day(2), 9}};
  EXPECT_THAT(Capped(promises, 9), ElementsAre(Promise{kNow, 2}, Promise{Day(1), 5}, Promise{Day(2), 9}));
  EXPECT_THAT(Capped(promises, 4), ElementsAre(Promise{kNow, 2}, Promise{Day(1), 4}));
  EXPECT_THAT(Capped(promises, 2), ElementsAre(Promise{kNow, 2}));
  EXPECT_THAT(Capped(promises, 0), ElementsAre(Promise{kNow, 0}));
}

TEST(PromisesTest, AQuantityIsReachedAtTheFirstPromiseThatHasIt) {
  const std::vector<Promise> promises = {{kNow, 2}, {Day(1), 5}};
  EXPECT_EQ(ReachedAt(promises, 2), kNow);
  EXPECT_EQ(ReachedAt(promises, 3), Day(1));
  EXPECT_EQ(ReachedAt(promises, 6), std::nullopt);
}

}  // namespace
}  // namespace inventory::queries
