// Who waits for a thread of the replica is served, or refused, in a fair order of callers.
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "server/reading/replica.h"
#include "tests/integration/database_fixture.h"

namespace inventory::reading {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReplicaReadsTest : public storage::DatabaseTest {
 protected:
  static constexpr std::size_t kMostWaiting = 3;

  // The database follows itself. The replica's one thread is busy until LetGo.
  void SetUp() override {
    DatabaseTest::SetUp();
    replica_ =
        std::make_unique<Replica>(Replica::Options{.database = options(), .primary = options(), .max_connections = 1});
    absl::Notification started;
    auto work = std::make_unique<Replica::Work>();
    work->share = "blocker";
    work->run = [this, &started] {
      started.Notify();
      let_go_.WaitForNotification();
    };
    replica_->Run(std::move(work), kMostWaiting);
    started.WaitForNotification();
  }

  // Work that is called by that name in Ran and Refused.
  void Ask(const std::string& share, const std::string& name) {
    auto work = std::make_unique<Replica::Work>();
    work->share = share;
    work->run = [this, name] { Note(ran_, name); };
    work->refuse = [this, name] { Note(refused_, name); };
    replica_->Run(std::move(work), kMostWaiting);
  }

  // In order, once all that waits has run.
  std::vector<std::string> Ran() {
    if (!let_go_.HasBeenNotified()) let_go_.Notify();
    replica_->Stop();
    return ran_;
  }
  const std::vector<std::string>& refused() const { return refused_; }
  const Replica& replica() const { return *replica_; }

 private:
  void Note(std::vector<std::string>& names, const std::string& name) {
    const std::lock_guard lock(mutex_);
    names.push_back(name);
  }

  std::mutex mutex_;
  std::vector<std::string> ran_;
  std::vector<std::string> refused_;
  absl::Notification let_go_;
  std::unique_ptr<Replica> replica_;
};

TEST_F(ReplicaReadsTest, TurnsGoRound) {
  Ask("greedy", "g1");
  Ask("greedy", "g2");
  Ask("modest", "m1");
  EXPECT_EQ(replica().waiting(), 3u);
  EXPECT_THAT(Ran(), ElementsAre("g1", "m1", "g2"));
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_EQ(replica().waiting(), 0u);
}

TEST_F(ReplicaReadsTest, WhoHasMostWaitingGivesWay) {
  Ask("greedy", "g1");
  Ask("greedy", "g2");
  Ask("greedy", "g3");
  Ask("greedy", "g4");
  EXPECT_THAT(refused(), ElementsAre("g4"));
  Ask("modest", "m1");
  EXPECT_THAT(refused(), ElementsAre("g4", "g3"));
  Ask("modest", "m2");
  EXPECT_THAT(refused(), ElementsAre("g4", "g3", "m2")) << "it would have as much as the other";
  EXPECT_THAT(Ran(), ElementsAre("g1", "m1", "g2"));
}

TEST_F(ReplicaReadsTest, WhatComesAfterTheEndIsRefused) {
  Ask("a", "a1");
  EXPECT_THAT(Ran(), ElementsAre("a1"));
  Ask("a", "a2");
  EXPECT_THAT(Ran(), ElementsAre("a1"));
  EXPECT_THAT(refused(), ElementsAre("a2"));
}

}  // namespace
}  // namespace inventory::reading
