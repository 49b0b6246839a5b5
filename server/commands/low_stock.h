// What the RPCs on low-stock rules and their events share.
#ifndef INVENTORY_SERVER_COMMANDS_LOW_STOCK_H_
#define INVENTORY_SERVER_COMMANDS_LOW_STOCK_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/low_stock.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"
#include "storage/records.h"

namespace inventory::commands {

// What UpdateLowStockRule never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedLowStockRuleFields[] = {"rule_id", "sku", "warehouse_id", "channel_id", "low"};

// Notes every broken rule of the fields that an update can change, each by itself.
void CheckLowStockRule(const v1::LowStockRule& rule, Violations& violations);

// Notes everything that is wrong with the parameters for the activity, which must be known.
void CheckParameters(const v1::LowStockRule& rule, Violations& violations);

// The record with those fields of a valid rule that an update can change.
storage::LowStockRuleRecord Configured(storage::LowStockRuleRecord record, const v1::LowStockRule& rule);

// The loaded rule, which is not deleted and matches the etag; LOW_STOCK_RULE_NOT_FOUND, ETAG_MISMATCH. If its SKU is
// not locked yet the command runs again and any status will do.
absl::StatusOr<const storage::LowStockRuleRecord*> FindLowStockRule(pipeline::Work& work, const std::string& rule_id,
                                                                    const std::string& etag);

// NOT_FOUND, reason LOW_STOCK_RULE_NOT_FOUND {rule_id}.
absl::Status LowStockRuleNotFound(const std::string& rule_id);

// "<rule_id>:<number>" and back; nothing if it is not the id of an event.
std::string EventId(const storage::LowStockEventRecord::Key& key);
std::optional<storage::LowStockEventRecord::Key> ParseEventId(const std::string& event_id);

}  // namespace inventory::commands

namespace inventory {

void ToProto(const storage::LowStockRuleRecord& rule, v1::LowStockRule& out);
// `rule` is the event's.
void ToProto(const storage::LowStockEventRecord& event, const storage::LowStockRuleRecord& rule,
             v1::LowStockEvent& out);

}  // namespace inventory

#endif  // INVENTORY_SERVER_COMMANDS_LOW_STOCK_H_
