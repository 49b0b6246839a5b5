// What a command sees while it runs.
#ifndef INVENTORY_SERVER_PIPELINE_WORK_H_
#define INVENTORY_SERVER_PIPELINE_WORK_H_

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/command.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/rows.h"
#include "storage/configuration_repository.h"
#include "storage/movement_repository.h"
#include "storage/verify_repository.h"

namespace inventory::pipeline {

// No bucket of a level may hold more, so that sums over thousands of warehouses stay within int64.
inline constexpr int64_t kMaxQuantity = 1'000'000'000'000'000;

// How many of a SKU's holders an answer names at most.
inline constexpr std::size_t kMaxHolders = 10;

// Limits that commands enforce; see ServerOptions.
struct CommandLimits {
  absl::Duration default_hold_ttl = absl::Minutes(15);
  absl::Duration max_hold_ttl = absl::Hours(24 * 7);
};

// A change of one level, before it is numbered.
struct Move {
  std::string_view sku;
  std::string_view warehouse_id;
  storage::MovementType type;
  storage::Quantities delta;
  std::string_view reason = "";
  std::string_view document_id = "";
};

// What a command sees while it runs: the rows, the time, the configuration, and the only way to change a level. Lives
// for one run of one command. Not thread-safe.
class Work {
 public:
  // Who runs the command: actor and request id go into every movement; fresh_id names what the command creates.
  struct Origin {
    std::string actor = {};
    std::string request_id = {};
    std::string fresh_id = {};
  };

  // `locked` are the SKUs that the batch has locked; all references must outlive the Work.
  Work(Rows& rows, absl::Time now, const Configuration& configuration, const CommandLimits& limits,
       const std::set<std::string>& locked, Origin origin)
      : rows_(rows),
        now_(now),
        configuration_(configuration),
        limits_(limits),
        locked_(locked),
        origin_(std::move(origin)) {}

  // The database's time with the lock held. Should its clock have been put back, movements of a SKU still have no
  // earlier time than those before them.
  absl::Time now() const { return now_; }
  const CommandLimits& limits() const { return limits_; }
  const Configuration& configuration() const { return configuration_; }
  Rows& rows() { return rows_; }
  const Rows& rows() const { return rows_; }

  // A time-ordered id for the one thing this command creates; the same in every run.
  const std::string& fresh_id() const { return origin_.fresh_id; }

  // The item as configured, or with all defaults.
  const storage::ItemRecord& item(const std::string& sku) const;

  // What each of the warehouses has available of the SKU, in their order; 0 where it has no level.
  std::vector<int64_t> AvailableIn(const std::string& sku, const std::vector<std::string>& warehouse_ids) const;

  // All levels of the SKU, by warehouse id.
  std::vector<const storage::LevelRecord*> LevelsOf(const std::string& sku) const;

  // Lines and allocations of a loaded reservation, by SKU and warehouse.
  std::vector<const storage::ReservationLineRecord*> LinesOf(const std::string& reservation_id) const;
  std::vector<const storage::AllocationRecord*> AllocationsOf(const std::string& reservation_id) const;
  std::vector<const storage::AllocationRecord*> AllocationsOf(const std::string& reservation_id,
                                                              const std::string& sku) const;
  // The loaded backorders of the SKU, in order of service; the line's one, or nullptr.
  std::vector<const storage::BackorderRecord*> BackordersOf(const std::string& sku) const;
  const storage::BackorderRecord* FindBackorder(const std::string& reservation_id, const std::string& sku) const;
  // The quotas of the SKU, by channel, and its live low-stock rules, by id.
  std::vector<const storage::QuotaRecord*> QuotasOf(const std::string& sku) const;
  std::vector<const storage::LowStockRuleRecord*> LowStockRulesOf(const std::string& sku) const;
  std::vector<const storage::ShipmentLineRecord*> ShipmentLinesOf(const std::string& shipment_id) const;
  std::vector<const storage::ReturnLineRecord*> ReturnLinesOf(const std::string& return_id) const;
  std::vector<const storage::TransferLineRecord*> TransferLinesOf(const std::string& transfer_id) const;

