// Runs commands without a database.
#ifndef INVENTORY_TESTS_UNIT_RULE_RUNNER_H_
#define INVENTORY_TESTS_UNIT_RULE_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/command.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/job.h"
#include "server/pipeline/loaded_batch.h"
#include "server/pipeline/rows.h"
#include "server/pipeline/work.h"
#include "server/rpc/bounds.h"

namespace inventory {

// Runs commands as the pipeline does, each in a batch of its own or several in one: it validates, loads only what the
// commands' needs name, has the batch do its work, and keeps the rows and the answers under their request ids. Every
// batch does its work twice from the same rows, as after a rollback, and must give the same answers; after every batch
// the invariants must hold (tests/unit/invariants.h). A reason that no comment tells callers of fails the test.
class RuleRunner {
 public:
  // Everything that is stored. A test puts configuration in by Load, makes the rest by commands, and looks at rows by
  // Find; movements are appended in order.
  pipeline::Rows rows;
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  rpc::Bounds bounds;
  pipeline::CommandLimits limits;
  std::string actor = "tester";
  // False for a test that starts from rows that no commands could have made.
  bool check_invariants = true;
  // Lines that one step of a fill serves at most.
  int64_t max_filled_lines = pipeline::kMaxFilledLines;
  // Commands of these steps (see rpc::Steps) find no database: UNAVAILABLE.
  std::set<std::string> broken_steps;

  // The answer of the RPC that takes `request`, any write that needs no read. `response` is meaningful if it is OK.
  absl::Status Run(const google::protobuf::Message& request, google::protobuf::Message& response);

  // The same with a response of its own.
  template <typename Response>
  absl::StatusOr<Response> Call(const google::protobuf::Message& request) {
    Response response;
    absl::Status status = Run(request, response);
    if (!status.ok()) return status;
    return response;
  }

  // One of several calls that come at the same time.
  struct Concurrent {
    const google::protobuf::Message* request = nullptr;  // A write that is one command.
    google::protobuf::Message* response = nullptr;
    absl::Status answer = {};
    std::string fresh_id = {};  // The id that it had to give.
  };
  // Answers the calls as a lane does: runs all in one batch, then those that needed more rows, or came under the
  // request id of another, in the next one. Returns their indices in the order in which they have taken effect. All of
  // them change the configuration, or none does: no lane takes both.
  std::vector<std::size_t> RunTogether(std::vector<Concurrent>& calls);

  // The answer of a command that no RPC makes.
  absl::Status RunCommand(pipeline::Command& command);

  // The id that the last command had to give.
  std::string fresh_id() const;

  // Looks at the backorders of every SKU, as the background does after a change of the configuration. Until then each
  // batch does so for its own SKUs.
  void Follow();

  // The configuration that the rows make.
  pipeline::Configuration CurrentConfiguration() const;

  // The movement that says how the level was at the time, as GetStockLevel finds it; nullptr if the level did not exist
  // yet. FAILED_PRECONDITION if the ledger does not reach back so far.
  absl::StatusOr<const storage::MovementRecord*> LevelAsOf(const std::string& sku, const std::string& warehouse_id,
                                                           absl::Time time) const;

  // What VerifyStock reads of the SKUs; of everything if there are none.
  storage::VerifySnapshot Snapshot(const std::set<std::string>& skus = {}) const;

 private:
  // A command on its way. `reply` is a message of the type that it saves; null if it saves none.
  struct Task {
    std::unique_ptr<pipeline::Job> job;
    const google::protobuf::Message* reply = nullptr;
  };

  // The answer that was given under a request id.
  struct Record {
    std::string payload;
    absl::Status status = {};
    std::string reply = {};
  };
  class CallSteps;

  absl::Status AnswerTo(const google::protobuf::Message& request, google::protobuf::Message& response);
  absl::Status RunRecorded(pipeline::Command& command, const google::protobuf::Message& request,
                           const std::string& step, const google::protobuf::Message& reply);
  Task MakeTask(std::unique_ptr<pipeline::Command> command, std::string request_id,
                const google::protobuf::Message* reply);
  // The first answer to the task's request id, if there is one.
  std::optional<absl::Status> FirstAnswer(Task& task, const google::protobuf::Message& request) const;
  // Keeps the answer under the task's request id.
  void Keep(const Task& task, const google::protobuf::Message& request);
  // What each job has come to is in its answer and its needs_more.
  void RunBatch(const std::vector<Task*>& tasks);
  void RunAlone(Task& task);
  // Answers those of the waiting calls that can be answered after one batch more, and says which.
  std::vector<std::size_t> RunSome(std::map<std::size_t, Task>& waiting, const std::vector<Concurrent>& calls);
  absl::Status Prepare(const std::vector<pipeline::Job*>& jobs, pipeline::LoadedBatch& batch);
  void Apply(const std::vector<pipeline::Job*>& jobs, pipeline::LoadedBatch& batch) const;

  pipeline::LoadedBatch Load(const std::vector<pipeline::Job*>& jobs);
  std::unique_ptr<pipeline::BackorderSource> WaitingFor(pipeline::LoadedBatch& batch) const;
  std::set<std::string> SkusOf(const pipeline::Needs& needs) const;
  void LoadSkus(pipeline::LoadedBatch& batch) const;
  void LoadDocuments(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const;
  void LoadDeadHolds(pipeline::LoadedBatch& batch) const;
  void LoadCompanions(pipeline::LoadedBatch& batch) const;
  void LoadAsked(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const;
  void LoadEvents(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const;
  void LoadOldMovements(const pipeline::LedgerRange& range, pipeline::LoadedBatch& batch) const;
  storage::PastLevel PastLevelAt(const pipeline::LevelMoment& then) const;
  std::set<std::string> ReservationsOf(const pipeline::Needs& needs) const;
  std::vector<std::string> UsersOfEstimate(const std::string& id) const;
  int64_t OutstandingOf(const storage::QuotaRecord::Key& quota) const;
  std::vector<std::string> HoldersOf(const std::string& sku, absl::Time time) const;
  storage::WarehouseUse UseOf(const std::string& warehouse_id, absl::Time time) const;
  void Store(const pipeline::Rows& batch);

  std::map<std::string, Record> records_;
  int tasks_ = 0;
  bool following_ = false;  // A change of the configuration has consequences that are not all drawn.
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_RULE_RUNNER_H_
