#include "server/pipeline/sku_directory.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/pipeline_jobs.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;

Job JobFor(Needs needs) {
  Job job;
  job.needs = std::move(needs);
  return job;
}

// Rows of a batch that has written the reservation.
Rows Reserved(const std::string& reservation_id, const std::vector<std::string>& skus) {
  Rows rows;
  rows.reservations.Add({.reservation_id = reservation_id, .version = 1});
  for (const std::string& sku : skus) rows.reservation_lines.Add({.reservation_id = reservation_id, .sku = sku});
  return rows;
}

bool Knows(const SkuDirectory& directory, const std::string& reservation_id) {
  Job job = JobFor({.reservations = {reservation_id}});
  directory.Resolve(job);
  return job.resolved;
}

TEST(SkuDirectoryTest, JobThatNamesItsSkusIsResolvedAtOnce) {
  const SkuDirectory directory(10);
  Job job = JobFor({.skus = {"b", "a", "b"}});
  directory.Resolve(job);
  EXPECT_TRUE(job.resolved);
  EXPECT_THAT(job.skus, ElementsAre("a", "b"));
}

TEST(SkuDirectoryTest, UnknownReservationOrShipmentIsLeftToTheDatabase) {
  const SkuDirectory directory(10);
  for (Needs needs : {Needs{.reservations = {"r"}}, Needs{.shipments = {"s"}}}) {
    Job job = JobFor(std::move(needs));
    directory.Resolve(job);
    EXPECT_FALSE(job.resolved);
  }
}

TEST(SkuDirectoryTest, LearnedReservationAddsItsSkusToTheJob) {
  SkuDirectory directory(10);
  directory.Learn(Reserved("r", {"a", "b"}));
  Job job = JobFor({.skus = {"c"}, .reservations = {"r"}});
  directory.Resolve(job);
  EXPECT_TRUE(job.resolved);
  EXPECT_THAT(job.skus, ElementsAre("a", "b", "c"));
}

TEST(SkuDirectoryTest, OneUnknownReservationAmongKnownOnesLeavesTheJobUnresolved) {
  SkuDirectory directory(10);
  directory.Learn(Reserved("r1", {"a"}));
  Job job = JobFor({.reservations = {"r1", "r2"}});
  directory.Resolve(job);
  EXPECT_FALSE(job.resolved);
}

TEST(SkuDirectoryTest, LearnedShipmentLeadsToItsReservation) {
  SkuDirectory directory(10);
  Rows rows = Reserved("r", {"a"});
  rows.shipments.Add({.shipment_id = "s", .reservation_id = "r"});
  directory.Learn(rows);
  Job job = JobFor({.shipments = {"s"}});
  directory.Resolve(job);
  EXPECT_TRUE(job.resolved);
  EXPECT_THAT(job.needs.reservations, ElementsAre("r"));
  EXPECT_THAT(job.skus, ElementsAre("a"));
}

TEST(SkuDirectoryTest, ReservationThatGainedASkuIsLearnedAnew) {
  SkuDirectory directory(10);
  directory.Learn(Reserved("r", {"a"}));
  directory.Learn(Reserved("r", {"a", "b"}));
  Job job = JobFor({.reservations = {"r"}});
  directory.Resolve(job);
  EXPECT_THAT(job.skus, ElementsAre("a", "b"));
}

TEST(SkuDirectoryTest, RowsThatWereOnlyReadAreNotLearned) {
  SkuDirectory directory(10);
  Rows rows;
  rows.reservations.Load({.reservation_id = "r"});
  rows.reservation_lines.Load({.reservation_id = "r", .sku = "a"});
  directory.Learn(rows);
  EXPECT_FALSE(Knows(directory, "r"));
}

TEST(SkuDirectoryTest, RemembersTheLatestAndForgetsTheOldest) {
  constexpr int kCapacity = 5;
  SkuDirectory directory(kCapacity);
  for (int i = 1; i <= 4 * kCapacity; ++i) {
    directory.Learn(Reserved(absl::StrCat("r", i), {"a"}));
    for (int j = std::max(1, i - kCapacity + 1); j <= i; ++j) EXPECT_TRUE(Knows(directory, absl::StrCat("r", j)));
    if (i > 2 * kCapacity) {
      EXPECT_FALSE(Knows(directory, absl::StrCat("r", i - 2 * kCapacity)));
    }
  }
}

}  // namespace
}  // namespace inventory::pipeline
