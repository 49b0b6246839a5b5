// The feed that posts events: everything, in order, at least once, whatever becomes of the receiver and the servers.
#include <csignal>
#include <fstream>
#include <set>

#include "nlohmann/json.hpp"
#include "server/activities/signature.h"
#include "tests/http_receiver.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

constexpr char kFeedSecret[] = "0123456789abcdef-of-the-feed";

class EventFeedTest : public ServerTest {
 protected:
  static std::vector<nlohmann::json> EventsIn(const std::vector<HttpReceiver::Request>& requests) {
    std::vector<nlohmann::json> events;
    for (const HttpReceiver::Request& request : requests) {
      for (const auto& event : nlohmann::json::parse(request.body)) events.push_back(event);
    }
    return events;
  }

  // The on_hand that the movements of the SKU came to, in the order in which they were posted, without repetitions.
  static std::vector<std::string> CountsOf(const std::vector<HttpReceiver::Request>& requests, const std::string& sku) {
    std::vector<std::string> counts;
    std::set<std::string> seen;
    for (const nlohmann::json& event : EventsIn(requests)) {
      if (event["type"] != "inventory.movement.v1" || event["subject"] != sku) continue;
      if (!seen.insert(event["id"]).second) continue;
      counts.push_back(event["data"]["movement"]["balance"]["on_hand"]);
    }
    return counts;
  }

  std::vector<std::string> Arguments(const HttpReceiver& receiver, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {absl::StrCat("--event-feed-url=", receiver.url()),
                                          absl::StrCat("--event-feed-id=", Name("feed")), "--event-feed-lease=1s",
                                          "--event-feed-timeout=500ms"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::unique_ptr<ServerProcess> Start(const HttpReceiver& receiver, const std::vector<std::string>& more = {}) const {
    return std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = storage::UrlOf(database()), .arguments = Arguments(receiver, more)});
  }
  // Waits until the feed is there: it begins with what happens from then on.
  void AwaitFeed() const {
    EXPECT_TRUE(Eventually([this] {
      return !Sql(absl::StrCat("SELECT 1 FROM event_feed WHERE feed_id = '", Name("feed"), "' AND owner <> ''"))
                  .empty();
    }));
  }
  bool Counted(const HttpReceiver& receiver, const std::vector<std::string>& counts) const {
    return Eventually([&] { return CountsOf(receiver.requests(), Sku()) == counts; });
  }
};

TEST_F(EventFeedTest, PostsSignedBatchesOfCloudEvents) {
  ScratchFolder folder;
  std::ofstream(folder.path() + "/secret") << kFeedSecret << "\n";
  HttpReceiver receiver(HttpReceiver::Status(204));
  const auto second = Start(receiver, {absl::StrCat("--event-feed-secret=", folder.path(), "/secret")});
  AwaitFeed();
  SetStock(Sku(), "w1", 5);
  Must(Reserve(client(), {{Sku(), 5}}, {.id = Name("r")}));
  EXPECT_TRUE(Eventually([&] { return EventsIn(receiver.requests()).size() >= 5; }));
  std::vector<std::string> shown;
  for (const auto& event : EventsIn(receiver.requests())) {
    shown.push_back(absl::StrCat(event["type"].get<std::string>(), " ", event["subject"].get<std::string>()));
  }
  EXPECT_THAT(shown, ::testing::ElementsAre(absl::StrCat("inventory.movement.v1 ", Sku()),
                                            absl::StrCat("inventory.back_in_stock.v1 ", Sku()),
                                            absl::StrCat("inventory.movement.v1 ", Sku()),
                                            absl::StrCat("inventory.out_of_stock.v1 ", Sku()),
                                            absl::StrCat("inventory.reservation.v1 ", Name("r"))));
  const nlohmann::json reservation = EventsIn(receiver.requests()).back();
  EXPECT_EQ(reservation["specversion"], "1.0");
  EXPECT_EQ(reservation["data"]["channel_id"], "web");
  EXPECT_EQ(reservation["data"]["reservation"]["state"], "RESERVATION_STATE_HELD");
  const HttpReceiver::Request request = receiver.requests()[0];
  EXPECT_EQ(request.headers.at("content-type"), "application/cloudevents-batch+json; charset=utf-8");
  const std::string signature = request.headers.at("inventory-signature");
  EXPECT_EQ(signature,
            activities::Sign(request.body, absl::FromUnixSeconds(std::stoll(signature.substr(2))), {kFeedSecret}));
}

TEST_F(EventFeedTest, WhatTheReceiverRefusesComesAgainBeforeAnythingElse) {
  HttpReceiver receiver(HttpReceiver::Status(503));
  const auto second = Start(receiver, {"--event-feed-batch=1"});
  AwaitFeed();
  for (int i = 1; i <= 3; ++i) SetStock(Sku(), "w1", i);
  receiver.Await(2);
  const auto refused = EventsIn(receiver.requests());
  ASSERT_GE(refused.size(), 2u);
  EXPECT_EQ(refused[0]["id"], refused[1]["id"]);
  receiver.SetAnswer(HttpReceiver::Status(200));
  EXPECT_TRUE(Counted(receiver, {"1", "2", "3"}));
  for (const auto& request : receiver.requests()) EXPECT_EQ(nlohmann::json::parse(request.body).size(), 1u);
}

TEST_F(EventFeedTest, AnotherServerGoesOnWhereOneWasKilled) {
  HttpReceiver receiver(HttpReceiver::Status(200));
  auto second = Start(receiver);
  AwaitFeed();
  const auto third = Start(receiver);
  std::vector<std::string> counts;
  for (int i = 1; i <= 30; ++i) {
    if (i == 10) second->run().Signal(SIGKILL);
    SetStock(Sku(), "w1", i);
    counts.push_back(absl::StrCat(i));
  }
  EXPECT_TRUE(Counted(receiver, counts));
}

TEST_F(EventFeedTest, GoesOnAfterARestartAndGivesItselfUpWhenItStops) {
  HttpReceiver receiver(HttpReceiver::Status(200));
  auto second = Start(receiver, {"--event-feed-lease=1h"});
  AwaitFeed();
  SetStock(Sku(), "w1", 1);
  EXPECT_TRUE(Counted(receiver, {"1"}));
  second->run().Signal(SIGTERM);
  EXPECT_EQ(second->run().Wait(), 0);
  SetStock(Sku(), "w1", 2);
  second = Start(receiver, {"--event-feed-lease=1h"});
  EXPECT_TRUE(Counted(receiver, {"1", "2"}));
}

TEST_F(EventFeedTest, OptionsThatCannotBeAreTold) {
  const auto said = [](const std::string& option) { return RunServerProgram({"serve", option}).output; };
  EXPECT_THAT(said("--event-feed-url=ftp://x"), ::testing::HasSubstr("--event-feed-url: "));
  EXPECT_THAT(said("--event-feed-lease=5s"), ::testing::HasSubstr("--event-feed-lease: 5s is not above"));
  EXPECT_THAT(said("--event-feed-id="), ::testing::HasSubstr("--event-feed-id: must have"));
}

}  // namespace
}  // namespace inventory::integration
