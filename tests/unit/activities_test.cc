#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/activities/activity.h"

namespace inventory::activities {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

// As a customer would write it.
class PageBuyer final : public Activity {
 public:
  std::string_view key() const override { return "test_page_buyer"; }
  std::string_view label() const override { return "Page the buyer on duty"; }
  std::vector<ParameterFacts> parameters() const override {
    return {{.name = "team", .meaning = "The team to page.", .required = true}, {.name = "tone", .meaning = "A tone."}};
  }
  std::vector<ParameterProblem> CheckValues(const Parameters& parameters) const override {
    if (!parameters.find("team")->second.empty()) return {};
    return {{"team", "is empty"}};
  }
  absl::Status Execute(const LowStockEvent&, Context&) const override { return absl::OkStatus(); }
};

const Registered<PageBuyer> kPageBuyer;

std::vector<std::string> Keys() {
  std::vector<std::string> keys;
  for (const Activity* activity : All()) keys.emplace_back(activity->key());
  return keys;
}

TEST(ActivitiesTest, RegisterThemselves) {
  EXPECT_THAT(Keys(), IsSupersetOf({"log", "test_page_buyer", "webhook"}));
  ASSERT_NE(Find("test_page_buyer"), nullptr);
  EXPECT_EQ(Find("test_page_buyer")->label(), "Page the buyer on duty");
  EXPECT_EQ(Find("nothing"), nullptr);
}

TEST(ActivitiesTest, ValuesAreCheckedOnceNamesAreRight) {
  const auto problems = [](const Parameters& parameters) {
    std::vector<std::string> names;
    for (const auto& problem : CheckParameters(*Find("test_page_buyer"), parameters)) names.push_back(problem.name);
    return names;
  };
  EXPECT_THAT(problems({{"team", "a"}, {"tone", "b"}}), IsEmpty());
  EXPECT_THAT(problems({{"team", ""}}), ElementsAre("team"));
  EXPECT_THAT(problems({{"crew", "a"}}), ElementsAre("crew", "team"));
}

TEST(ActivitiesTest, AFailureCarriesItsWish) {
  EXPECT_EQ(AfterAtLeastOf(absl::UnavailableError("x")), std::nullopt);
  EXPECT_EQ(AfterAtLeastOf(AfterAtLeast(absl::UnavailableError("x"), absl::Seconds(90))), absl::Seconds(90));
}

TEST(ActivitiesDeathTest, OneKeyIsOneActivity) {
  EXPECT_DEATH(Register(std::make_unique<PageBuyer>()), "there are two activities test_page_buyer");
}

}  // namespace
}  // namespace inventory::activities
