// Reads wait in a fair order of callers, and lists keep nobody from selling.
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "server/errors.h"
#include "server/reading/reader.h"
#include "tests/integration/database_fixture.h"

namespace inventory::reading {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FairReadsTest : public storage::DatabaseTest {
 protected:
  // With so many threads, and room for so many reads that wait.
  void Start(int threads, std::size_t max_waiting = 100) {
    pool_ = std::make_unique<storage::ConnectionPool>(
        storage::ConnectionPool::Options{.database = options(), .max_connections = static_cast<std::size_t>(threads)});
    reads_ = std::make_unique<ReadExecutor>(ReadExecutor::Options{.threads = threads, .max_waiting = max_waiting},
                                            *pool_, configurations_);
  }

  // Keeps a thread busy until LetGo; returns once it does.
  void Block(Freshness freshness) {
    absl::Notification started;
    reads_->Run(
        {.share = "blocker"},
        [this, &started](Reader&) {
          started.Notify();
          let_go_.WaitForNotification();
          return absl::OkStatus();
        },
        [](const absl::Status&) {}, freshness);
    started.WaitForNotification();
  }
  void LetGo() { let_go_.Notify(); }

  // A read that is called by that name in Ended and Refused.
  void Ask(const std::string& share, const std::string& name, Freshness freshness = Freshness::kCurrent) {
    reads_->Run(
        {.share = share}, [](Reader&) { return absl::OkStatus(); },
        [this, name](const absl::Status& status) {
          EXPECT_TRUE(status.ok() || ReasonOf(status) == "QUEUE_FULL") << status;
          const std::lock_guard lock(mutex_);
          (status.ok() ? ended_ : refused_).push_back(name);
        },
        freshness);
  }

  // In order, once all that were asked have ended.
  std::vector<std::string> Ended() {
    reads_->Stop();
    return ended_;
  }
  std::vector<std::string> Refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

  std::unique_ptr<ReadExecutor> reads_;

 private:
  std::unique_ptr<storage::ConnectionPool> pool_;
  pipeline::ConfigurationCache configurations_;
  absl::Notification let_go_;
  std::mutex mutex_;
  std::vector<std::string> ended_;
  std::vector<std::string> refused_;
};

TEST_F(FairReadsTest, CallersTakeTurns) {
  Start(/*threads=*/1);
  Block(Freshness::kCurrent);
  for (int i = 1; i <= 5; ++i) Ask("a", absl::StrCat("a", i));
  for (int i = 1; i <= 2; ++i) Ask("b", absl::StrCat("b", i));
  LetGo();
  EXPECT_THAT(Ended(), ElementsAre("a1", "b1", "a2", "b2", "a3", "a4", "a5"));
}

TEST_F(FairReadsTest, ListsAndOthersTakeTurnsWhereOneThreadHasBoth) {
  Start(/*threads=*/1);
  Block(Freshness::kCurrent);
  for (int i = 1; i <= 3; ++i) Ask("a", absl::StrCat("list", i), Freshness::kBounded);
  for (int i = 1; i <= 2; ++i) Ask("a", absl::StrCat("level", i));
  LetGo();
  EXPECT_THAT(Ended(), ElementsAre("list1", "level1", "list2", "level2", "list3"));
}

TEST_F(FairReadsTest, ListsLeaveAThreadToOthers) {
  Start(/*threads=*/2);
  Block(Freshness::kBounded);
  for (int i = 1; i <= 50; ++i) Ask("a", absl::StrCat("list", i), Freshness::kBounded);
  // Again and again, so that it is not only whoever was idle.
  for (int i = 0; i < 20; ++i) {
    absl::Notification answered;
    reads_->Run(
        {.share = "b"}, [](Reader&) { return absl::OkStatus(); },
        [&answered](const absl::Status& status) {
          EXPECT_TRUE(status.ok());
          answered.Notify();
        });
    ASSERT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(20)));
  }
  EXPECT_EQ(reads_->waiting(), 50u);
  LetGo();
  EXPECT_EQ(Ended().size(), 50u);
}

TEST_F(FairReadsTest, WhereTooManyWaitWhoHasMostWaitingGivesWay) {
  Start(/*threads=*/1, /*max_waiting=*/4);
  Block(Freshness::kCurrent);
  for (int i = 1; i <= 4; ++i) Ask("a", absl::StrCat("a", i));
  EXPECT_THAT(Refused(), IsEmpty());
  Ask("a", "a5");
  Ask("b", "b1");
  EXPECT_THAT(Refused(), ElementsAre("a5", "a4"));
  // Lists have room of their own.
  Ask("a", "list", Freshness::kBounded);
  EXPECT_THAT(Refused(), ElementsAre("a5", "a4"));
  LetGo();
  EXPECT_EQ(Ended().size(), 5u);
  Ask("a", "late");
  EXPECT_THAT(Refused(), ElementsAre("a5", "a4", "late"));
}

}  // namespace
}  // namespace inventory::reading
