// Groups: how they form, what becomes of one that holds a bad command, and what never gets into one.
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "server/errors.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;

std::string Outcome(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), status.ok() ? "" : " ", ReasonOf(status));
}

bool AsksToRetry(const absl::Status& status) {
  const google::rpc::Status proto = ToProto(status);
  for (const google::protobuf::Any& detail : proto.details()) {
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&retry)) return retry.retry_delay().seconds() > 0 || retry.retry_delay().nanos() > 0;
  }
  return false;
}

// A command that changes the level and then refuses.
Call Refuse(const std::string& sku, const std::string& request_id = "") {
  Call call = Add(sku, 100, request_id);
  call.rule = [sku](Work& work, std::string&) {
    absl::Status added = AddUnits(work, sku, 100);
    return added.ok() ? Precondition("NOT_TODAY", "refused by the test") : added;
  };
  return call;
}

// A command whose movement the database refuses, as a fault of the service would: its reason is too long.
Call Poison(const std::string& sku, const std::string& request_id = "") {
  Call call = Add(sku, 100, request_id);
  call.rule = [sku](Work& work, std::string&) { return AddUnits(work, sku, 100, std::string(300, 'x')); };
  return call;
}

// ---- Forming ----

TEST_F(PipelineTest, WhatWaitsWhileALaneIsBusyIsCommittedTogether) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  std::vector<Pending> pending;
  for (int i = 0; i < 100; ++i) pending.push_back(committer->Submit(Add(i % 2 == 0 ? "a" : "b", 1)));
  EXPECT_EQ(committer->waiting(), 100u);
  LetGo();
  EXPECT_TRUE(blocked.Get().status.ok());
  for (int i = 0; i < 100; ++i) {
    // First in, first out.
    EXPECT_EQ(pending[i].Get(), (Answer{absl::OkStatus(), absl::StrCat(i % 2 == 0 ? "a " : "b ", i / 2 + 1)}));
  }
  EXPECT_THAT(committer->batches(), ElementsAre(1, 100));
  ExpectLevel("a", 50, 50);
  ExpectLevel("b", 50, 50);
}

// A lane reads items with their details while it meets items that have some, and otherwise only where there are some.
TEST_F(PipelineTest, DetailsOfItemsAreReadWithTheLockWhereTheyAreExpected) {
  const auto committer = Start();
  const auto add = [&](const std::string& sku) { EXPECT_TRUE(committer->Run(Add(sku, 1)).status.ok()); };
  const auto selects = [&] { return storage::Must(holder(), {"SHOW GLOBAL STATUS LIKE 'Com_select'"})[0].Int(1); };
  const auto selects_of = [&](const std::string& sku) {
    const int64_t before = selects();
    add(sku);
    return selects() - before;
  };
  add("plain");
  add("full");
  storage::Must(holder(), {"UPDATE item SET last_backorder = 7 WHERE sku = 'full'"});
  const int64_t usual = selects_of("plain");
  EXPECT_EQ(selects_of("full"), usual + 1);
  EXPECT_EQ(selects_of("full"), usual);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(selects_of("plain"), usual);
  EXPECT_EQ(selects_of("full"), usual);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(selects_of("plain"), usual);
  EXPECT_EQ(selects_of("full"), usual + 1);
  EXPECT_EQ(storage::Must(holder(), {"SELECT last_backorder FROM item WHERE sku = 'full'"})[0].Int(0), 7);
}

TEST_F(PipelineTest, ALoneCommandIsCommittedAtOnce) {
  const auto committer = Start();
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(committer->Run(Add("a", 1)).status.ok());
  EXPECT_THAT(committer->batches(), ElementsAre(1, 1, 1));
}

TEST_F(PipelineTest, ASkuThatOneLaneWaitsForDoesNotKeepOtherLanesFromOtherSkus) {
  GroupCommitter::Options settings = Settings();
  settings.lanes = 2;
  const auto committer = Start(settings);
  Pending blocked = Block(*committer);
  Pending behind = committer->Submit(Add("blocker", 1));
  EXPECT_TRUE(committer->Run(Add("a", 1)).status.ok());
  EXPECT_FALSE(blocked.ready());
  EXPECT_FALSE(behind.ready());
  LetGo();
  EXPECT_EQ(blocked.Get().reply, "blocker 1");
  EXPECT_EQ(behind.Get().reply, "blocker 2");
}

// ---- Bad commands ----

