// What every write is: a value that names the rows it needs and changes them in memory.
#ifndef INVENTORY_SERVER_PIPELINE_COMMAND_H_
#define INVENTORY_SERVER_PIPELINE_COMMAND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/records.h"

namespace inventory::pipeline {

class Work;

// So many movements of a level, at most, are looked at to find its state at an earlier moment: this is done under the
// lock of its SKU.
inline constexpr int64_t kMaxMovementsSince = 10'000;

// A level at a moment.
struct LevelMoment {
  std::string sku;
  std::string warehouse_id;
  absl::Time time;

  bool operator<(const LevelMoment& other) const {
    return std::tie(sku, warehouse_id, time) < std::tie(other.sku, other.warehouse_id, other.time);
  }
};

// Movements of a SKU after the sequence that were made before the time, the first `limit` of them.
struct LedgerRange {
  std::string sku;
  int64_t after_sequence = 0;
  absl::Time before;
  int64_t limit = 0;
};

// The rows a command works on. They are loaded under the lock of its SKUs.
struct Needs {
  // SKUs to lock; their items and levels are loaded.
  std::vector<std::string> skus = {};
  // Make the lock row of a SKU that was never seen. Without it such a SKU has no row and can't be changed.
  bool create_items = false;
  // Reservations to load with lines and allocations. Their SKUs are locked too, found by the pipeline.
  std::vector<std::string> reservations = {};
  // Shipments to load with their lines and their reservations.
  std::vector<std::string> shipments = {};
  // Replenishments, and transfers with their lines, to load. Their SKUs are locked too, found by the pipeline.
  std::vector<std::string> replenishments = {};
  std::vector<std::string> transfers = {};
  // Ids that the command wants to give: the document is loaded, without its parts, if there is one already.
  std::vector<std::string> new_reservations = {};
  std::vector<std::string> new_shipments = {};
  std::vector<std::string> new_returns = {};
  std::vector<std::string> new_replenishments = {};
  std::vector<std::string> new_transfers = {};
  // Warehouses that must not be deleted before the commit.
  std::vector<std::string> warehouses = {};
  // Lock the configuration and load warehouses, channels and attachments for changing.
  bool configuration = false;
  // SKUs of `skus` whose counters are to be checked: the sums they are made of are read under the lock. Expensive.
  std::vector<std::string> audits = {};
  // SKUs of `skus` of which it must be known who holds units: see Work::RequireHolders, by which a command asks for it
  // once its rows show that it matters. Reads every line that the SKU ever had.
  std::vector<std::string> holders = {};
  // Warehouses to lock against every write of a level, because this command may delete them.
  std::vector<std::string> exclusive_warehouses = {};
  // Availability estimates that must not be deleted before the commit, and those that this command may delete.
  std::vector<std::string> availability_estimates = {};
  std::vector<std::string> exclusive_availability_estimates = {};
  // SKU and channel whose outstanding units are to be summed: see Work::RequireOutstanding. Reads every line that the
  // SKU ever had.
  std::vector<storage::QuotaRecord::Key> outstanding = {};
  // Levels of `skus` at earlier moments.
  std::vector<LevelMoment> past_levels = {};
  // Low-stock rules to load, deleted ones too; their SKUs are locked, found by the pipeline. The live rules of every
  // SKU of the batch are loaded anyway.
  std::vector<std::string> low_stock_rules = {};
  std::vector<std::string> new_low_stock_rules = {};
  // Rules of `low_stock_rules` whose first two pending events are to be loaded, and events to load.
  std::vector<std::string> first_events = {};
  std::vector<storage::LowStockEventRecord::Key> low_stock_events = {};
  // Codes that the command asks for or gives away.
  std::vector<storage::ExternalReferenceRecord::Key> external_references = {};
  // Old movements of `skus` to load for changing, and with them the first movement of every level of the SKU.
  std::vector<LedgerRange> old_movements = {};
};

// A write. Used by one thread at a time.
class Command {
 public:
  virtual ~Command() = default;

  // The name for logs and metrics: the RPC's.
  virtual std::string_view name() const = 0;

  // From the request alone.
  virtual Needs needs() const = 0;

  // Decides and changes rows: no I/O, no clock but work.now(), no randomness. May run several times (after a rollback,
  // or with more rows); each run starts from a clean response. A status that is not OK is the caller's answer; what the
  // run changed is undone.
  virtual absl::Status Apply(Work& work) = 0;

  // The response of the last successful Apply in compact form, and back.
  virtual std::string SaveReply() const = 0;
  virtual bool LoadReply(std::string_view reply) = 0;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_COMMAND_H_
