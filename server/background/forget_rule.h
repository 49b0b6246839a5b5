// The end of a low-stock rule that was deleted long ago.
#ifndef INVENTORY_SERVER_BACKGROUND_FORGET_RULE_H_
#define INVENTORY_SERVER_BACKGROUND_FORGET_RULE_H_

#include <string>
#include <utility>
#include <vector>

#include "server/pipeline/command.h"
#include "storage/records.h"

namespace inventory::background {

// Removes events of a deleted rule that are done or dead, and the rule itself if nothing else is left of it. Does
// nothing of a rule that is not deleted, so it is harmless to repeat.
class ForgetRule final : public pipeline::Command {
 public:
  // `events` are events of the rule; `all` says that it had no others when they were listed. A deleted rule gets no new
  // ones.
  ForgetRule(std::string rule_id, std::vector<storage::LowStockEventRecord::Key> events, bool all)
      : rule_id_(std::move(rule_id)), events_(std::move(events)), all_(all) {}

  std::string_view name() const override { return "ForgetLowStockRule"; }
  pipeline::Needs needs() const override { return {.low_stock_rules = {rule_id_}, .low_stock_events = events_}; }
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const std::string rule_id_;
  const std::vector<storage::LowStockEventRecord::Key> events_;
  const bool all_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_FORGET_RULE_H_
