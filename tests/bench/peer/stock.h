// The stock of the SKUs of one transaction, under its locks.
#ifndef INVENTORY_TESTS_BENCH_PEER_STOCK_H_
#define INVENTORY_TESTS_BENCH_PEER_STOCK_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/records.h"
#include "tests/bench/peer/session.h"

namespace inventory::bench::peer {

class Stock {
 public:
  // Locks the items and then the levels of the SKUs, SKU by SKU in order, and reads what an order needs of them. A SKU
  // that was never seen has no item. UNIMPLEMENTED if one has rules that this service does not know: a kit, a quota, a
  // low-stock rule, orders that wait, or stock that is not counted.
  static absl::StatusOr<Stock> Lock(Session& session, const std::set<std::string>& skus);

  // Null if there is none. Of the item only what an order needs is set.
  const storage::ItemRecord* item(const std::string& sku) const;
  const storage::LevelRecord* level(const std::string& sku, const std::string& warehouse_id) const;
  // The database's time, but not before the last movement of any of the SKUs.
  absl::Time now() const { return now_; }
  // The last movement of any of the SKUs before this transaction's; the infinite past if there was none.
  absl::Time last_movement() const { return last_movement_; }

  // Adds `units` to what is reserved of the level, which exists, and notes a movement.
  void Reserve(const std::string& sku, const std::string& warehouse_id, int64_t units, storage::MovementType type,
               const std::string& reservation_id, const std::string& request_id);

  // Notes that units of the SKU are held until then.
  void Hold(const std::string& sku, absl::Time expire_time);

  const std::vector<storage::MovementRecord>& movements() const { return movements_; }

  // Writes the counters of items and levels that have changed, and the movements.
  absl::Status Write(Session& session) const;

 private:
  std::map<std::string, storage::ItemRecord> items_;
  std::map<storage::LevelRecord::Key, storage::LevelRecord> levels_;
  std::vector<storage::MovementRecord> movements_;
  absl::Time now_ = absl::InfinitePast();
  absl::Time last_movement_ = absl::InfinitePast();
};

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_STOCK_H_
