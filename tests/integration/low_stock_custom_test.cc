// Activities that are not ours: what the dispatcher does with them, in this process.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/activities/activity.h"
#include "server/background/dispatcher.h"
#include "server/background/due_events.h"
#include "server/background/run_all.h"
#include "server/pipeline/low_stock.h"
#include "storage/connection_pool.h"
#include "storage/low_stock_repository.h"
#include "storage/mutex.h"
#include "tests/http_receiver.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/server_process.h"

namespace inventory::pipeline {
namespace {

using activities::Activity;
using activities::Context;
using activities::LowStockEvent;
using integration::Eventually;

// Does what the test asks, and remembers for whom.
class Obedient final : public Activity {
 public:
  using Order = std::function<absl::Status(const LowStockEvent&, Context&)>;

  std::string_view key() const override { return "test_obedient"; }
  std::string_view label() const override { return "Do as told"; }
  std::vector<activities::ParameterFacts> parameters() const override {
    return {{.name = "wish", .meaning = "Anything.", .required = true}};
  }
  absl::Status Execute(const LowStockEvent& event, Context& context) const override {
    Order order;
    {
      storage::MutexLock lock(mutex_);
      events_.push_back(event);
      order = order_;
    }
    return order(event, context);
  }

  void Tell(Order order) const {
    storage::MutexLock lock(mutex_);
    order_ = std::move(order);
    events_.clear();
  }
  std::vector<LowStockEvent> events() const {
    storage::MutexLock lock(mutex_);
    return events_;
  }

 private:
  mutable storage::Mutex mutex_;
  mutable Order order_ GUARDED_BY(mutex_);
  mutable std::vector<LowStockEvent> events_ GUARDED_BY(mutex_);
};

const activities::Registered<Obedient> kObedient;

class CustomActivityTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    pool_ = std::make_unique<storage::ConnectionPool>(
        storage::ConnectionPool::Options{.database = options(), .max_connections = 4});
    committer_ = std::make_unique<GroupCommitter>(Settings(), configurations_, Ignore());
  }
  void TearDown() override {
    committer_.reset();
    pool_.reset();
    PipelineTest::TearDown();
  }

  static Observer Ignore() {
    return {.batch = [](const BatchReport&) {},
            .retry = [](std::string_view) {},
            .dropped = [](std::string_view) {},
            .command = [](const Job&) {},
            .busy = [](absl::Duration) {}};
  }

  static const Obedient& activity() { return dynamic_cast<const Obedient&>(*activities::Find("test_obedient")); }

  std::unique_ptr<background::Dispatcher> Dispatch(int threads = 2, absl::Duration timeout = absl::Seconds(2)) {
    return std::make_unique<background::Dispatcher>(
        background::Dispatcher::Options{
            .interval = absl::Milliseconds(10),
            .threads = threads,
            .timeout = timeout,
            .lease = timeout + absl::Seconds(3),
            .max_attempts = 3,
            .backoff = {.first = absl::Milliseconds(1), .most = absl::Milliseconds(1)},
            .activities = {.webhook_private_networks = activities::Networks::Parse("127.0.0.0/8,::1/128").value()}},
        *pool_, *committer_, [this](const std::string&, std::string_view outcome) {
          storage::MutexLock lock(mutex_);
          ++outcomes_[std::string(outcome)];
        });
  }

  // A rule on a SKU of that name, which is low from the start.
  void MakeLow(const std::string& name, const std::map<std::string, std::string>& parameters = {{"wish", "x"}},
               const std::string& activity = "test_obedient") {
    MakeAllLow({name}, parameters, activity);
  }
  // The same for many at once.
  void MakeAllLow(const std::vector<std::string>& names, const std::map<std::string, std::string>& parameters,
                  const std::string& activity) {
    auto make = std::make_unique<TestCommand>(Needs{.skus = names, .create_items = true, .new_low_stock_rules = names},
                                              [&](Work& work, std::string&) {
                                                for (const std::string& name : names) {
                                                  work.rows().low_stock_rules.Add({.rule_id = name,
                                                                                   .sku = name,
                                                                                   .threshold = 5,
                                                                                   .activity = activity,
                                                                                   .parameters = parameters,
                                                                                   .version = 1,
                                                                                   .create_time = work.now(),
                                                                                   .update_time = work.now()});
                                                  work.rows().items.Edit(name).low_stock_rules += 1;
                                                  JudgeRule(work, name);
                                                }
                                                return absl::OkStatus();
                                              });
    ASSERT_TRUE(background::RunOne(*committer_, std::move(make), {}, absl::InfiniteFuture()).ok());
  }

