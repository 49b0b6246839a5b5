// The first write of a SKU that others make at the same moment: nothing could be locked, and nothing may be missed.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/integration/pipeline_fixture.h"

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
  EXPECT_EQ(committer->retries("duplicate"), 1);
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

TEST_F(PipelineNewSkusTest, AnItemOfARefusedWriteIsNoStock) {
  const auto committer = Start();
  Call call = Add("new", 1);
  call.rule = [](Work&, std::string&) { return absl::FailedPreconditionError("refused by the test"); };
  EXPECT_FALSE(committer->Run(call).status.ok());
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
