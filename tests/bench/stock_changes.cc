#include "tests/bench/stock_changes.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::bench {

absl::StatusOr<StockChanges> StockChanges::Begin(Site& site, Workload workload) {
  absl::StatusOr<std::vector<v1::StockLevel>> levels = site.ReadLevels(SkuPrefix(workload));
  if (!levels.ok()) return levels.status();
  if (static_cast<int>(levels->size()) != SkuCount(workload)) return absl::DataLossError("the server has lost SKUs");
  return StockChanges(workload, *std::move(levels));
}

absl::Status StockChanges::Settle(Site& site) const {
  absl::StatusOr<std::vector<v1::StockLevel>> after = site.ReadLevels(SkuPrefix(workload_));
  if (!after.ok()) return after.status();
  if (after->size() != before_.size()) return absl::DataLossError("the server has lost SKUs");
  int64_t more_reserved = 0;
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const int64_t on_hand = before_[i].on_hand() - changes_[i].shipped;
    const int64_t reserved = before_[i].reserved() + changes_[i].reserved - changes_[i].shipped;
    more_reserved += reserved - before_[i].reserved();
    if ((*after)[i].on_hand() != on_hand || (*after)[i].reserved() != reserved) {
      return absl::DataLossError(absl::StrCat("there must be ", on_hand, " on hand and ", reserved,
                                              " reserved, but there is ", (*after)[i].ShortDebugString()));
    }
  }
  site.Acknowledge(workload_, more_reserved);
  return site.CheckReserved(workload_);
}

}  // namespace inventory::bench
