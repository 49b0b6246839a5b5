// Rules that notice when little of a SKU is left, and the events that they make.
#ifndef INVENTORY_SERVER_PIPELINE_LOW_STOCK_H_
#define INVENTORY_SERVER_PIPELINE_LOW_STOCK_H_

#include <cstdint>
#include <string>

#include "server/pipeline/work.h"

namespace inventory::pipeline {

// The most live rules of a SKU, because every write of it judges them all.
inline constexpr int64_t kMaxLowStockRules = 100;

// What the rule watches, as it is now: what is available of its SKU in its warehouse if that is active; what its
// channel can sell, before any quota; or the sum over all active warehouses, deficits as zero.
int64_t WatchedQuantity(const Work& work, const storage::LowStockRuleRecord& rule);

// Judges a loaded, live rule: if its quantity has crossed the threshold since it was judged last, there is an event
// more. A SKU that is not tracked is not judged; its rules stay as they are.
void JudgeRule(Work& work, const std::string& rule_id);

// Judges the rules of all SKUs that the command has moved or has had looked at again. Called after every command.
void JudgeRules(Work& work);

// The events of a rule wait in a queue, of which only the one that is next has a time to be carried out at. All of
// these are for events that are loaded with their rule.

// True while an attempt of the event is under way, or was when its server died.
bool IsLeased(const storage::LowStockEventRecord& event);

// Ends a pending event as done or dead, and makes the next one due. The first two pending ones must be loaded.
void EndEvent(Work& work, const storage::LowStockEventRecord::Key& key, storage::LowStockEventState state);

// Sets when the event, the one that is next of its rule, is due, and puts it into the queue of the rule's activity.
void Schedule(Work& work, const storage::LowStockEventRecord::Key& key, absl::Time time);

// Puts the rule's pending events that are loaded into the queue of its activity, which has changed. The first two
// pending ones must be loaded.
void FollowActivity(Work& work, const std::string& rule_id);

// Makes a dead event pending again. It is due at once and those after it wait, unless one of them is under way. The
// first two pending ones must be loaded.
void RequeueEvent(Work& work, const storage::LowStockEventRecord::Key& key);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_LOW_STOCK_H_
