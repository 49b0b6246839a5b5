// Low-stock rules and their events. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_LOW_STOCK_REPOSITORY_H_
#define INVENTORY_STORAGE_LOW_STOCK_REPOSITORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "storage/item_repository.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<LowStockRuleRecord> {
  using R = LowStockRuleRecord;
  static constexpr const char* kName = "low_stock_rule";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("rule_id", &R::rule_id), column::Bytes("sku", &R::sku),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Bytes("channel_id", &R::channel_id),
                 column::Value("threshold", &R::threshold), column::Value("rearm_margin", &R::rearm_margin),
                 column::Bytes("activity", &R::activity), column::Coded<LabelsCodec>("parameters", &R::parameters),
                 column::Value("low", &R::low), column::Value("last_event", &R::last_event),
                 column::Value("pending_events", &R::pending_events), column::Value("version", &R::version),
                 column::Value("create_time", &R::create_time), column::Value("update_time", &R::update_time),
                 column::Value("delete_time", &R::delete_time));
};

template <>
struct Table<LowStockEventRecord> {
  using R = LowStockEventRecord;
  static constexpr const char* kName = "low_stock_event";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("rule_id", &R::rule_id), column::Value("number", &R::number),
                 column::Value("type", &R::type), column::Value("available", &R::available),
                 column::Value("threshold", &R::threshold), column::Value("state", &R::state),
                 column::Value("attempts", &R::attempts), column::Value("next_attempt_time", &R::next_attempt_time),
                 column::Text("last_error", &R::last_error), column::Bytes("activity", &R::activity),
                 column::Value("create_time", &R::create_time), column::Value("update_time", &R::update_time));
};

// Selects the rules of the SKUs that are not deleted.
bool AppendSelectRulesOf(Sql& sql, std::span<const std::string> skus);

// Selects the first two pending events of the rule.
bool AppendSelectFirstEvents(Sql& sql, const std::string& rule_id);

// Selects the event.
bool AppendSelectEvent(Sql& sql, const LowStockEventRecord::Key& key);

// Selects the events of the activity that are due, the first `limit` after `after` by the time since when and the rule,
// of which but one event is due at a time, and what their rules tell the activity: ParseDueEvents.
struct DueEvent {
  absl::Time due_time = absl::InfinitePast();
  LowStockEventRecord::Key key = {};
  std::map<std::string, std::string> parameters = {};
};
bool AppendSelectDueEvents(Sql& sql, const std::string& activity, const DueEvent& after, int64_t limit);
std::vector<DueEvent> ParseDueEvents(const Rows& rows);

// Selects the age of the oldest event that waits for its activity, the first of its rule, of so many rules that any
// more would cost too much: ParseAgeOfEvent, which gives zero if there is none.
bool AppendSelectOldestWaitingEvent(Sql& sql);
absl::Duration ParseAgeOfEvent(const Rows& rows);

// Deletes events that were done `age` or longer ago, the first `limit`.
bool AppendDeleteOldEvents(Sql& sql, absl::Duration age, int64_t limit);

// Selects rules that were deleted `age` or longer ago, the first `limit` after the key, by time of deletion and id:
// ParseDeletedRules.
struct DeletedRule {
  absl::Time delete_time = absl::InfinitePast();
  std::string rule_id = {};
};
bool AppendSelectDeletedRules(Sql& sql, absl::Duration age, const DeletedRule& after, int64_t limit);
std::vector<DeletedRule> ParseDeletedRules(const Rows& rows);

// Selects the keys of the first `limit` events of the rule: ParseEventKeys.
bool AppendSelectEventKeys(Sql& sql, const std::string& rule_id, int64_t limit);
std::vector<LowStockEventRecord::Key> ParseEventKeys(const Rows& rows);

// Selects the ids of the rules on the SKU, deleted ones included, in order: ParseTexts.
bool AppendSelectRuleIdsOf(Sql& sql, const std::string& sku);

// Empty and unset members match all.
struct LowStockRuleFilter {
  std::string sku = {};
  std::optional<bool> low = {};
  std::string warehouse_id = {};
  std::string channel_id = {};
  std::string activity = {};
};

// Selects the first `limit` rules after `after_id` (empty: from the start) that are not deleted and match, by id.
bool AppendListLowStockRules(Sql& sql, const LowStockRuleFilter& filter, const std::string& after_id, int64_t limit);

// Unset members match all.
struct LowStockEventFilter {
  std::optional<std::vector<std::string>> rule_ids = {};  // Of one of these rules, which are in order.
  std::optional<LowStockEventState> state = {};
};

// Selects the first `limit` events after `after` that match, each followed by its rule, in order of their keys.
bool AppendListLowStockEvents(Sql& sql, const LowStockEventFilter& filter, const LowStockEventRecord::Key& after,
                              int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_LOW_STOCK_REPOSITORY_H_
