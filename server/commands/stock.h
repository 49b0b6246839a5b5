// What the commands that change one level share.
#ifndef INVENTORY_SERVER_COMMANDS_STOCK_H_
#define INVENTORY_SERVER_COMMANDS_STOCK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "inventory/v1/stock.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// OK if the warehouse exists and is not deleted, otherwise WAREHOUSE_NOT_FOUND {warehouse_id}.
absl::Status CheckWarehouseExists(const pipeline::Work& work, const std::string& warehouse_id);

// OK if units of the SKU are counted, otherwise ITEM_UNTRACKED {sku} or ITEM_IS_KIT {sku}.
absl::Status CheckTracked(const pipeline::Work& work, const std::string& sku);

// One change of one level, as SetStock, AdjustStock, ReclassifyStock, SetSafetyStock and a row of BatchUpdateStock ask
// for it.
struct LevelChange {
  enum class Kind { kSetOnHand, kAdjustOnHand, kReclassify, kSetSafetyStock };

  std::string sku;
  std::string warehouse_id;
  Kind kind = Kind::kSetOnHand;
  int64_t quantity = 0;
  // Of the units that kAdjustOnHand and kReclassify change; where kReclassify takes them to.
  v1::StockCondition condition = v1::STOCK_CONDITION_UNSPECIFIED;
  v1::StockCondition to_condition = v1::STOCK_CONDITION_UNSPECIFIED;
  std::string reason;
  std::string etag;  // Empty: no requirement.
  // The moment of a count, as it is stored; unset means now. Only of kSetOnHand, and PastLevels must have been loaded.
  std::optional<absl::Time> as_of = {};
};

// What must be loaded for the change.
std::vector<pipeline::LevelMoment> PastLevels(const LevelChange& change);

// Checks warehouse, tracking, etag and quantity, changes the level, and fills the answer; `movement` is filled only if
// the level changed. A count is noted in the level even if it changes nothing. Refusals: WAREHOUSE_NOT_FOUND,
// ITEM_UNTRACKED, ITEM_IS_KIT, ETAG_MISMATCH, INSUFFICIENT_ON_HAND, BELOW_UNSELLABLE, AS_OF_IN_FUTURE, COUNT_OUTDATED,
// LEDGER_TOO_SHORT.
absl::Status Change(LevelChange change, pipeline::Work& work, v1::StockLevel& level, v1::LevelVersion* movement,
                    bool& changed);

// FAILED_PRECONDITION, reason LEDGER_TOO_SHORT {sku, warehouse_id, begin_time}: what was before `begin` was removed.
absl::Status LedgerTooShort(const std::string& sku, const std::string& warehouse_id, absl::Time begin);

// Notes a violation unless `delta` may be added to a quantity: not 0, and no more than a level may hold either way.
void CheckDelta(int64_t delta, const std::string& field, Violations& violations);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_STOCK_H_
