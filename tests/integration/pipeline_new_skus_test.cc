// The first write of a SKU that others make at the same moment: nothing could be locked, and nothing may be missed.
#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

class PipelineNewSkusTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    other_ = Start();
  }
  void TearDown() override {
    other_.reset();
    PipelineTest::TearDown();
  }

  // The call, during whose first run, when its batch has found no "new", another server adds 5 of it.
  Call Meanwhile(Call call) {
    call.rule = [this, rule = std::move(call.rule)](Work& work, std::string& reply) {
      const bool first = !std::exchange(made_, true);
      EXPECT_TRUE(!first || other_->Run(Add("new", 5)).status.ok());
      return rule(work, reply);
    };
    return call;
  }

  std::unique_ptr<Committer> other_;

 private:
  bool made_ = false;
};

TEST_F(PipelineNewSkusTest, ASkuThatOthersHaveMadeIsFoundBeforeAnythingIsWritten) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  ASSERT_TRUE(other_->Run(Add("old", 1)).status.ok());
  Pending of_new = committer->Submit(Meanwhile(Add("new", 1, "id")));
  Pending of_old = committer->Submit(Add("old", 1));
  LetGo();
  EXPECT_EQ(of_new.Get().reply, "new 2");
  EXPECT_EQ(of_old.Get().reply, "old 2");
  EXPECT_EQ(committer->retries("item"), 1);
  EXPECT_EQ(Records("id"), 1);
  ExpectLevel("new", 6, 2);
  ExpectLevel("old", 2, 2);
}

TEST_F(PipelineNewSkusTest, WhoGoesByAStockThatIsNotThereHearsThatItIs) {
  const auto committer = Start();
  ASSERT_TRUE(other_->Run(Add("old", 1)).status.ok());
  Call call{.needs = {.skus = {"new", "old"}, .create_items = true}, .rule = [](Work& work, std::string& reply) {
              const storage::LevelRecord* level = work.rows().levels.Find({"new", "w1"});
              const int64_t seen = level == nullptr ? 0 : level->quantities.on_hand;
              reply = absl::StrCat(seen);
              return AddUnits(work, "old", 1 + seen);
            }};
  EXPECT_EQ(committer->Run(Meanwhile(call)).reply, "5");
  ExpectLevel("old", 7, 2);
  ExpectLevel("new", 5, 1);
}

// The batch has found no item, and others commit before it reads the levels.
TEST_F(PipelineNewSkusTest, StockThatComesBeforeTheLevelsAreReadIsNotTakenForTheBatchsOwn) {
  const auto committer = Start();
  storage::Must(holder(), {"BEGIN", "SELECT * FROM configuration FOR UPDATE"});
  Call call = Add("new", 1);
  call.needs.configuration = true;  // Locked between the two.
  Pending pending = committer->Submit(call);
  WaitForLockWaits();
  EXPECT_TRUE(other_->Run(Add("new", 5)).status.ok());
  LetGo();
  EXPECT_EQ(pending.Get().reply, "new 2");
  EXPECT_EQ(committer->retries("item"), 1);
  ExpectLevel("new", 6, 2);
}

TEST_F(PipelineNewSkusTest, WhoIsRefusedForWantOfStockIsNotIfItComes) {
  const auto committer = Start();
  Call call = Add("new", 1);
  call.rule = [](Work& work, std::string&) {
    const bool there = work.rows().levels.Find({"new", "w1"}) != nullptr;
    return there ? AddUnits(work, "new", -3) : absl::FailedPreconditionError("refused by the test");
  };
  EXPECT_TRUE(committer->Run(Meanwhile(call)).status.ok());
  ExpectLevel("new", 2, 2);
}

// The pipeline has "z" and waits to make "a", which a stranger has who waits for "z".
TEST_F(PipelineNewSkusTest, ADeadlockWithWhoHasTheNewSkuReachesNoCaller) {
  const auto committer = Start();
  ASSERT_TRUE(other_->Run(Add("z", 1)).status.ok());
  std::thread stranger;
  Call call{.needs = {.skus = {"a", "z"}, .create_items = true}};
  call.rule = [&](Work& work, std::string&) {
    if (!stranger.joinable()) {
      EXPECT_TRUE(other_->Run(Add("a", 5)).status.ok());
      stranger = std::thread([this] {
        // One of the two is given up.
        storage::Try(holder(), {"BEGIN", "SELECT * FROM item WHERE sku = 'a' FOR UPDATE",
                                "SELECT * FROM item WHERE sku = 'z' FOR UPDATE"})
            .status()
            .IgnoreError();
        storage::Must(holder(), {"ROLLBACK"});
      });
      WaitForLockWaits();
    }
    absl::Status added = AddUnits(work, "a", 1);
    return added.ok() ? AddUnits(work, "z", 1) : added;
  };
  EXPECT_TRUE(committer->Run(call).status.ok());
  stranger.join();
  EXPECT_GE(committer->retries("deadlock") + committer->retries("item"), 1);
  ExpectLevel("a", 6, 2);
  ExpectLevel("z", 2, 2);
}

TEST_F(PipelineNewSkusTest, AnItemOfARefusedWriteIsNoStock) {
  const auto committer = Start();
  Call call = Add("new", 1);
  call.rule = [](Work&, std::string&) { return absl::FailedPreconditionError("refused by the test"); };
  EXPECT_FALSE(committer->Run(call).status.ok());
  EXPECT_EQ(storage::Must(connection(), {"SELECT COUNT(*) FROM item WHERE sku = 'new'"})[0].Int(0), 1);
  ExpectLevel("new", 0, 0);
  EXPECT_EQ(committer->Run(Add("new", 2)).reply, "new 1");
  EXPECT_EQ(other_->Run(Add("new", 3)).reply, "new 2");
  ExpectLevel("new", 5, 2);
}

TEST_F(PipelineNewSkusTest, ManyThatSeveralServersMakeAtOnceAreEachMadeOnce) {
  constexpr int kSkus = 60;
  constexpr int kCallsEach = 80;
  GroupCommitter::Options settings = Settings();
  settings.lanes = 2;
  std::vector<std::unique_ptr<Committer>> servers;
  for (int i = 0; i < 3; ++i) servers.push_back(Start(settings));
  std::vector<Pending> pending;
  std::vector<int> calls(kSkus);
  absl::BitGen random;
  for (int i = 0; i < kCallsEach; ++i) {
    for (const auto& server : servers) {
      Call call{.needs = {.create_items = true}};
      std::vector<std::string> skus;
      for (int part = 0; part < 3; ++part) {
        // New ones come up all the time, for all servers at about the same moment.
        const int sku = std::min(kSkus - 1, i * kSkus / kCallsEach + absl::Uniform(random, 0, 3) + part * 3);
        skus.push_back(absl::StrCat("s", 100 + sku));
        ++calls[sku];
      }
      call.needs.skus = skus;
      call.rule = [skus](Work& work, std::string&) {
        absl::Status added;
        for (const std::string& sku : skus) {
          if (added.ok()) added = AddUnits(work, sku, 1);
        }
        return added;
      };
      pending.push_back(server->Submit(call));
    }
  }
  for (Pending& one : pending) EXPECT_TRUE(one.Get().status.ok());
  for (int i = 0; i < kSkus; ++i) ExpectLevel(absl::StrCat("s", 100 + i), calls[i], calls[i]);
}

}  // namespace
}  // namespace inventory::pipeline
