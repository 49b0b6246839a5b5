#include "tests/bench/cores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <numeric>
#include <thread>

namespace inventory::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<int> UpTo(int cores) {
  std::vector<int> all(static_cast<std::size_t>(cores));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// A process that does nothing for as long as this lives.
class Idler {
 public:
  Idler() : pid_(fork()) {
    while (pid_ == 0) pause();
  }
  ~Idler() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  int pid() const { return pid_; }

 private:
  const int pid_;
};

TEST(SplitCoresTest, LeavesThreeQuartersToTheServerButHasOneForTheLoad) {
  EXPECT_EQ(SplitCores({}), std::nullopt);
  EXPECT_EQ(SplitCores({3}), std::nullopt);
  EXPECT_THAT(SplitCores({2, 5})->load, ElementsAre(5));
  EXPECT_THAT(SplitCores({2, 5})->server, ElementsAre(2));
  EXPECT_THAT(SplitCores(UpTo(7))->load, ElementsAre(6));
  EXPECT_THAT(SplitCores(UpTo(8))->load, ElementsAre(6, 7));
  EXPECT_THAT(SplitCores(UpTo(8))->server, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(SplitCoresTest, IsDescribed) {
  EXPECT_EQ(Describe(SplitCores({0, 1})), "load on core 1, server and database on core 0");
  EXPECT_EQ(Describe(SplitCores(UpTo(4))), "load on core 3, server and database on cores 0, 1 and 2");
  EXPECT_EQ(Describe(SplitCores({0})), "load, server and database share one core");
}

TEST(LoadApartTest, KeepsAllThreadsOfBothSidesApartAsLongAsItLives) {
  const std::vector<int> all = UsableCores();
  if (all.size() < 2) GTEST_SKIP() << "there is only one core";
  std::atomic<int> thread_id = 0;
  std::atomic<bool> ended = false;
  std::thread thread([&] {
    thread_id = gettid();
    while (!ended) std::this_thread::yield();
  });
  while (thread_id == 0) std::this_thread::yield();
  const Idler server;
  {
    const LoadApart apart({server.pid()});
    ASSERT_TRUE(apart.status().ok()) << apart.status();
    EXPECT_EQ(apart.load_cores(), SplitCores(all)->load.size());
    EXPECT_THAT(UsableCores(0), ElementsAreArray(SplitCores(all)->load));
    EXPECT_THAT(UsableCores(thread_id), ElementsAreArray(SplitCores(all)->load));
    EXPECT_THAT(UsableCores(server.pid()), ElementsAreArray(SplitCores(all)->server));
  }
  EXPECT_THAT(UsableCores(0), ElementsAreArray(all));
  EXPECT_THAT(UsableCores(thread_id), ElementsAreArray(all));
  EXPECT_THAT(UsableCores(server.pid()), ElementsAreArray(all));
  ended = true;
  thread.join();
}

TEST(LoadApartTest, FailsWithoutAServer) {
  const std::vector<int> all = UsableCores();
  if (all.size() < 2) GTEST_SKIP() << "there is only one core";
  int gone = 0;
  {
    const Idler server;
    gone = server.pid();
  }
  {
    const LoadApart apart({gone});
    EXPECT_TRUE(absl::IsInternal(apart.status()));
    EXPECT_THAT(apart.status().message(), HasSubstr("no process"));
  }
  EXPECT_THAT(UsableCores(0), ElementsAreArray(all));
}

}  // namespace
}  // namespace inventory::bench