  // Changes a level and appends the movement, the only way a quantity ever changes. A level that does not exist starts
  // empty with the item's default safety stock, which is a movement of its own. INVALID_ARGUMENT if a bucket would
  // exceed kMaxQuantity; STOCK_MISMATCH if it would fall below zero, as the command has checked. The pointer stays
  // valid until the next Apply.
  absl::StatusOr<const storage::MovementRecord*> Apply(const Move& move);

  // Puts a level and its ledger right, the only change of a quantity besides Apply: adds `level_delta` to the level and
  // `ledger_delta` to the sum of its movements, by a correcting movement. Numbers follow the highest that the level,
  // the item or the ledger has seen: `last_version` and `last_sequence` are the ledger's. Refusals as Apply.
  struct Correction {
    std::string sku;
    std::string warehouse_id;
    storage::Quantities level_delta;
    storage::Quantities ledger_delta;
    int64_t last_version = 0;
    int64_t last_sequence = 0;
    std::string reason;
  };
  absl::Status Correct(const Correction& correction);

  // Runs a part of the command that may fail alone: if it does, what it changed is undone and the command goes on.
  absl::Status Attempt(const std::function<absl::Status()>& part);

  // Movements this command has made so far, in order.
  std::vector<const storage::MovementRecord*> movements() const;

  // Has the backorders of a locked SKU looked at once the command is through, whether or not it moved anything.
  void Recheck(const std::string& sku) { rechecks_.insert(sku); }
  const std::set<std::string>& rechecks() const { return rechecks_; }

  // True if the SKU is locked. If not, the command will run again in a later batch with it locked, and what this run
  // changes or returns does not count.
  bool Require(const std::string& sku);
  const std::set<std::string>& required() const { return required_; }

  // The same for the SKU's entry in `holders`.
  bool RequireHolders(const std::string& sku);
  const std::set<std::string>& required_holders() const { return required_holders_; }

  // The same for the pair's entry in `outstanding`.
  bool RequireOutstanding(const storage::QuotaRecord::Key& quota);
  const std::set<storage::QuotaRecord::Key>& required_outstanding() const { return required_outstanding_; }

  // True if the replenishment is loaded, with its SKU locked. If not, as Require.
  bool RequireReplenishment(const std::string& replenishment_id);
  const std::set<std::string>& required_replenishments() const { return required_replenishments_; }

  // Makes the command a trial: it answers, and what it changes is undone.
  void TryOnly() { trial_ = true; }
  bool trial() const { return trial_; }

  // The sums of the SKUs that the batch audits, as stored before the batch; set by the batch.
  const storage::VerifySnapshot* sums = nullptr;

  // By SKU: reservations that were live before the batch and had units of it outstanding, the last ids first. All of
  // them, or at least kMaxHolders that the batch has not loaded. Set by the batch.
  const std::map<std::string, std::vector<std::string>>* holders = nullptr;

  // What the command's exclusive warehouses hold, by id; set by the batch.
  const std::map<std::string, storage::WarehouseUse>* warehouse_use = nullptr;

  // SKUs that use the command's exclusive availability estimates, the first kMaxHolders, by id; set by the batch.
  const std::map<std::string, std::vector<std::string>>* estimate_users = nullptr;

  // What stands unshipped of the SKU through the channel, as stored before the batch, dead holds included; set by the
  // batch.
  const std::map<storage::QuotaRecord::Key, int64_t>* outstanding = nullptr;

  // The levels of Needs::past_levels; set by the batch.
  const std::map<LevelMoment, storage::PastLevel>* past_levels = nullptr;

 private:
  absl::Status StartLevel(const std::string& sku, const std::string& warehouse_id);
  absl::StatusOr<const storage::MovementRecord*> Append(const Move& move);
  const storage::MovementRecord* Number(storage::LevelRecord& level, storage::ItemRecord& item, const Move& move);

  Rows& rows_;
  const absl::Time now_;
  const Configuration& configuration_;
  const CommandLimits& limits_;
  const std::set<std::string>& locked_;
  const Origin origin_;
  const std::size_t first_movement_ = rows_.movements.size();
  std::set<std::string> required_;
  std::set<std::string> rechecks_;
  std::set<std::string> required_holders_;
  std::set<storage::QuotaRecord::Key> required_outstanding_;
  std::set<std::string> required_replenishments_;
  bool trial_ = false;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_WORK_H_
