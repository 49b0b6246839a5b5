// Low-stock rules, the queue of their events, and what the activity unpublish does to items.
#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/activities/activity.h"
#include "server/background/low_stock_attempt.h"
#include "server/pipeline/low_stock.h"
#include "tests/unit/low_stock_fixture.h"

namespace inventory {
namespace {

using background::BeginAttempt;
using background::EndAttempt;
using storage::LowStockEventState;

constexpr absl::Duration kLease = absl::Seconds(30);

class RulesTest : public LowStockTest {
 protected:
  // Makes `count` events of the rule "r": LOW, RECOVERED, LOW ...
  void MakeEvents(int count) {
    ASSERT_EQ(Answer(Watch("r")), "OK");
    for (int i = 0; i < count; ++i) Stock("a", "w1", i % 2 == 0 ? 0 : 10);
  }

  std::optional<BeginAttempt::Taken> Begin(int64_t number, int max_attempts = 3) {
    std::optional<BeginAttempt::Taken> taken;
    BeginAttempt begin({"r", number}, kLease, max_attempts, taken);
    EXPECT_TRUE(runner_.RunCommand(begin).ok());
    return taken;
  }
  void End(int64_t number, int attempt, EndAttempt::Outcome outcome, absl::Duration pause = absl::ZeroDuration()) {
    const bool failed = outcome != EndAttempt::Outcome::kDone;
    EndAttempt end({"r", number}, attempt, outcome, failed ? "broken" : "", pause);
    EXPECT_TRUE(runner_.RunCommand(end).ok());
  }
  absl::StatusOr<v1::RetryLowStockEventResponse> Retry(const std::string& event_id) {
    return Ask<v1::RetryLowStockEventRequest, v1::RetryLowStockEventResponse>(
        absl::StrCat("event_id: '", event_id, "'"));
  }

