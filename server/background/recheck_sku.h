// Another look at a SKU whose backorders may have become servable, or whose holds may have run out.
#ifndef INVENTORY_SERVER_BACKGROUND_RECHECK_SKU_H_
#define INVENTORY_SERVER_BACKGROUND_RECHECK_SKU_H_

#include <string>
#include <utility>

#include "server/pipeline/command.h"
#include "server/pipeline/work.h"

namespace inventory::background {

// Changes nothing itself: what follows every command does the work. Harmless to repeat.
class RecheckSku final : public pipeline::Command {
 public:
  explicit RecheckSku(std::string sku) : sku_(std::move(sku)) {}

  std::string_view name() const override { return "RecheckSku"; }
  pipeline::Needs needs() const override { return {.skus = {sku_}}; }
  absl::Status Apply(pipeline::Work& work) override {
    work.Recheck(sku_);
    return absl::OkStatus();
  }
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const std::string sku_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_RECHECK_SKU_H_
