// Runs commands without a database.
#ifndef INVENTORY_TESTS_UNIT_RULE_RUNNER_H_
#define INVENTORY_TESTS_UNIT_RULE_RUNNER_H_

#include <cstdint>
#include <map>
#include <memory>
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
#include "server/pipeline/rows.h"
#include "server/pipeline/work.h"
#include "server/rpc/bounds.h"

namespace inventory {

// Runs commands as the pipeline does, each in a batch of its own: it validates, loads only what the command's needs
// name, releases dead holds, goes on with fills, applies, fills, and keeps the rows of a success and the answer under
// its request id. Every run is applied, undone and applied again, as after a rollback, and must give the same answer;
// after every run the invariants must hold (tests/unit/invariants.h). A reason that no comment tells callers of fails
// the test.
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

  // The answer of a command that no RPC makes.
  absl::Status RunCommand(pipeline::Command& command);

  // Looks at the backorders of every SKU, as the background does after a change of the configuration. Until then each
  // batch does so for its own SKUs.
  void Follow();

  // The configuration that the rows make.
  pipeline::Configuration CurrentConfiguration() const;

 private:
  // What one batch has besides its rows.
  struct Batch {
    std::set<std::string> locked;
    pipeline::Rows rows;
    absl::Time now;
    pipeline::Configuration configuration;
    std::map<std::string, std::vector<std::string>> holders;
    std::map<std::string, storage::WarehouseUse> warehouse_use;
    std::map<std::string, std::vector<std::string>> estimate_users;
    std::map<storage::QuotaRecord::Key, int64_t> outstanding;
    std::map<pipeline::LevelMoment, storage::PastLevel> past_levels;
  };

  // The answer that was given under a request id.
  struct Record {
    std::string payload;
    absl::Status status = {};
    std::string reply = {};
  };
  class CallSteps;

  absl::Status AnswerTo(const google::protobuf::Message& request, google::protobuf::Message& response);
  // `reply` is a message of the type that the command saves; null if it saves none.
  absl::Status RunRecorded(pipeline::Command& command, const google::protobuf::Message& request,
                           const std::string& step, const google::protobuf::Message& reply);
  absl::Status RunRounds(pipeline::Command& command, const std::string& request_id,
                         const google::protobuf::Message* reply);
  // Both set answer_, or return what must be loaded besides.
  pipeline::Needs RunOnce(pipeline::Command& command, const pipeline::Needs& needs, const std::string& request_id,
                          const google::protobuf::Message* reply);
  pipeline::Needs Apply(pipeline::Command& command, const std::string& request_id, Batch& batch);
  absl::Status Prepare(const pipeline::Needs& needs, Batch& batch);
  Batch Load(const pipeline::Needs& needs);
  std::unique_ptr<pipeline::BackorderSource> WaitingFor(Batch& batch) const;
  void LoadReservations(const std::set<std::string>& ids, Batch& batch);
  void LoadShipments(const std::set<std::string>& ids, Batch& batch);
  void LoadReplenishments(const std::vector<std::string>& ids, Batch& batch);
  void LoadTransfers(const std::vector<std::string>& ids, Batch& batch);
  void LoadSkus(bool create_items, Batch& batch);
  void LoadDeadHolds(Batch& batch);
  void LoadCompanions(const pipeline::Needs& needs, Batch& batch);
  void LoadEvents(const pipeline::Needs& needs, Batch& batch);
  void LoadOldMovements(const pipeline::LedgerRange& range, Batch& batch);
  storage::PastLevel PastLevelAt(const pipeline::LevelMoment& then) const;
  std::vector<std::string> HoldersOf(const std::string& sku, absl::Time time) const;
  storage::WarehouseUse UseOf(const std::string& warehouse_id, absl::Time time) const;
  void Store(const pipeline::Rows& batch);

  std::map<std::string, Record> records_;
  int runs_ = 0;
  bool trial_ = false;      // The last run of a command was one.
  bool following_ = false;  // A change of the configuration has consequences that are not all drawn.
  absl::Status answer_;
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_RULE_RUNNER_H_
