// The end of old movements.
#ifndef INVENTORY_SERVER_BACKGROUND_FOLD_MOVEMENTS_H_
#define INVENTORY_SERVER_BACKGROUND_FOLD_MOVEMENTS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "server/pipeline/command.h"

namespace inventory::background {

// Makes the last movement of each level that is in the range the balance forward of all before it, and removes these. A
// level with one movement there keeps it as it is, and so does one whose movements do not add up: VerifyStock is to see
// them. Harmless to repeat.
class FoldMovements final : public pipeline::Command {
 public:
  // What is done of a SKU.
  struct Progress {
    int64_t after_sequence = 0;
    bool more = false;  // There may be more old movements after that.
  };

  // `progress` says where to begin, hears how far the last run has got, and must outlive the command. At most `limit`
  // movements are looked at, besides the first one of each level.
  FoldMovements(std::string sku, absl::Time before, int64_t limit, Progress& progress)
      : range_{.sku = std::move(sku), .after_sequence = progress.after_sequence, .before = before, .limit = limit},
        progress_(progress) {}

  std::string_view name() const override { return "FoldMovements"; }
  pipeline::Needs needs() const override { return {.skus = {range_.sku}, .old_movements = {range_}}; }
  absl::Status Apply(pipeline::Work& work) override;
  std::string SaveReply() const override { return ""; }
  bool LoadReply(std::string_view) override { return true; }

 private:
  const pipeline::LedgerRange range_;
  Progress& progress_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_FOLD_MOVEMENTS_H_