  storage::LowStockEventRecord EventOf(const std::string& rule_id) {
    storage::Sql sql;
    storage::AppendSelectEvent(sql, {rule_id, 1});
    const auto results = connection().Execute(sql);
    return storage::ParseAll<storage::LowStockEventRecord>(results->front()).at(0);
  }
  bool Reaches(const std::string& rule_id, storage::LowStockEventState state) {
    return Eventually([&] { return EventOf(rule_id).state == state; }, absl::Seconds(10));
  }
  int outcomes(const std::string& outcome) {
    storage::MutexLock lock(mutex_);
    return outcomes_[outcome];
  }

  ConfigurationCache configurations_;
  std::unique_ptr<storage::ConnectionPool> pool_;
  std::unique_ptr<GroupCommitter> committer_;
  storage::Mutex mutex_;
  std::map<std::string, int> outcomes_ GUARDED_BY(mutex_);
};

using storage::LowStockEventState;

TEST_F(CustomActivityTest, IsExecutedWithTheEvent) {
  activity().Tell([](const LowStockEvent&, Context&) { return absl::OkStatus(); });
  const auto dispatcher = Dispatch();
  MakeLow("a", {{"wish", "a star"}});
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDone));
  const std::vector<LowStockEvent> events = activity().events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].event_id, "a:1");
  EXPECT_EQ(events[0].parameters.find("wish")->second, "a star");
  EXPECT_EQ(events[0].threshold, 5);
  EXPECT_EQ(events[0].available, 0);
  EXPECT_TRUE(Eventually([&] { return outcomes("done") == 1; }));
}

TEST_F(CustomActivityTest, MayThrowAndIsTriedAgain) {
  activity().Tell([](const LowStockEvent& event, Context&) {
    if (event.attempt == 1) throw std::runtime_error("no \x01 luck");
    if (event.attempt == 2) throw 7;
    return absl::OkStatus();
  });
  const auto dispatcher = Dispatch();
  MakeLow("a");
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDone));
  EXPECT_EQ(EventOf("a").attempts, 3);
  EXPECT_TRUE(Eventually([&] { return outcomes("retry") == 2; }));
}

TEST_F(CustomActivityTest, DiesWithItsLastError) {
  activity().Tell([](const LowStockEvent&, Context&) { return absl::InternalError(std::string(2000, 'x') + "\xFF"); });
  const auto dispatcher = Dispatch();
  MakeLow("a");
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDead));
  EXPECT_EQ(EventOf("a").last_error, std::string(500, 'x'));
  EXPECT_EQ(activity().events().size(), 3u);
}

// Parameters are checked again, because an activity may have changed since its rules were made.
TEST_F(CustomActivityTest, IsNotExecutedWithParametersThatItDoesNotTake) {
  activity().Tell([](const LowStockEvent&, Context&) { return absl::OkStatus(); });
  const auto dispatcher = Dispatch();
  MakeLow("a", {});
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDead));
  EXPECT_EQ(EventOf("a").last_error, "parameter wish is required");
  EXPECT_TRUE(activity().events().empty());
}

TEST_F(CustomActivityTest, CanAskForTime) {
  activity().Tell([](const LowStockEvent& event, Context&) {
    if (event.attempt > 1) return absl::OkStatus();
    return activities::AfterAtLeast(absl::UnavailableError("later"), absl::Seconds(1));
  });
  const auto dispatcher = Dispatch();
  const absl::Time start = absl::Now();
  MakeLow("a");
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDone));
  EXPECT_GE(absl::Now() - start, absl::Seconds(1));
}

// A command of an event is carried out once, however often the event is executed.
TEST_F(CustomActivityTest, RunsCommandsOnceForEachEvent) {
  activity().Tell([](const LowStockEvent& event, Context& context) {
    auto add = std::make_unique<TestCommand>(
        Needs{.skus = {event.sku}}, [sku = event.sku](Work& work, std::string&) { return AddUnits(work, sku, 1); });
    absl::Status ran = context.Run("add", std::move(add));
    if (!ran.ok()) return ran;
    return event.attempt < 3 ? absl::UnavailableError("again") : absl::OkStatus();
  });
  const auto dispatcher = Dispatch();
  MakeLow("a");
  ASSERT_TRUE(Reaches("a", LowStockEventState::kDone));
  EXPECT_EQ(EventOf("a").attempts, 3);
  ExpectLevel("a", 1, 1);
}

