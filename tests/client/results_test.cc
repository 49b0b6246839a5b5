// Ranges over the pages of a list.
#include "inventory/client/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

#include "sample/v1/sample_service.mock_client.h"

namespace inventory::client {
namespace {

using sample::client::MockSampleClient;
using sample::v1::ListThingsRequest;
using sample::v1::ListThingsResponse;
using sample::v1::Thing;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::InSequence;
using ::testing::IsEmpty;
using ::testing::Return;

static_assert(std::input_iterator<Results<Thing>::Iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Results<Thing>::Iterator>);

MATCHER_P(HasToken, token, "") { return arg.page_token() == token && arg.page_size() == 2; }

ListThingsResponse Page(const std::vector<std::string>& names, const std::string& next) {
  ListThingsResponse page;
  for (const std::string& name : names) page.add_things()->set_name(name);
  page.set_next_page_token(next);
  return page;
}

// The names that a loop sees, and the codes of errors.
std::vector<std::string> Loop(MockSampleClient& client, const CallOptions& options = {}) {
  ListThingsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  for (absl::StatusOr<Thing>& thing : client.ListThings(request, options)) {
    seen.push_back(thing.ok() ? thing->name() : absl::StatusCodeToString(thing.status().code()));
  }
  return seen;
}

TEST(ResultsTest, GoesOverAllPages) {
  MockSampleClient client;
  const InSequence in_order;
  EXPECT_CALL(client, ListThingsPage(HasToken(""), _)).WillOnce(Return(Page({"a", "b"}, "1")));
  EXPECT_CALL(client, ListThingsPage(HasToken("1"), _)).WillOnce(Return(Page({}, "2")));
  EXPECT_CALL(client, ListThingsPage(HasToken("2"), _)).WillOnce(Return(Page({"c"}, "")));
  EXPECT_THAT(Loop(client), ElementsAre("a", "b", "c"));
}

TEST(ResultsTest, AnEmptyListHasNoResults) {
  MockSampleClient client;
  EXPECT_CALL(client, ListThingsPage).WillOnce(Return(Page({}, "")));
  EXPECT_THAT(Loop(client), IsEmpty());
}

TEST(ResultsTest, AnErrorIsTheLastResult) {
  MockSampleClient client;
  EXPECT_CALL(client, ListThingsPage)
      .WillOnce(Return(Page({"a"}, "1")))
      .WillOnce(Return(absl::UnavailableError("away")));
  EXPECT_THAT(Loop(client), ElementsAre("a", "UNAVAILABLE"));
}

TEST(ResultsTest, AServerThatGoesRoundInACircleIsAnError) {
  MockSampleClient client;
  EXPECT_CALL(client, ListThingsPage).Times(2).WillRepeatedly(Return(Page({"a"}, "1")));
  EXPECT_THAT(Loop(client), ElementsAre("a", "a", "INTERNAL"));
}

TEST(ResultsTest, FetchesNoPageBeforeItsTurn) {
  MockSampleClient client;
  EXPECT_CALL(client, ListThingsPage).WillOnce(Return(Page({"a", "b"}, "1")));
  for (absl::StatusOr<Thing>& thing : client.ListThings({})) {
    ASSERT_TRUE(thing.ok());
    if (thing->name() == "b") break;
  }
}

TEST(ResultsTest, EveryPageHasTheCallsOptions) {
  MockSampleClient client;
  const auto has_timeout = ::testing::Field(&CallOptions::timeout, absl::Seconds(3));
  EXPECT_CALL(client, ListThingsPage(_, has_timeout))
      .WillOnce(Return(Page({"a"}, "1")))
      .WillOnce(Return(Page({"b"}, "")));
  EXPECT_THAT(Loop(client, {.timeout = absl::Seconds(3)}), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace inventory::client