  // The states of the events of "r" in a letter each, the one that is next in upper case: "dPp".
  std::string Queue() {
    std::string queue;
    for (const storage::LowStockEventRecord* event : runner_.rows.low_stock_events.All()) {
      const bool next = event->next_attempt_time.has_value();
      switch (event->state) {
        case LowStockEventState::kPending:
          queue += next ? 'P' : 'p';
          break;
        case LowStockEventState::kDone:
          queue += 'd';
          break;
        case LowStockEventState::kDead:
          queue += 'x';
          break;
      }
    }
    return queue;
  }
};

TEST_F(RulesTest, AreMadeOnce) {
  auto made = Watch("r", "warehouse_id: 'w1' parameters {}");
  EXPECT_EQ(Answer(made), "INVALID_ARGUMENT INVALID_FIELDS rule.parameters") << "an empty key";
  made = Watch("r", "warehouse_id: 'w1'");
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_EQ(made->warehouse_id(), "w1");
  EXPECT_EQ(made->etag(), "1");
  EXPECT_EQ(runner_.rows.items.Find("a")->low_stock_rules, 1);
  EXPECT_EQ(Answer(Watch("r")), "ALREADY_EXISTS LOW_STOCK_RULE_EXISTS rule_id=r");
  ASSERT_EQ(Answer(Delete("r")), "OK");
  EXPECT_EQ(runner_.rows.items.Find("a")->low_stock_rules, 0);
  EXPECT_EQ(Answer(Watch("r")), "ALREADY_EXISTS LOW_STOCK_RULE_EXISTS rule_id=r");
  EXPECT_EQ(Answer(Delete("r")), "NOT_FOUND LOW_STOCK_RULE_NOT_FOUND rule_id=r");
  EXPECT_EQ(Answer(Edit("r", "threshold: 1")), "NOT_FOUND LOW_STOCK_RULE_NOT_FOUND rule_id=r");
}

TEST_F(RulesTest, CanWatchASkuThatWasNeverSeen) {
  auto made = Watch("r", "sku: 'new'");
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_TRUE(made->low());
  Stock("new", "w1", 100);
  EXPECT_EQ(Events("r"), "LOW 0, RECOVERED 100");
}

TEST_F(RulesTest, WatchWhatThereIs) {
  EXPECT_EQ(Answer(Watch("r", "warehouse_id: 'w9'")), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w9");
  EXPECT_EQ(Answer(Watch("r", "channel_id: 'c9'")), "NOT_FOUND CHANNEL_NOT_FOUND channel_id=c9");
  Item("digital").tracked = false;
  EXPECT_EQ(Answer(Watch("r", "sku: 'digital'")), "FAILED_PRECONDITION ITEM_UNTRACKED sku=digital");
  for (int i = 0; i < pipeline::kMaxLowStockRules; ++i) ASSERT_EQ(Answer(Watch(absl::StrCat("r", i))), "OK");
  EXPECT_EQ(Answer(Watch("r")), "FAILED_PRECONDITION TOO_MANY_LOW_STOCK_RULES sku=a");
}

TEST_F(RulesTest, EverythingWrongIsNamedAtOnce) {
  EXPECT_EQ(Answer(Watch("r/",
                         "sku: ' ' warehouse_id: 'w1' channel_id: 'shop' threshold: -1 rearm_margin: -1 "
                         "activity: 'dance' parameters { key: 'X' value: 'y' }")),
            "INVALID_ARGUMENT INVALID_FIELDS rule.rule_id rule.sku rule.channel_id rule.threshold rule.rearm_margin "
            "rule.activity "
            "rule.parameters");
  EXPECT_EQ(Answer(Watch("r", "activity: 'webhook' parameters { key: 'x' value: 'y' }")),
            "INVALID_ARGUMENT INVALID_FIELDS rule.parameters[x] rule.parameters[url]");
}

TEST_F(RulesTest, AnUpdateIsCheckedWithWhatIsStored) {
  ASSERT_EQ(Answer(Watch("r", "activity: 'unpublish' parameters { key: 'republish' value: 'true' }")), "OK");
  EXPECT_EQ(Answer(Edit("r", "activity: 'log'")), "INVALID_ARGUMENT INVALID_FIELDS rule.parameters[republish]");
  EXPECT_EQ(Answer(Edit("r", "parameters { key: 'republish' value: 'maybe' }")),
            "INVALID_ARGUMENT INVALID_FIELDS rule.parameters[republish]");
  EXPECT_EQ(Answer(Edit("r", "threshold: 1 etag: '7'")).substr(0, 21), "ABORTED ETAG_MISMATCH");
  auto edited = Edit("r", "threshold: 1 etag: '1'");
  ASSERT_EQ(Answer(edited), "OK");
  EXPECT_EQ(edited->etag(), "2");
  EXPECT_EQ(edited->parameters().at("republish"), "true");
}

TEST_F(RulesTest, KeepWatchingWhatTheyWatch) {
  ASSERT_EQ(Answer(Watch("r", "warehouse_id: 'w1'")), "OK");
  EXPECT_EQ(Answer(Edit("r", "sku: 'b' warehouse_id: 'w1' channel_id: 'shop' threshold: 1")),
            "INVALID_ARGUMENT IMMUTABLE_FIELD field=rule.sku value=a rule.sku rule.channel_id");
  EXPECT_EQ(Rule("r").threshold, 5);
  EXPECT_EQ(Answer(Edit("r", "sku: 'a' warehouse_id: 'w1' low: true threshold: 1")), "OK");
}

TEST_F(RulesTest, EventsAreInTheQueueOfTheirRulesActivity) {
  MakeEvents(3);
  const auto queues = [this] {
    return std::vector<std::string>{Event("r", 1).activity, Event("r", 2).activity, Event("r", 3).activity};
  };
  EXPECT_THAT(queues(), testing::ElementsAre("log", "log", "log"));
  ASSERT_EQ(Answer(Edit("r", "activity: 'unpublish'")), "OK");
  EXPECT_EQ(Event("r", 1).activity, "unpublish");
  ASSERT_TRUE(Begin(1).has_value());
  End(1, 1, EndAttempt::Outcome::kDone);
  ASSERT_TRUE(Begin(2).has_value());
  End(2, 1, EndAttempt::Outcome::kDone);
  EXPECT_THAT(queues(), testing::ElementsAre("unpublish", "unpublish", "unpublish"));
}

TEST_F(RulesTest, EventsOfARuleWaitForEachOther) {
  MakeEvents(3);
  EXPECT_EQ(Queue(), "Ppp");
  EXPECT_FALSE(Begin(2).has_value());
  const auto taken = Begin(1);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->activity, "log");
  EXPECT_EQ(taken->event.event_id, "r:1");
  EXPECT_EQ(taken->event.type, activities::LowStockEvent::Type::kLow);
  EXPECT_EQ(taken->event.attempt, 1);
  EXPECT_FALSE(Begin(1).has_value()) << "it is under way";
  End(1, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "dPp");
  EXPECT_EQ(Begin(2)->event.type, activities::LowStockEvent::Type::kRecovered);
}

TEST_F(RulesTest, AFailureWaitsForItsPauseAndKeepsItsTurn) {
  MakeEvents(2);
  ASSERT_TRUE(Begin(1).has_value());
  End(1, 1, EndAttempt::Outcome::kRetry, absl::Minutes(1));
  EXPECT_EQ(Queue(), "Pp");
  EXPECT_EQ(Event("r", 1).last_error, "broken");
  EXPECT_FALSE(Begin(1).has_value());
  runner_.now += absl::Minutes(1);
  EXPECT_EQ(Begin(1)->event.attempt, 2);
  EXPECT_EQ(Event("r", 1).last_error, "");
}

TEST_F(RulesTest, AnAttemptThatNeverEndedIsRepeatedAfterItsLease) {
  MakeEvents(1);
  ASSERT_TRUE(Begin(1).has_value());
  runner_.now += kLease - absl::Seconds(1);
  EXPECT_FALSE(Begin(1).has_value());
  runner_.now += absl::Seconds(1);
  EXPECT_EQ(Begin(1)->event.attempt, 2);
  // The first one fails late: the second goes on. If it succeeds late, it is done.
  End(1, 1, EndAttempt::Outcome::kRetry);
  EXPECT_EQ(Event("r", 1).last_error, "");
  End(1, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "d");
  End(1, 2, EndAttempt::Outcome::kRetry);
  EXPECT_EQ(Queue(), "d");
}

TEST_F(RulesTest, ServersThatDieWithAnEventUseItsAttemptsUp) {
  MakeEvents(2);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_EQ(Begin(1)->event.attempt, attempt);
    runner_.now += kLease;
  }
  EXPECT_FALSE(Begin(1).has_value());
  EXPECT_EQ(Queue(), "xP");
}

TEST_F(RulesTest, AnAttemptGivenBackDoesNotCount) {
  MakeEvents(1);
  ASSERT_TRUE(Begin(1).has_value());
  End(1, 1, EndAttempt::Outcome::kGivenBack);
  EXPECT_EQ(Begin(1)->event.attempt, 1);
}

TEST_F(RulesTest, DeadEventsLetOthersPassAndComeAgainOnRequest) {
  MakeEvents(3);
  ASSERT_TRUE(Begin(1).has_value());
  EXPECT_EQ(Answer(Retry("r:1")), "FAILED_PRECONDITION LOW_STOCK_EVENT_STATE state=PENDING");
  End(1, 1, EndAttempt::Outcome::kDead);
  EXPECT_EQ(Queue(), "xPp");
  auto again = Retry("r:1");
  ASSERT_EQ(Answer(again), "OK");
  EXPECT_EQ(again->event().state(), v1::LOW_STOCK_EVENT_STATE_PENDING);
  EXPECT_EQ(again->event().last_error(), "broken");
  EXPECT_EQ(Queue(), "Ppp") << "it goes before those that are not done";
  EXPECT_EQ(Begin(1)->event.attempt, 1);
  End(1, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "dPp");
  EXPECT_EQ(Answer(Retry("r:1")), "FAILED_PRECONDITION LOW_STOCK_EVENT_STATE state=DONE");
  EXPECT_EQ(Answer(Retry("r:9")), "NOT_FOUND LOW_STOCK_EVENT_NOT_FOUND event_id=r:9");
  EXPECT_EQ(Answer(Retry("q:1")), "NOT_FOUND LOW_STOCK_EVENT_NOT_FOUND event_id=q:1");
  for (const char* id : {"", "r", "r:", "r:0", "r:01", "r:-1", "r:+1", ":1", "r:1:", "r:99999999999999999999"}) {
    EXPECT_EQ(Answer(Retry(id)), "INVALID_ARGUMENT INVALID_FIELDS event_id") << id;
  }
}

TEST_F(RulesTest, ARetryWaitsForTheOneThatIsUnderWay) {
  MakeEvents(4);
  for (const int64_t number : {1, 2}) {
    ASSERT_TRUE(Begin(number).has_value());
    End(number, 1, EndAttempt::Outcome::kDead);
  }
  ASSERT_TRUE(Begin(3).has_value());
  ASSERT_EQ(Answer(Retry("r:2")), "OK");
  ASSERT_EQ(Answer(Retry("r:1")), "OK");
  EXPECT_EQ(Queue(), "ppPp");
  End(3, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "Ppdp");
  ASSERT_TRUE(Begin(1).has_value());
  End(1, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "dPdp");
}

TEST_F(RulesTest, PendingEventsOutliveTheirRule) {
  MakeEvents(2);
  ASSERT_EQ(Answer(Delete("r")), "OK");
  ASSERT_TRUE(Begin(1).has_value());
  End(1, 1, EndAttempt::Outcome::kDone);
  EXPECT_EQ(Queue(), "dP");
}

// Carries the activity's commands out at once.
class DirectContext final : public activities::Context {
 public:
  explicit DirectContext(RuleRunner& runner) : runner_(runner) {}
  absl::Time deadline() const override { return absl::InfiniteFuture(); }
  bool stopping() const override { return false; }
  const activities::Options& options() const override { return options_; }
  absl::Status Run(std::string_view, std::unique_ptr<pipeline::Command> command) override {
    return runner_.RunCommand(*command);
  }

