#include "tests/bench/case_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inventory::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ChosenTest, TakesBeginningsUnlessAnIdIsTheSame) {
  const std::set<std::string> ids = {"d-hot-1", "d-hot-16", "d-uniform-1", "p-hot-1"};
  EXPECT_THAT(Chosen(ids, {"d-hot-1"}), ElementsAre("d-hot-1"));
  EXPECT_THAT(Chosen(ids, {"d-hot-1", "d-hot-16"}), ElementsAre("d-hot-1", "d-hot-16"));
  EXPECT_THAT(Chosen(ids, {"d-hot", "p"}), ElementsAre("d-hot-1", "d-hot-16", "p-hot-1"));
  EXPECT_THAT(Chosen(ids, {"x"}), IsEmpty());
  EXPECT_THAT(Chosen(ids, {}), IsEmpty());
}

}  // namespace
}  // namespace inventory::bench