TEST_F(CustomActivityTest, RunsForSeveralRulesAtOnceAndForOneInTurn) {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  activity().Tell([&](const LowStockEvent&, Context&) {
    const int running = ++now;
    int seen = most;
    while (seen < running && !most.compare_exchange_weak(seen, running)) {
    }
    absl::SleepFor(absl::Milliseconds(200));
    --now;
    return absl::OkStatus();
  });
  const auto dispatcher = Dispatch(/*threads=*/3);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) MakeLow(name);
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) ASSERT_TRUE(Reaches(name, LowStockEventState::kDone));
  EXPECT_EQ(most, 3);
  EXPECT_EQ(activity().events().size(), 6u);
}

// More calls than there are threads, none of which ends before the test does.
TEST_F(CustomActivityTest, IsNotHeldUpByAnotherActivityNorAHostByAnother) {
  activity().Tell([](const LowStockEvent&, Context&) { return absl::OkStatus(); });
  HttpReceiver stalled(HttpReceiver::Stall());
  HttpReceiver prompt(HttpReceiver::Status(200));
  const auto dispatcher = Dispatch(/*threads=*/4, /*timeout=*/absl::Minutes(5));
  for (int i = 0; i < 8; ++i) MakeLow(absl::StrCat("stalled", i), {{"url", stalled.url()}}, "webhook");
  stalled.Await(2);
  MakeLow("other");
  EXPECT_TRUE(Reaches("other", LowStockEventState::kDone));
  std::string elsewhere = prompt.url();
  elsewhere.replace(elsewhere.find("127.0.0.1"), 9, "localhost");
  MakeLow("elsewhere", {{"url", elsewhere}}, "webhook");
  EXPECT_TRUE(Reaches("elsewhere", LowStockEventState::kDone)) << EventOf("elsewhere").last_error;
  EXPECT_EQ(stalled.requests().size(), 2u) << "half of the threads";
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(EventOf(absl::StrCat("stalled", i)).state, LowStockEventState::kPending);
  }
}

// Though nothing else is among the many that are due longest.
TEST_F(CustomActivityTest, IsNotHeldUpByMoreOfAnotherHostThanALookTakesNoteOf) {
  HttpReceiver stalled(HttpReceiver::Stall());
  HttpReceiver prompt(HttpReceiver::Status(200));
  std::vector<std::string> names;
  for (int i = 0; i < 3 * background::DueEvents::kPage; ++i) names.push_back(absl::StrCat("stalled", i));
  MakeAllLow(names, {{"url", stalled.url()}}, "webhook");
  std::string elsewhere = prompt.url();
  elsewhere.replace(elsewhere.find("127.0.0.1"), 9, "localhost");
  MakeLow("elsewhere", {{"url", elsewhere}}, "webhook");
  const auto dispatcher = Dispatch(/*threads=*/4, /*timeout=*/absl::Minutes(5));
  EXPECT_TRUE(Reaches("elsewhere", LowStockEventState::kDone)) << EventOf("elsewhere").last_error;
}

// Two servers may have different activities.
TEST_F(CustomActivityTest, IsLeftToAServerThatHasIt) {
  activity().Tell([](const LowStockEvent&, Context&) { return absl::OkStatus(); });
  const auto dispatcher = Dispatch();
  MakeLow("a", {}, "test_of_another_server");
  MakeLow("b");
  ASSERT_TRUE(Reaches("b", LowStockEventState::kDone));
  EXPECT_EQ(EventOf("a").attempts, 0);
  EXPECT_EQ(EventOf("a").state, LowStockEventState::kPending);
}

TEST_F(CustomActivityTest, IsToldThatTheServerStops) {
  std::atomic<bool> begun = false;
  activity().Tell([&begun](const LowStockEvent&, Context& context) {
    begun = true;
    while (!context.stopping()) absl::SleepFor(absl::Milliseconds(5));
    return absl::CancelledError("stopping");
  });
  auto dispatcher = Dispatch();
  MakeLow("a");
  ASSERT_TRUE(Eventually([&] { return begun.load(); }));
  dispatcher->Stop();
  EXPECT_EQ(EventOf("a").state, LowStockEventState::kPending);
  EXPECT_EQ(EventOf("a").attempts, 0);
}

}  // namespace
}  // namespace inventory::pipeline
