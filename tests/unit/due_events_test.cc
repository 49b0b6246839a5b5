#include "server/background/due_events.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace inventory::background {
namespace {

constexpr int kPage = static_cast<int>(DueEvents::kPage);

// So many webhooks of a host each, in this order.
std::vector<storage::DueEvent> Page(const std::vector<std::pair<std::string, int>>& hosts) {
  std::vector<storage::DueEvent> page;
  for (const auto& [host, count] : hosts) {
    for (int i = 0; i < count; ++i) {
      page.push_back(
          {.key = {absl::StrCat(host, i), 1}, .parameters = {{"url", absl::StrCat("https://", host, "/x")}}});
    }
  }
  return page;
}

std::map<std::string, int> Counts(DueEvents& due) {
  std::map<std::string, int> counts;
  for (const AttemptQueue::Event& event : due.Take()) ++counts[event.destination];
  return counts;
}

TEST(DueEventsTest, APageThatIsNotFullIsTheLast) {
  DueEvents due("webhook");
  due.Add(Page({{"a", kPage - 1}}));
  EXPECT_FALSE(due.WantsMore());
  EXPECT_EQ(due.last().key.first, absl::StrCat("a", kPage - 2));
}

TEST(DueEventsTest, OneHostLeavesRoomForTheOthers) {
  DueEvents due("webhook");
  for (int i = 0; i < 4; ++i) {
    due.Add(Page({{"stalled", kPage}}));
    EXPECT_TRUE(due.WantsMore());
  }
  due.Add(Page({{"stalled", kPage - 3}, {"other", 2}}));
  EXPECT_FALSE(due.WantsMore());
  const std::map<std::string, int> counts = Counts(due);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts.begin()->second, 2);
  EXPECT_EQ(counts.rbegin()->second, static_cast<int>(DueEvents::kEnough));
}

TEST(DueEventsTest, ManyHostsWithALittleEachAreEnough) {
  DueEvents due("webhook");
  due.Add(Page({{"a", 40}, {"b", 40}, {"c", 40}, {"d", 40}, {"e", 40}}));
  EXPECT_FALSE(due.WantsMore());
  EXPECT_EQ(Counts(due).size(), 5u);
}

TEST(DueEventsTest, ReadsNoFurtherThanItsLimit) {
  DueEvents due("webhook");
  for (int i = 1; i < DueEvents::kMaxPages; ++i) due.Add(Page({{"stalled", kPage}}));
  EXPECT_TRUE(due.WantsMore());
  due.Add(Page({{"stalled", kPage}}));
  EXPECT_FALSE(due.WantsMore());
}

// They go to nobody in particular, and nobody can be stalled.
TEST(DueEventsTest, ActivitiesWithoutDestinationsTakeAWholePage) {
  for (const char* activity : {"log", "of_another_server", ""}) {
    DueEvents due(activity);
    due.Add(Page({{"a", kPage}}));
    EXPECT_FALSE(due.WantsMore());
    EXPECT_EQ(Counts(due)[""], kPage);
  }
}

}  // namespace
}  // namespace inventory::background
