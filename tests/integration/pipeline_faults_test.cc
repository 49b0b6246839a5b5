// Connections and databases that die at the worst moments: nothing acknowledged is lost, nothing is applied twice.
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "server/errors.h"
#include "server/pipeline/batch.h"
#include "server/pipeline/packet.h"
#include "storage/migrator.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

class PipelineFaultsTest : public PipelineTest {
 protected:
  // Runs the job as after a COMMIT whose outcome is unknown, and says how many holds that has released.
  int64_t RunRecordsFirst(Job& job) {
    ConfigurationCache configurations;
    const CommandLimits limits;
    // As a lane that has met no details so far.
    Batch batch(connection(), configurations, limits, {&job}, Batch::Mode::kRecordsFirst, /*event_log=*/0,
                storage::ItemDetails::kWhether);
    const absl::Status status = batch.Run();
    EXPECT_TRUE(status.ok()) << status;
    return batch.holds_released();
  }

  // A job of "a", as a lane takes it.
  static std::unique_ptr<Job> ResolvedJob(const Call& call) {
    std::unique_ptr<Job> job = MakeJob(call);
    job->needs = job->command->needs();
    job->skus = {"a"};
    return job;
  }

  // Puts a record of the id into the holder's open transaction. The pipeline's own insert then waits for it: in the
  // packet that ends with COMMIT.
  void HoldRequest(const std::string& request_id, const std::string& reply) {
    const std::unique_ptr<Job> job = MakeJob(Add("a", 1, request_id));
    const storage::RequestRecord record{.caller = job->identity.caller,
                                        .request_id = request_id,
                                        .fingerprint = job->identity.fingerprint,
                                        .reply = reply,
                                        .create_time = absl::Now()};
    storage::Sql sql;
    sql.Raw("BEGIN");
    storage::AppendInsertRequests(sql, {&record});
    EXPECT_TRUE(holder().Execute(sql).ok());
  }

  // Kills the pipeline's session, which waits, and waits until it is back and waits again.
  void KillWhoWaits(const Committer& committer) {
    storage::Kill(connection(), WaitForLockWaits());
    EXPECT_TRUE(storage::Eventually([&] { return committer.retries("connection_lost") > 0; }));
    WaitForLockWaits();
  }
};

TEST_F(PipelineFaultsTest, AConnectionKilledBetweenBatchesIsReplacedUnnoticed) {
  const auto committer = Start();
  EXPECT_EQ(committer->Run(Add("a", 1)).reply, "a 1");
  const int64_t held = storage::IdOf(holder());
  std::vector<int64_t> sessions = storage::SessionsOf(connection(), options().database);
  std::erase(sessions, held);
  ASSERT_EQ(sessions.size(), 1u);
  storage::Kill(connection(), sessions);
  EXPECT_EQ(committer->Run(Add("a", 1)).reply, "a 2");
}

TEST_F(PipelineFaultsTest, AConnectionKilledBeforeALookAtTheDatabaseIsReplacedUnnoticed) {
  const auto committer = Start();
  EXPECT_EQ(committer->Run(Add("a", 1)).reply, "a 1");
  std::vector<int64_t> sessions = storage::SessionsOf(connection(), options().database);
  std::erase(sessions, storage::IdOf(holder()));
  storage::Kill(connection(), sessions);
  // Which SKUs it locks must be looked up.
  Call call{.needs = {.reservations = {"unknown"}},
            .rule = [](Work&, std::string&) { return NotFound("NOTHING_THERE", "refused by the test"); }};
  EXPECT_EQ(ReasonOf(committer->Run(call).status), "NOTHING_THERE");
}

TEST_F(PipelineFaultsTest, AConnectionKilledWhileItWaitsForLocksIsReplacedUnnoticed) {
  const auto committer = Start();
  Hold({"a"});
  Pending pending = committer->Submit(Add("a", 1, "id"));
  KillWhoWaits(*committer);
  LetGo();
  EXPECT_EQ(pending.Get().reply, "a 1");
  ExpectLevel("a", 1, 1);
}

