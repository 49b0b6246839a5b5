// The pipeline on a real database, with commands that do what a test says.
#ifndef INVENTORY_TESTS_INTEGRATION_PIPELINE_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_PIPELINE_FIXTURE_H_

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/pipeline/group_committer.h"
#include "server/pipeline/work.h"
#include "storage/mutex.h"
#include "tests/integration/database_fixture.h"

namespace inventory::pipeline {

// A command whose rule is given; its reply is any text.
class TestCommand final : public Command {
 public:
  using Rule = std::function<absl::Status(Work& work, std::string& reply)>;

  TestCommand(Needs needs, Rule rule) : needs_(std::move(needs)), rule_(std::move(rule)) {}

  const std::string& reply() const { return reply_; }

  std::string_view name() const override { return "Test"; }
  Needs needs() const override { return needs_; }
  absl::Status Apply(Work& work) override {
    reply_.clear();
    return rule_(work, reply_);
  }
  std::string SaveReply() const override { return reply_; }
  bool LoadReply(std::string_view reply) override {
    reply_ = reply;
    return true;
  }

 private:
  const Needs needs_;
  const Rule rule_;
  std::string reply_;
};

// What is to be run.
struct Call {
  Needs needs = {};
  TestCommand::Rule rule = {};
  std::string request_id = {};
  std::string payload = "p";  // Calls with the same id and payload are the same.
  absl::Time deadline = absl::InfiniteFuture();
  std::shared_ptr<std::atomic<bool>> cancelled = nullptr;
};

// Adds units to the SKU in w1 and replies "SKU VERSION".
Call Add(const std::string& sku, int64_t units, const std::string& request_id = "");
// The part of it that changes the level.
absl::Status AddUnits(Work& work, const std::string& sku, int64_t units, std::string_view reason = "");

// A job that carries the call; `done` is left to the caller.
std::unique_ptr<Job> MakeJob(const Call& call);

struct Answer {
  absl::Status status;
  std::string reply = {};

  bool operator==(const Answer&) const = default;
};

// An answer that is on its way.
class Pending {
 public:
  explicit Pending(std::future<Answer> answer) : answer_(std::move(answer)) {}

  bool ready() const { return answer_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  // Waits; DATA_LOSS after so long that only a broken pipeline has not answered.
  Answer Get();

 private:
  std::future<Answer> answer_;
};

// A committer and everything it tells its observer. Thread-safe.
class Committer {
 public:
  explicit Committer(GroupCommitter::Options options);

  Pending Submit(const Call& call);
  Answer Run(const Call& call) { return Submit(call).Get(); }
  void Stop() { committer_.Stop(); }

  std::size_t waiting() const { return committer_.waiting(); }
  // Commands of each committed batch.
  std::vector<std::size_t> batches() const;
  int retries(const std::string& reason) const { return Count(retries_, reason); }
  int dropped(const std::string& reason) const { return Count(dropped_, reason); }

 private:
  using Counts = std::map<std::string, int>;

  Observer MakeObserver();
  void Increment(Counts& counts, std::string_view reason);
  int Count(const Counts& counts, const std::string& reason) const;

  mutable storage::Mutex mutex_;
  std::vector<std::size_t> batches_ GUARDED_BY(mutex_);
  Counts retries_;  // Guarded by mutex_ too; references to them travel.
  Counts dropped_;
  ConfigurationCache configurations_;
  GroupCommitter committer_;
};

// A database, and a session beside the pipeline that can hold locks the pipeline needs.
class PipelineTest : public storage::DatabaseTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // One lane that waits for locks as long as any test needs.
  GroupCommitter::Options Settings() const;
  std::unique_ptr<Committer> Start(const GroupCommitter::Options& settings) const;
  std::unique_ptr<Committer> Start() const { return Start(Settings()); }

  storage::Connection& holder() { return *holder_; }
  // Locks the rows of the SKUs in a transaction of the holder.
  void Hold(const std::vector<std::string>& skus);
  void LetGo();

  // Sessions of the database that wait for a lock, as soon as there are so many.
  std::vector<int64_t> WaitForLockWaits(std::size_t count = 1);

  // A call that keeps the committer's only lane busy until LetGo.
  Pending Block(Committer& committer);

  // Expects the level in w1 to have the units after so many movements, all of them in the ledger. No movements: no
  // level.
  void ExpectLevel(const std::string& sku, int64_t on_hand, int64_t movements);
  int64_t Records(const std::string& request_id);

 private:
  std::unique_ptr<storage::Connection> holder_;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_TESTS_INTEGRATION_PIPELINE_FIXTURE_H_
