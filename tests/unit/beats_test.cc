#include "server/reading/beats.h"

#include <gtest/gtest.h>

namespace inventory::reading {
namespace {

using std::chrono::seconds;

Beats::Time At(int second) { return Beats::Time(seconds(second)); }

TEST(BeatsTest, WhatItRaisedItselfIsCommittedAfterItAsked) {
  Beats beats;
  beats.Note(5, /*raised=*/true, At(10));
  beats.Note(7, true, At(20));
  EXPECT_EQ(beats.CompleteUntil(4), std::nullopt);
  EXPECT_EQ(beats.CompleteUntil(5), At(10));
  EXPECT_EQ(beats.CompleteUntil(6), At(10));
  EXPECT_EQ(beats.CompleteUntil(7), At(20));
}

TEST(BeatsTest, WhatOthersRaisedIsCommittedAfterTheLastAnswerWithoutIt) {
  Beats beats;
  beats.Note(5, /*raised=*/false, At(10));
  EXPECT_EQ(beats.CompleteUntil(5), std::nullopt);
  beats.Note(5, false, At(20));
  EXPECT_EQ(beats.CompleteUntil(5), std::nullopt);
  beats.Note(6, false, At(30));
  EXPECT_EQ(beats.CompleteUntil(6), At(20));
}

TEST(BeatsTest, ACopyThatIsAheadHasWhatTheLastKnownOneHas) {
  Beats beats;
  beats.Note(5, true, At(10));
  EXPECT_EQ(beats.CompleteUntil(9), At(10));
}

TEST(BeatsTest, ACounterThatFallsIsAnotherOne) {
  Beats beats;
  beats.Note(5, true, At(10));
  beats.Note(4, false, At(20));
  EXPECT_EQ(beats.CompleteUntil(5), std::nullopt);
  beats.Note(5, true, At(30));
  EXPECT_EQ(beats.CompleteUntil(5), At(30));
}

TEST(BeatsTest, ForgetsTheOldest) {
  Beats beats;
  for (int i = 0; i < 10'000; ++i) beats.Note(i, true, At(i));
  EXPECT_EQ(beats.CompleteUntil(0), std::nullopt);
  EXPECT_EQ(beats.CompleteUntil(9'000), At(9'000));
}

}  // namespace
}  // namespace inventory::reading
