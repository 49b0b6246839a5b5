#include "tests/integration/pipeline_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

constexpr std::chrono::seconds kAnswerTime(120);
constexpr absl::Duration kLockWait = absl::Seconds(60);

}  // namespace

absl::Status AddUnits(Work& work, const std::string& sku, int64_t units, std::string_view reason) {
  return work
      .Apply({.sku = sku,
              .warehouse_id = "w1",
              .type = storage::MovementType::kAdjust,
              .delta = {.on_hand = units},
              .reason = reason})
      .status();
}

Call Add(const std::string& sku, int64_t units, const std::string& request_id) {
  return {.needs = {.skus = {sku}, .create_items = true},
          .rule =
              [sku, units](Work& work, std::string& reply) {
                absl::Status added = AddUnits(work, sku, units);
                if (added.ok()) reply = absl::StrCat(sku, " ", work.movements().back()->version);
                return added;
              },
          .request_id = request_id};
}

std::unique_ptr<Job> MakeJob(const Call& call) {
  auto job = std::make_unique<Job>();
  job->command = std::make_unique<TestCommand>(call.needs, call.rule);
  job->identity = {.caller = "tester", .request_id = call.request_id, .fingerprint = call.payload};
  job->identity.fingerprint.resize(32, '.');
  job->deadline = call.deadline;
  job->cancelled = call.cancelled;
  return job;
}

Answer Pending::Get() {
  if (answer_.wait_for(kAnswerTime) != std::future_status::ready) return {absl::DataLossError("no answer ever came")};
  return answer_.get();
}

Committer::Committer(GroupCommitter::Options options)
    : committer_(std::move(options), configurations_, MakeObserver()) {}

Observer Committer::MakeObserver() {
  return {.batch =
              [this](const BatchReport& report) {
                storage::MutexLock lock(mutex_);
                batches_.push_back(report.jobs.size());
              },
          .retry = [this](std::string_view reason) { Increment(retries_, reason); },
          .dropped = [this](std::string_view reason) { Increment(dropped_, reason); },
          .command = [](const Job&) {},
          .busy = [](absl::Duration) {}};
}

Pending Committer::Submit(const Call& call) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::unique_ptr<Job> job = MakeJob(call);
  // A second call of `done` throws, and ends the test.
  job->done = [promise](Job& done, const absl::Status& status) {
    promise->set_value({status, status.ok() ? dynamic_cast<TestCommand&>(*done.command).reply() : ""});
  };
  committer_.Submit(std::move(job));
  return Pending(promise->get_future());
}

std::vector<std::size_t> Committer::batches() const {
  storage::MutexLock lock(mutex_);
  return batches_;
}

void Committer::Increment(Counts& counts, std::string_view reason) {
  storage::MutexLock lock(mutex_);
  ++counts[std::string(reason)];
}

int Committer::Count(const Counts& counts, const std::string& reason) const {
  storage::MutexLock lock(mutex_);
  const auto found = counts.find(reason);
  return found == counts.end() ? 0 : found->second;
}

void PipelineTest::SetUp() {
  DatabaseTest::SetUp();
  storage::DatabaseOptions patient = options();
  patient.idle_timeout = absl::Seconds(300);
  holder_ = storage::MustOpen(patient);
}

void PipelineTest::TearDown() {
  holder_.reset();
  DatabaseTest::TearDown();
}

GroupCommitter::Options PipelineTest::Settings() const {
  GroupCommitter::Options settings{.database = options(), .limits = {}, .queue = {}, .lanes = 1};
  settings.database.lock_wait_timeout = kLockWait;
  settings.database.read_timeout = 2 * kLockWait;
  return settings;
}

std::unique_ptr<Committer> PipelineTest::Start(const GroupCommitter::Options& settings) const {
  return std::make_unique<Committer>(settings);
}

void PipelineTest::Hold(const std::vector<std::string>& skus) {
  for (const std::string& sku : skus) {
    storage::Must(holder(), {absl::StrCat("INSERT IGNORE INTO item (sku) VALUES ('", sku, "')")});
  }
  storage::Must(holder(), {"BEGIN", absl::StrCat("SELECT * FROM item WHERE sku IN ('", absl::StrJoin(skus, "','"),
                                                 "') ORDER BY sku FOR UPDATE")});
}

void PipelineTest::LetGo() { storage::Must(holder(), {"ROLLBACK"}); }

std::vector<int64_t> PipelineTest::WaitForLockWaits(std::size_t count) {
  return storage::WaitForLockWaits(connection(), options().database, count);
}

Pending PipelineTest::Block(Committer& committer) {
  Hold({"blocker"});
  Pending blocked = committer.Submit(Add("blocker", 1));
  WaitForLockWaits();
  return blocked;
}

void PipelineTest::ExpectLevel(const std::string& sku, int64_t on_hand, int64_t movements) {
  const storage::Rows level =
      storage::Must(connection(), {absl::StrCat("SELECT on_hand, version FROM stock_level WHERE sku = '", sku, "'")});
  ASSERT_EQ(level.size(), movements == 0 ? 0u : 1u) << sku;
  const storage::Rows ledger = storage::Must(
      connection(),
      {absl::StrCat("SELECT COUNT(*), SUM(delta_on_hand), MAX(version), MAX(sequence) FROM movement WHERE sku = '", sku,
                    "'")});
  EXPECT_EQ(ledger[0].Int(0), movements) << sku;
  if (movements == 0) return;
  EXPECT_EQ(level[0].Int(0), on_hand) << sku;
  EXPECT_EQ(level[0].Int(1), movements) << sku;
  EXPECT_EQ(ledger[0].Int(1), on_hand) << sku;
  EXPECT_EQ(ledger[0].Int(2), movements) << sku;
  EXPECT_EQ(ledger[0].Int(3), movements) << sku;
}

int64_t PipelineTest::Records(const std::string& request_id) {
  return storage::Must(connection(),
                       {absl::StrCat("SELECT COUNT(*) FROM request_record WHERE request_id = '", request_id, "'")})[0]
      .Int(0);
}

}  // namespace inventory::pipeline