TEST_F(PipelineTest, ARefusedCommandLeavesNoTraceWhileItsBatchMatesCommit) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  Pending first = committer->Submit(Add("a", 1));
  Pending refused = committer->Submit(Refuse("a"));
  Pending second = committer->Submit(Add("a", 1));
  LetGo();
  EXPECT_EQ(first.Get().reply, "a 1");
  EXPECT_EQ(Outcome(refused.Get().status), "FAILED_PRECONDITION NOT_TODAY");
  EXPECT_EQ(second.Get().reply, "a 2");
  EXPECT_THAT(committer->batches(), ElementsAre(1, 3));
  ExpectLevel("a", 2, 2);
}

TEST_F(PipelineTest, CommandsThatTheDatabaseRefusesFailAloneAndAllOthersCommit) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  std::vector<Pending> pending;
  for (int i = 0; i < 16; ++i) {
    const std::string id = absl::StrCat("id", i);
    pending.push_back(committer->Submit(i == 5 || i == 12 ? Poison("a", id) : Add("a", 1, id)));
  }
  LetGo();
  for (int i = 0; i < 16; ++i) {
    const bool poisoned = i == 5 || i == 12;
    const Answer answer = pending[i].Get();
    EXPECT_EQ(answer.status.code(), poisoned ? absl::StatusCode::kInternal : absl::StatusCode::kOk) << i;
    EXPECT_EQ(Records(absl::StrCat("id", i)), poisoned ? 0 : 1) << i;
    // Nothing of the database's own words gets out.
    EXPECT_THAT(std::string(answer.status.message()), testing::Not(testing::HasSubstr("1406")));
  }
  EXPECT_GE(committer->retries("split"), 4);
  ExpectLevel("a", 14, 14);
}

TEST_F(PipelineTest, ALockThatIsHeldTooLongIsWaitedForAgain) {
  GroupCommitter::Options settings = Settings();
  settings.database.lock_wait_timeout = absl::Seconds(1);
  const auto committer = Start(settings);
  Hold({"a"});
  Pending pending = committer->Submit(Add("a", 1, "id"));
  EXPECT_TRUE(storage::Eventually([&] { return committer->retries("lock_timeout") > 0; }));
  EXPECT_FALSE(pending.ready());
  LetGo();
  EXPECT_EQ(pending.Get().reply, "a 1");
  ExpectLevel("a", 1, 1);
}

TEST_F(PipelineTest, OnlyWhoNeedsALockThatIsHeldTooLongFails) {
  GroupCommitter::Options settings = Settings();
  settings.database.lock_wait_timeout = absl::Seconds(1);
  const auto committer = Start(settings);
  Pending blocked = Block(*committer);
  std::map<std::string, Pending> pending;
  for (const char* sku : {"a", "b", "c", "d"}) pending.emplace(sku, committer->Submit(Add(sku, 1, sku)));
  storage::Must(*storage::MustOpen(options()), {"INSERT INTO item (sku) VALUES ('b')"});
  const std::unique_ptr<storage::Connection> stranger = storage::MustOpen(options());
  storage::Must(*stranger, {"BEGIN", "SELECT * FROM item WHERE sku = 'b' FOR UPDATE"});
  LetGo();
  blocked.Get();
  for (const char* sku : {"a", "c", "d"}) EXPECT_EQ(pending.at(sku).Get().reply, absl::StrCat(sku, " 1"));
  EXPECT_EQ(ReasonOf(pending.at("b").Get().status), "CONTENTION");
  EXPECT_GT(committer->retries("lock_timeout"), 0);
  EXPECT_GT(committer->retries("split"), 0);
  storage::Must(*stranger, {"ROLLBACK"});
  EXPECT_EQ(committer->Run(Add("b", 1, "b")).reply, "b 1");
}

TEST_F(PipelineTest, ADeadlockWithAStrangerReachesNoCaller) {
  const auto committer = Start();
  ASSERT_TRUE(committer->Run(Add("a", 1)).status.ok());
  Hold({"b"});
  // The stranger has written more, so the database gives up the pipeline's transaction.
  storage::Must(holder(), {"INSERT INTO item (sku) SELECT CONCAT('x', n) FROM (SELECT 1 AS n UNION ALL SELECT 2) s"});
  Call both = Add("a", 1);
  both.needs.skus = {"a", "b"};
  Pending pending = committer->Submit(both);
  WaitForLockWaits();  // It has a and waits for b.
  storage::Must(holder(), {"SELECT * FROM item WHERE sku = 'a' FOR UPDATE"});
  LetGo();
  EXPECT_EQ(pending.Get().reply, "a 2");
  EXPECT_EQ(committer->retries("deadlock"), 1);
  ExpectLevel("a", 2, 2);
}