TEST_F(PipelineFaultsTest, AConnectionKilledWhileItCommitsIsRunAgainIfNothingWasCommitted) {
  const auto committer = Start();
  HoldRequest("id", "");
  Pending pending = committer->Submit(Add("a", 1, "id"));
  KillWhoWaits(*committer);
  EXPECT_FALSE(pending.ready());
  LetGo();
  EXPECT_EQ(pending.Get().reply, "a 1");
  EXPECT_EQ(Records("id"), 1);
  ExpectLevel("a", 1, 1);
  EXPECT_EQ(committer->Run(Add("a", 1, "id")).reply, "a 1");
}

TEST_F(PipelineFaultsTest, AConnectionKilledWhileItCommitsIsAnsweredFromTheRecordIfItWasCommitted) {
  const auto committer = Start();
  HoldRequest("id", "as committed");
  Pending pending = committer->Submit(Add("a", 1, "id"));
  Pending other = committer->Submit(Add("a", 1, "other"));
  KillWhoWaits(*committer);
  EXPECT_FALSE(pending.ready());
  storage::Must(holder(), {"COMMIT"});
  EXPECT_EQ(pending.Get().reply, "as committed");
  EXPECT_EQ(other.Get().reply, "a 1");
  EXPECT_EQ(Records("id"), 1);
  ExpectLevel("a", 1, 1);
}

// The session that the pipeline has given up lives on in the server, waits for its turn and may still commit.
TEST_F(PipelineFaultsTest, ACommitThatEndsAfterItsCallerHasGivenUpOnItCountsOnce) {
  GroupCommitter::Options settings = Settings();
  settings.database.read_timeout = absl::Seconds(2);
  const auto committer = Start(settings);
  HoldRequest("id", "");
  Pending pending = committer->Submit(Add("a", 1, "id"));
  EXPECT_TRUE(storage::Eventually([&] { return committer->retries("connection_lost") > 0; }));
  LetGo();
  const Answer answer = pending.Get();
  EXPECT_EQ(answer, (Answer{absl::OkStatus(), "a 1"}));
  EXPECT_EQ(committer->Run(Add("a", 1, "id")), answer);
  EXPECT_EQ(Records("id"), 1);
  ExpectLevel("a", 1, 1);
}

// The records go in first, and the release of so many dead holds needs a commit of its own before the command's.
TEST_F(PipelineFaultsTest, RecordsThatGoFirstAreNotMistakenForAnAnswerAfterTheReleaseOfManyHolds) {
  constexpr int kHolds = 1001;
  const absl::Time past = absl::Now() - absl::Hours(1);
  std::vector<storage::ReservationRecord> reservations;
  std::vector<storage::ReservationLineRecord> lines;
  std::vector<storage::AllocationRecord> parts;
  for (int i = 0; i < kHolds; ++i) {
    const std::string id = absl::StrCat("r", i);
    storage::ReservationRecord reservation;
    reservation.reservation_id = id;
    reservation.expire_time = past;
    reservations.push_back(reservation);
    lines.push_back({.reservation_id = id, .sku = "a", .requested = 1, .reserved = 1});
    parts.push_back({.reservation_id = id, .sku = "a", .warehouse_id = "w1", .reserved = 1, .expire_time = past});
  }
  Packet packet;
  packet.Add([&](storage::Sql& sql) { return storage::AppendInsert(sql, Pointers(reservations)); });
  packet.Add([&](storage::Sql& sql) { return storage::AppendInsert(sql, Pointers(lines)); });
  packet.Add([&](storage::Sql& sql) { return storage::AppendInsert(sql, Pointers(parts)); });
  ASSERT_TRUE(packet.Send(connection()).ok());
  storage::Must(connection(),
                {"INSERT INTO item (sku, last_backorder) VALUES ('a', 7)",
                 absl::StrCat("INSERT INTO stock_level (sku, warehouse_id, on_hand, reserved, safety_stock, damaged, "
                              "quality_control, version, update_time) VALUES ('a', 'w1', ",
                              kHolds, ", ", kHolds, ", 0, 0, 0, 0, NOW(6))")});

  const std::unique_ptr<Job> job = ResolvedJob(Add("a", 1, "id"));
  EXPECT_EQ(RunRecordsFirst(*job), kHolds);
  EXPECT_EQ(dynamic_cast<TestCommand&>(*job->command).reply(), absl::StrCat("a ", kHolds + 1));
  const storage::Rows level = storage::Must(connection(), {"SELECT on_hand, reserved FROM stock_level"});
  EXPECT_EQ(level[0].Int(0), kHolds + 1);
  EXPECT_EQ(level[0].Int(1), 0);
  EXPECT_EQ(storage::Must(connection(), {"SELECT last_backorder FROM item"})[0].Int(0), 7);
  EXPECT_EQ(Start()->Run(Add("a", 1, "id")).reply, absl::StrCat("a ", kHolds + 1));
}

