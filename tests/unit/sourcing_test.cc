#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pipeline/work.h"
#include "server/sourcing/priority.h"

namespace inventory::sourcing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ByPriorityTest, TakesTheFirstSourceThatHasAll) {
  EXPECT_THAT(ByPriority({{"a", 5}, {"b", 9}}, 5), ElementsAre(Part{"a", 5}));
}

TEST(ByPriorityTest, SplitsInTheGivenOrder) {
  EXPECT_THAT(ByPriority({{"b", 10}, {"a", 15}}, 13), ElementsAre(Part{"b", 10}, Part{"a", 3}));
  EXPECT_THAT(ByPriority({{"a", 15}, {"b", 10}}, 13), ElementsAre(Part{"a", 13}));
}

TEST(ByPriorityTest, SkipsSourcesThatHaveNothing) {
  EXPECT_THAT(ByPriority({{"a", 0}, {"b", -7}, {"c", 2}}, 2), ElementsAre(Part{"c", 2}));
}

TEST(ByPriorityTest, GivesWhatThereIsWhenThereIsLess) {
  EXPECT_THAT(ByPriority({{"a", 1}, {"b", 2}}, 9), ElementsAre(Part{"a", 1}, Part{"b", 2}));
  EXPECT_THAT(ByPriority({}, 9), IsEmpty());
}

TEST(ByPriorityTest, AskedForNothingGivesNothing) { EXPECT_THAT(ByPriority({{"a", 1}}, 0), IsEmpty()); }

TEST(ByPriorityTest, NeverGivesMoreThanAskedOrAvailableAnywhere) {
  for (int64_t first = -2; first <= 3; ++first) {
    for (int64_t second = -2; second <= 3; ++second) {
      for (int64_t third = -2; third <= 3; ++third) {
        for (int64_t asked = 0; asked <= 10; ++asked) {
          const std::vector<Source> sources = {{"a", first}, {"b", second}, {"c", third}};
          int64_t given = 0;
          for (const Part& part : ByPriority(sources, asked)) {
            const int64_t available = sources[part.warehouse_id[0] - 'a'].available;
            EXPECT_GT(part.quantity, 0);
            EXPECT_LE(part.quantity, available);
            given += part.quantity;
          }
          EXPECT_EQ(given, TotalAvailable(sources, asked));
          EXPECT_LE(given, asked);
        }
      }
    }
  }
}

TEST(TotalAvailableTest, AddsSourcesUpToTheMost) {
  EXPECT_EQ(TotalAvailable({{"a", 10}, {"b", 15}}, 100), 25);
  EXPECT_EQ(TotalAvailable({{"a", 10}, {"b", 15}}, 25), 25);
  EXPECT_EQ(TotalAvailable({{"a", 10}, {"b", 15}}, 24), 24);
  EXPECT_EQ(TotalAvailable({}, 5), 0);
}

TEST(TotalAvailableTest, ADeficitTakesNothingFromOthers) { EXPECT_EQ(TotalAvailable({{"a", -100}, {"b", 3}}, 9), 3); }

TEST(TotalAvailableTest, DoesNotOverflowOverManyFullWarehouses) {
  const std::vector<Source> sources(20'000, Source{"a", pipeline::kMaxQuantity});
  EXPECT_EQ(TotalAvailable(sources, std::numeric_limits<int64_t>::max()), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace inventory::sourcing
