// Who takes an event whose rule's activity has changed since the event was put into a queue.
#include "server/background/low_stock_attempt.h"

#include <optional>
#include <string>

#include "tests/unit/low_stock_fixture.h"

namespace inventory {
namespace {

using background::BeginAttempt;

class LowStockAttemptTest : public LowStockTest {
 protected:
  // An event of a rule on the activity log is due.
  void SetUp() override {
    ASSERT_EQ(Answer(Watch("r", "threshold: 10")), "OK");
    due_ = Event("r", 1).next_attempt_time;
    ASSERT_TRUE(due_.has_value());
  }

  void SetActivity(const std::string& activity) { runner_.rows.low_stock_rules.Edit("r").activity = activity; }

  // The activity that is to be carried out; empty if the event was not taken.
  std::string Begin(const std::string& activity, int max_attempts = 3) {
    std::optional<BeginAttempt::Taken> taken;
    BeginAttempt command({"r", 1}, absl::Seconds(20), max_attempts, taken, activity);
    EXPECT_EQ(Answer(runner_.RunCommand(command)), "OK");
    return taken ? taken->activity : "";
  }

  // The event waits in the queue of the activity as if nobody had come for it.
  void ExpectWaits(const std::string& activity) {
    EXPECT_EQ(Event("r", 1).activity, activity);
    EXPECT_EQ(Event("r", 1).attempts, 0);
    EXPECT_EQ(Event("r", 1).next_attempt_time, due_);
    EXPECT_EQ(Event("r", 1).state, storage::LowStockEventState::kPending);
  }

  std::optional<absl::Time> due_;
};

TEST_F(LowStockAttemptTest, TheQueueOfTheRulesActivityTakesIt) {
  EXPECT_EQ(Begin("log"), "log");
  EXPECT_EQ(Event("r", 1).attempts, 1);
}

TEST_F(LowStockAttemptTest, AnotherActivityGetsItIntoItsOwnQueue) {
  SetActivity("unpublish");
  EXPECT_EQ(Begin("log"), "");
  ExpectWaits("unpublish");
  EXPECT_EQ(Begin("unpublish"), "unpublish");
}

TEST_F(LowStockAttemptTest, AnActivityOfAnotherServerIsLeftToThat) {
  SetActivity("of_another_server");
  EXPECT_EQ(Begin("log"), "");
  ExpectWaits("of_another_server");
  // Not even an event whose attempts are used up is ended by who could not have made them.
  EXPECT_EQ(Begin("log", /*max_attempts=*/0), "");
  ExpectWaits("of_another_server");
}

TEST_F(LowStockAttemptTest, WithoutAQueueItIsTakenByWhoHasTheActivity) {
  runner_.rows.low_stock_events.Edit({"r", 1}).activity = "";
  SetActivity("of_another_server");
  EXPECT_EQ(Begin(""), "");
  ExpectWaits("of_another_server");
  runner_.rows.low_stock_events.Edit({"r", 1}).activity = "";
  SetActivity("unpublish");
  EXPECT_EQ(Begin(""), "unpublish");
  EXPECT_EQ(Event("r", 1).activity, "unpublish");
}

}  // namespace
}  // namespace inventory