// A record that looked older than it is would be deleted, and its command could run once more.
TEST_F(PipelineFaultsTest, RecordsThatGoFirstAreKeptLikeAllOthers) {
  EXPECT_EQ(RunRecordsFirst(*ResolvedJob(Add("a", 1, "id"))), 0);
  Packet forget;
  forget.Add([](storage::Sql& sql) { return storage::AppendDeleteOldRequests(sql, absl::Hours(1), 1000); });
  ASSERT_TRUE(forget.Send(connection()).ok());
  EXPECT_EQ(Records("id"), 1);
  EXPECT_EQ(Start()->Run(Add("a", 1, "id")).reply, "a 1");
  ExpectLevel("a", 1, 1);
}

// Every writer holds the lock of its SKU, so a number that is taken is no contention that could pass.
TEST_F(PipelineFaultsTest, ASkuWhoseCounterLagsBehindItsLedgerIsRefusedAndTheRestOfItsBatchSucceeds) {
  const auto committer = Start();
  for (const char* sku : {"a", "d"}) EXPECT_EQ(committer->Run(Add(sku, 1)).reply, absl::StrCat(sku, " 1"));
  storage::Must(connection(),
                {"UPDATE item SET sequence = 0 WHERE sku = 'a'", "UPDATE stock_level SET version = 0 WHERE sku = 'd'"});
  Pending blocked = Block(*committer);
  std::map<std::string, Pending> pending;
  for (const char* sku : {"a", "b", "c", "d", "e"}) {
    pending.emplace(sku, committer->Submit(Add(sku, 1, absl::StrCat("id-", sku))));
  }
  LetGo();
  blocked.Get();
  for (const char* sku : {"b", "c", "e"}) EXPECT_EQ(pending.at(sku).Get().reply, absl::StrCat(sku, " 1"));
  for (const char* sku : {"a", "d"}) {
    const absl::Status refused = pending.at(sku).Get().status;
    EXPECT_EQ(refused.code(), absl::StatusCode::kInternal) << refused;
    EXPECT_EQ(ReasonOf(refused), "STOCK_MISMATCH");
    EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr(absl::StrCat("what is stored of ", sku)));
    EXPECT_EQ(Records(absl::StrCat("id-", sku)), 0);
  }
  EXPECT_EQ(committer->retries("duplicate"), 0);
  ExpectLevel("a", 1, 1);
}

// Callers keep on sending, each call again under its id until it is answered, while the database is killed and frozen.
class PipelineCrashTest : public ::testing::Test {
 protected:
  static constexpr int kCallers = 8;
  static constexpr int kCallsEach = 150;
  static constexpr int kSkus = 3;

