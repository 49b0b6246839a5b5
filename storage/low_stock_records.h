// Low-stock rules and their events, as plain values: see records.h.
#ifndef INVENTORY_STORAGE_LOW_STOCK_RECORDS_H_
#define INVENTORY_STORAGE_LOW_STOCK_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace inventory::storage {

// Watches a quantity of a SKU: in one warehouse, in one channel, or in all active warehouses.
struct LowStockRuleRecord {
  std::string rule_id;
  std::string sku;
  std::string warehouse_id = {};
  std::string channel_id = {};
  int64_t threshold = 0;
  int64_t rearm_margin = 0;
  std::string activity;
  std::map<std::string, std::string> parameters;
  bool low = false;
  int64_t last_event = 0;      // Number of its last event.
  int64_t pending_events = 0;  // Those that are neither done nor dead.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time = {};

  using Key = std::string;
  Key key() const { return rule_id; }
  // Rules are asked for by their SKU, which never changes.
  const std::string& group() const { return sku; }
  bool operator==(const LowStockRuleRecord&) const = default;
};

enum class LowStockEventType : int8_t {
  kLow = 1,
  kRecovered = 2,
};

enum class LowStockEventState : int8_t {
  kPending = 1,
  kDone = 2,
  kDead = 3,
};

// A crossing that a rule has noticed.
struct LowStockEventRecord {
  std::string rule_id;
  int64_t number = 0;
  LowStockEventType type = LowStockEventType::kLow;
  int64_t available = 0;
  int64_t threshold = 0;
  LowStockEventState state = LowStockEventState::kPending;
  int32_t attempts = 0;
  // When the activity is begun, or if it has begun when that lease ends. Set only for the first pending one of a rule.
  std::optional<absl::Time> next_attempt_time = {};
  std::string last_error = {};
  std::string activity = {};  // The rule's, as it was when the event was last scheduled: whose queue it is in.
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::pair<std::string, int64_t>;
  Key key() const { return {rule_id, number}; }
  bool operator==(const LowStockEventRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_LOW_STOCK_RECORDS_H_
