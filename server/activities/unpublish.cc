// The activity `unpublish`: what is nearly gone is no longer offered.
#include <algorithm>
#include <utility>

#include "server/activities/activity.h"
#include "server/pipeline/work.h"

namespace inventory::activities {
namespace {

constexpr std::string_view kKey = "unpublish";

// What both commands share: an item that is published or unpublished by a rule.
class Publication : public pipeline::Command {
 public:
  Publication(std::string sku, std::string rule_id) : sku_(std::move(sku)), rule_id_(std::move(rule_id)) {}

  pipeline::Needs needs() const override { return {.skus = {sku_}}; }
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 protected:
  const storage::ItemRecord& item(const pipeline::Work& work) const { return work.item(sku_); }
  const std::string& rule_id() const { return rule_id_; }

  void Save(pipeline::Work& work, bool published, const std::string& unpublished_by) const {
    storage::ItemRecord& item = work.rows().items.Edit(sku_);
    item.published = published;
    item.unpublished_by = unpublished_by;
    if (!item.configured) item.create_time = work.now();
    item.configured = true;
    item.config_version += 1;
    item.update_time = work.now();
  }

 private:
  const std::string sku_;
  const std::string rule_id_;
};

class UnpublishItem final : public Publication {
 public:
  using Publication::Publication;
  std::string_view name() const override { return "UnpublishItem"; }
  absl::Status Apply(pipeline::Work& work) override {
    if (item(work).published) Save(work, false, rule_id());
    return absl::OkStatus();
  }
};

// Leaves alone what a person, or a rule that goes on, has unpublished.
class RepublishItem final : public Publication {
 public:
  using Publication::Publication;
  std::string_view name() const override { return "RepublishItem"; }
  absl::Status Apply(pipeline::Work& work) override {
    if (item(work).published || item(work).unpublished_by != rule_id()) return absl::OkStatus();
    const std::vector<const storage::LowStockRuleRecord*> rules = work.LowStockRulesOf(item(work).sku);
    const auto other = std::find_if(rules.begin(), rules.end(), [this](const storage::LowStockRuleRecord* rule) {
      return rule->low && rule->activity == kKey && rule->rule_id != rule_id();
    });
    if (other == rules.end()) {
      Save(work, true, "");
    } else {
      Save(work, false, (*other)->rule_id);
    }
    return absl::OkStatus();
  }
};

class Unpublish final : public Activity {
 public:
  std::string_view key() const override { return kKey; }
  std::string_view label() const override { return "Unpublish the item"; }

  std::vector<ParameterFacts> parameters() const override {
    return {{.name = "republish",
             .meaning =
                 "\"true\" publishes the item again on recovery, if nobody else has unpublished it meanwhile and "
                 "no other rule wants it unpublished. Default \"false\"."}};
  }

  std::vector<ParameterProblem> CheckValues(const Parameters& parameters) const override {
    const auto republish = parameters.find("republish");
    const bool good = republish == parameters.end() || republish->second == "true" || republish->second == "false";
    if (good) return {};
    return {{"republish", "must be \"true\" or \"false\""}};
  }

  absl::Status Execute(const LowStockEvent& event, Context& context) const override {
    if (event.type == LowStockEvent::Type::kLow) {
      return context.Run("unpublish", std::make_unique<UnpublishItem>(event.sku, event.rule_id));
    }
    const auto republish = event.parameters.find("republish");
    if (republish == event.parameters.end() || republish->second != "true") return absl::OkStatus();
    return context.Run("republish", std::make_unique<RepublishItem>(event.sku, event.rule_id));
  }
};

const Registered<Unpublish> kUnpublish;

}  // namespace
}  // namespace inventory::activities