 private:
  RuleRunner& runner_;
  activities::Options options_;
};

class UnpublishTest : public LowStockTest {
 protected:
  void Rule(const std::string& id, const std::string& text = "parameters { key: 'republish' value: 'true' }") {
    ASSERT_EQ(Answer(Watch(id, "activity: 'unpublish' " + text)), "OK");
  }
  // Carries out every event that has not been yet.
  void CarryOut() {
    DirectContext context(runner_);
    for (const storage::LowStockEventRecord& event : Copy(runner_.rows.low_stock_events)) {
      std::optional<BeginAttempt::Taken> taken;
      BeginAttempt begin(event.key(), kLease, 1, taken);
      ASSERT_TRUE(runner_.RunCommand(begin).ok());
      if (!taken) continue;
      EXPECT_TRUE(activities::Find(taken->activity)->Execute(taken->event, context).ok());
      EndAttempt end(event.key(), 1, EndAttempt::Outcome::kDone, "", absl::ZeroDuration());
      ASSERT_TRUE(runner_.RunCommand(end).ok());
    }
  }
  void Count(int64_t on_hand) {
    Stock("a", "w1", on_hand);
    CarryOut();
  }
  void Publish(bool published) {
    Do<v1::UpdateItemRequest, v1::Item>(
        absl::StrCat("item { sku: 'a' published: ", published, " } allow_missing: true"));
  }
  bool IsPublished() { return runner_.rows.items.Find("a")->published; }
};

TEST_F(UnpublishTest, IsUndoneOnRecoveryIfAsked) {
  Rule("r");
  Count(3);
  EXPECT_FALSE(IsPublished());
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))), "FAILED_PRECONDITION ITEM_UNPUBLISHED sku=a");
  const int64_t version = runner_.rows.items.Find("a")->config_version;
  Count(10);
  EXPECT_TRUE(IsPublished());
  EXPECT_EQ(runner_.rows.items.Find("a")->config_version, version + 1);
}

TEST_F(UnpublishTest, StaysIfNotAsked) {
  Rule("r", "");
  Count(3);
  Count(10);
  EXPECT_FALSE(IsPublished());
}

TEST_F(UnpublishTest, WhatAPersonHasDoneIsLeftAlone) {
  Rule("r");
  Publish(true);
  Publish(false);
  Count(3);
  Count(10);
  EXPECT_FALSE(IsPublished()) << "it was unpublished before";
  Publish(true);
  Count(3);
  Publish(true);
  Publish(false);
  Count(10);
  EXPECT_FALSE(IsPublished()) << "it was unpublished again by hand";
}

TEST_F(UnpublishTest, TheLastRuleToRecoverPublishes) {
  Rule("r1");
  Rule("r2", "threshold: 8 parameters { key: 'republish' value: 'true' }");
  Count(3);
  Count(10);
  EXPECT_FALSE(IsPublished()) << "r1 has recovered, r2 has not";
  Count(11);
  EXPECT_TRUE(IsPublished());
}

}  // namespace
}  // namespace inventory
