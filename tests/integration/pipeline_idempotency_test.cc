// A request id has one effect and one answer, whatever the pipeline meets on the way.
#include <thread>

#include "gmock/gmock.h"
#include "server/errors.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;

class PipelineIdempotencyTest : public PipelineTest {
 protected:
  // Submits ten copies at once, in turn to each committer, and gives their answers.
  static std::vector<Answer> SubmitTenTimes(const std::vector<Committer*>& committers, const Call& call) {
    std::vector<Answer> answers(10);
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      callers.emplace_back([&, i] { answers[i] = committers[i % committers.size()]->Run(call); });
    }
    for (std::thread& caller : callers) caller.join();
    return answers;
  }

  // A committer with several lanes.
  std::unique_ptr<Committer> StartWide() const {
    GroupCommitter::Options settings = Settings();
    settings.lanes = 3;
    return Start(settings);
  }

  static Call Reuse(Call call) {
    call.payload = "another payload";
    return call;
  }

  static std::string ReasonOfRun(Committer& committer, const Call& call) {
    return ReasonOf(committer.Run(call).status);
  }
};

TEST_F(PipelineIdempotencyTest, TenCopiesAtOnceHaveOneEffectAndOneAnswer) {
  const auto committer = StartWide();
  for (int round = 1; round <= 10; ++round) {
    for (const Answer& answer : SubmitTenTimes({committer.get()}, Add("a", 1, absl::StrCat("id", round)))) {
      EXPECT_EQ(answer, (Answer{absl::OkStatus(), absl::StrCat("a ", round)}));
    }
  }
  ExpectLevel("a", 10, 10);
}

TEST_F(PipelineIdempotencyTest, TenCopiesOverTwoCommittersHaveOneEffectAndOneAnswer) {
  const auto one = StartWide();
  const auto other = StartWide();
  for (int round = 1; round <= 10; ++round) {
    for (const Answer& answer : SubmitTenTimes({one.get(), other.get()}, Add("a", 1, absl::StrCat("id", round)))) {
      EXPECT_EQ(answer, (Answer{absl::OkStatus(), absl::StrCat("a ", round)}));
    }
    EXPECT_EQ(Records(absl::StrCat("id", round)), 1);
  }
  ExpectLevel("a", 10, 10);
}

TEST_F(PipelineIdempotencyTest, CopiesInOneBatchRunOnce) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  int runs = 0;
  Call call = Add("a", 1, "id");
  call.rule = [&runs, add = call.rule](Work& work, std::string& reply) { return ++runs, add(work, reply); };
  std::vector<Pending> copies;
  for (int i = 0; i < 10; ++i) copies.push_back(committer->Submit(call));
  LetGo();
  for (Pending& copy : copies) EXPECT_EQ(copy.Get().reply, "a 1");
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(committer->batches(), ElementsAre(1, 1));
  ExpectLevel("a", 1, 1);
}

TEST_F(PipelineIdempotencyTest, CopiesOfACommandThatNeedsMoreHaveOneEffect) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  Call call = Add("a", 1, "id");
  call.rule = [add = call.rule](Work& work, std::string& reply) {
    return work.Require("b") ? add(work, reply) : absl::InternalError("this answer does not count");
  };
  std::vector<Pending> copies;
  for (int i = 0; i < 5; ++i) copies.push_back(committer->Submit(call));
  LetGo();
  for (Pending& copy : copies) EXPECT_EQ(copy.Get().reply, "a 1");
  ExpectLevel("a", 1, 1);
}

TEST_F(PipelineIdempotencyTest, ALateCopyGetsTheFirstAnswerAndItsBatchMatesTheirOwn) {
  const auto committer = Start();
  EXPECT_EQ(committer->Run(Add("a", 1, "id")).reply, "a 1");
  Pending blocked = Block(*committer);
  Pending before = committer->Submit(Add("a", 1, "before"));
  Pending copy = committer->Submit(Add("a", 1, "id"));
  Pending after = committer->Submit(Add("a", 1));
  LetGo();
  EXPECT_EQ(before.Get().reply, "a 2");
  EXPECT_EQ(copy.Get().reply, "a 1");
  EXPECT_EQ(after.Get().reply, "a 3");
  EXPECT_EQ(committer->retries("duplicate"), 1);
  ExpectLevel("a", 3, 3);
}