  void SetUp() override {
    folder_ = storage::MakeTestFolder();
    const char* binary = std::getenv("INVENTORY_TEST_DATABASE_SERVER");
    auto started = storage::EmbeddedDatabase::Start(
        {.data_dir = folder_, .server_binary = binary == nullptr ? "" : binary, .report = nullptr});
    ASSERT_TRUE(started.ok()) << started.status();
    database_ = *std::move(started);
    options_ = database_->connection_options();
    options_.connect_timeout = absl::Seconds(1);
    options_.read_timeout = absl::Seconds(1);
    ASSERT_TRUE(storage::Migrate(*storage::MustOpen(options_), nullptr).ok());
  }
  void TearDown() override {
    database_.reset();
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  // Calls until all are answered; each answer names the version that its call has made.
  void SendAll(int caller, Committer& committer) {
    for (int i = 0; i < kCallsEach; ++i) {
      const pipeline::Call call = Add(absl::StrCat("sku", i % kSkus), 1, absl::StrCat(caller, "-", i));
      Answer answer = committer.Run(call);
      while (!answer.status.ok()) {
        EXPECT_EQ(ReasonOf(answer.status), "DATABASE_UNAVAILABLE") << answer.status;
        absl::SleepFor(absl::Milliseconds(20));
        answer = committer.Run(call);
      }
      ++answered_;
      storage::MutexLock lock(mutex_);
      EXPECT_TRUE(versions_.insert(answer.reply).second) << answer.reply << " was given twice";
    }
  }

  void WaitUntilAnswered(int percent) {
    EXPECT_TRUE(storage::Eventually([&] { return answered_ >= kCallers * kCallsEach * percent / 100; }));
  }

  storage::EmbeddedDatabase& database() { return *database_; }

  std::string folder_;
  std::unique_ptr<storage::EmbeddedDatabase> database_;
  storage::DatabaseOptions options_;
  std::atomic<int> answered_ = 0;
  storage::Mutex mutex_;
  std::set<std::string> versions_ GUARDED_BY(mutex_);
};

TEST_F(PipelineCrashTest, EveryCallCountsOnceWhateverHappensToTheDatabase) {
  Committer one({.database = options_, .limits = {}, .queue = {}, .lanes = 2});
  Committer other({.database = options_, .limits = {}, .queue = {}, .lanes = 2});
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] { SendAll(i, i % 2 == 0 ? one : other); });
  }
  const auto lost = [&] { return one.retries("connection_lost") + other.retries("connection_lost"); };
  for (const int percent : {10, 40}) {
    WaitUntilAnswered(percent);
    const int pid = database().pid();
    kill(pid, SIGKILL);
    EXPECT_TRUE(storage::Eventually([&] { return database().pid() != 0 && database().pid() != pid; }));
  }
  WaitUntilAnswered(70);
  // Frozen until its clients have given up on commits that it still holds in its hands.
  const int before = lost();
  kill(database().pid(), SIGSTOP);
  EXPECT_TRUE(storage::Eventually([&] { return lost() > before; }));
  kill(database().pid(), SIGCONT);
  for (std::thread& caller : callers) caller.join();

  std::set<std::string> expected;
  const std::unique_ptr<storage::Connection> connection = storage::MustOpen(options_);
  for (int sku = 0; sku < kSkus; ++sku) {
    const int64_t calls = kCallers * kCallsEach / kSkus;
    for (int version = 1; version <= calls; ++version) expected.insert(absl::StrCat("sku", sku, " ", version));
    const storage::Rows level = storage::Must(
        *connection, {absl::StrCat("SELECT l.on_hand, l.version, COUNT(*), MAX(m.version), SUM(m.delta_on_hand) FROM "
                                   "stock_level l JOIN movement m ON m.sku = l.sku WHERE l.sku = 'sku",
                                   sku, "' GROUP BY l.on_hand, l.version")});
    for (int column = 0; column < 5; ++column) EXPECT_EQ(level[0].Int(column), calls) << column;
  }
  storage::MutexLock lock(mutex_);
  EXPECT_EQ(versions_, expected);
}

}  // namespace
}  // namespace inventory::pipeline