// ---- What is not run ----

TEST_F(PipelineTest, AFullQueueRefusesAtOnceAndSaysWhenToComeBack) {
  GroupCommitter::Options settings = Settings();
  settings.queue.max_waiting = 3;
  const auto committer = Start(settings);
  Pending blocked = Block(*committer);
  std::vector<Pending> pending;
  for (int i = 0; i < 3; ++i) pending.push_back(committer->Submit(Add("a", 1)));
  Pending refused = committer->Submit(Add("b", 1));
  ASSERT_TRUE(refused.ready());
  const absl::Status status = refused.Get().status;
  EXPECT_EQ(Outcome(status), "RESOURCE_EXHAUSTED QUEUE_FULL");
  EXPECT_TRUE(AsksToRetry(status));
  LetGo();
  for (Pending& answer : pending) EXPECT_TRUE(answer.Get().status.ok());
  EXPECT_TRUE(committer->Run(Add("b", 1)).status.ok());
}

TEST_F(PipelineTest, LateAndCancelledCommandsAreDroppedUnexecuted) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  int runs = 0;  // Only the lane's thread counts.
  Call late = Add("a", 1, "late");
  late.rule = [&runs](Work&, std::string&) { return ++runs, absl::OkStatus(); };
  Call cancelled = late;
  cancelled.request_id = "cancelled";
  late.deadline = absl::Now();
  cancelled.cancelled = std::make_shared<std::atomic<bool>>(false);
  Pending late_answer = committer->Submit(late);
  Pending cancelled_answer = committer->Submit(cancelled);
  Pending other = committer->Submit(Add("a", 1));
  *cancelled.cancelled = true;
  LetGo();
  EXPECT_EQ(late_answer.Get().status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(cancelled_answer.Get().status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(other.Get().reply, "a 1");
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(committer->dropped("deadline"), 1);
  EXPECT_EQ(committer->dropped("cancelled"), 1);
  EXPECT_EQ(Records("late") + Records("cancelled"), 0);
}

TEST_F(PipelineTest, StopAnswersAllThatWaitsAndNothingAfterIt) {
  const auto committer = Start();
  Pending blocked = Block(*committer);
  std::vector<Pending> pending;
  for (int i = 0; i < 10; ++i) pending.push_back(committer->Submit(Add("a", 1)));
  std::thread stopping([&committer] { committer->Stop(); });
  LetGo();
  stopping.join();
  for (Pending& answer : pending) {
    ASSERT_TRUE(answer.ready());
    EXPECT_TRUE(answer.Get().status.ok());
  }
  Pending after = committer->Submit(Add("a", 1));
  ASSERT_TRUE(after.ready());
  const absl::Status status = after.Get().status;
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(AsksToRetry(status));
  ExpectLevel("a", 10, 10);
}

// ---- Rows that turn out to be needed ----

TEST_F(PipelineTest, ACommandThatNeedsMoreSkusRunsAgainWithThemLocked) {
  const auto committer = Start();
  int runs = 0;
  Call call = Add("a", 1, "id");
  call.rule = [&runs](Work& work, std::string& reply) {
    ++runs;
    absl::Status status = AddUnits(work, "a", 1);
    if (!work.Require("b") || !work.Require("c")) return absl::InternalError("this answer does not count");
    if (status.ok()) status = AddUnits(work, "b", 1);
    if (status.ok()) status = AddUnits(work, "c", 1);
    reply = "all";
    return status;
  };
  EXPECT_EQ(committer->Run(call), (Answer{absl::OkStatus(), "all"}));
  EXPECT_EQ(runs, 3);
  for (const char* sku : {"a", "b", "c"}) ExpectLevel(sku, 1, 1);
  EXPECT_EQ(Records("id"), 1);
}

TEST_F(PipelineTest, ACommandThatNeverHasEnoughIsGivenUpWithoutATrace) {
  const auto committer = Start();
  int runs = 0;
  Call call = Add("a", 1, "id");
  call.rule = [&runs](Work& work, std::string&) {
    absl::Status status = AddUnits(work, "a", 1);
    work.Require(absl::StrCat("more", ++runs));
    return status;
  };
  const Answer answer = committer->Run(call);
  EXPECT_EQ(Outcome(answer.status), "UNAVAILABLE CONTENTION");
  EXPECT_TRUE(AsksToRetry(answer.status));
  ExpectLevel("a", 0, 0);
  EXPECT_EQ(Records("id"), 0);
}

}  // namespace
}  // namespace inventory::pipeline