TEST_F(PipelineIdempotencyTest, TheIdOfAnotherPayloadIsRefusedForGood) {
  const auto committer = Start();
  const auto other = Start();
  EXPECT_EQ(committer->Run(Add("a", 1, "id")).reply, "a 1");
  EXPECT_EQ(ReasonOfRun(*committer, Reuse(Add("a", 1, "id"))), "REQUEST_ID_REUSED");
  EXPECT_EQ(ReasonOfRun(*other, Reuse(Add("b", 1, "id"))), "REQUEST_ID_REUSED");
  EXPECT_EQ(other->Run(Add("a", 1, "id")).reply, "a 1");
  ExpectLevel("a", 1, 1);
  ExpectLevel("b", 0, 0);
}

TEST_F(PipelineIdempotencyTest, AnotherPayloadThatWaitsBesideTheFirstIsRefused) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  Pending first = committer->Submit(Add("a", 1, "id"));
  Pending reused = committer->Submit(Reuse(Add("a", 1, "id")));
  Pending copy = committer->Submit(Add("a", 1, "id"));
  LetGo();
  EXPECT_EQ(first.Get().reply, "a 1");
  EXPECT_EQ(ReasonOf(reused.Get().status), "REQUEST_ID_REUSED");
  EXPECT_EQ(copy.Get().reply, "a 1");
  ExpectLevel("a", 1, 1);
}

TEST_F(PipelineIdempotencyTest, OfTwoPayloadsOverTwoCommittersOneWins) {
  const auto one = Start();
  const auto other = Start();
  Hold({"a", "b"});
  const Call first = Add("a", 1, "id");
  const Call second = Reuse(Add("b", 1, "id"));
  Pending of_first = one->Submit(first);
  Pending of_second = other->Submit(second);
  WaitForLockWaits(2);
  LetGo();
  const Answer a = of_first.Get();
  const Answer b = of_second.Get();
  EXPECT_NE(a.status.ok(), b.status.ok());
  EXPECT_EQ(ReasonOf(a.status.ok() ? b.status : a.status), "REQUEST_ID_REUSED");
  ExpectLevel("a", 1, a.status.ok() ? 1 : 0);
  ExpectLevel("b", 1, b.status.ok() ? 1 : 0);
  EXPECT_EQ(Records("id"), 1);
}

TEST_F(PipelineIdempotencyTest, ARefusalIsRecordedAndAnsweredAgainWithItsDetails) {
  bool refuse = true;
  Call call = Add("a", 1, "id");
  call.rule = [&refuse, add = call.rule](Work& work, std::string& reply) {
    absl::Status added = add(work, reply);
    return refuse ? Precondition("NOT_TODAY", "refused by the test", {{"sku", "a"}}) : added;
  };
  const absl::Status first = Start()->Run(call).status;
  EXPECT_EQ(ReasonOf(first), "NOT_TODAY");
  refuse = false;
  EXPECT_EQ(Start()->Run(call).status, first);
  ExpectLevel("a", 0, 0);
  EXPECT_EQ(Records("id"), 1);
}

TEST_F(PipelineIdempotencyTest, TroubleThatMayPassLeavesTheIdFree) {
  const auto committer = Start();
  for (const absl::Status& trouble :
       {absl::InternalError("bug"), absl::UnavailableError("away"), absl::ResourceExhaustedError("full")}) {
    Call call = Add("a", 1, "id");
    call.rule = [&trouble](Work&, std::string&) { return trouble; };
    EXPECT_EQ(committer->Run(call).status.code(), trouble.code());
    EXPECT_EQ(Records("id"), 0);
  }
  EXPECT_EQ(committer->Run(Add("a", 1, "id")).reply, "a 1");
}

TEST_F(PipelineIdempotencyTest, WithoutAnIdEveryCallCountsAndNothingIsRecorded) {
  const auto committer = Start();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(committer->Run(Add("a", 1)).status.ok());
  EXPECT_EQ(storage::Must(connection(), {"SELECT COUNT(*) FROM request_record"})[0].Int(0), 0);
  ExpectLevel("a", 3, 3);
}

}  // namespace
}  // namespace inventory::pipeline
