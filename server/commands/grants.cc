#include "server/commands/grants.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors.h"
#include "server/pipeline/quotas.h"

namespace inventory::commands {
namespace {

using pipeline::Work;
using storage::Component;

constexpr int64_t kPlenty = std::numeric_limits<int64_t>::max();

// What is left of a SKU for the demands that are still to be served.
struct Left {
  int64_t available = kPlenty;
  std::optional<int64_t> quota = {};

  int64_t units() const { return std::min(available, quota.value_or(kPlenty)); }
};

// Serves demands one after another.
class Granting {
 public:
  Granting(Work& work, const Asking& asking) : work_(work), asking_(asking) {}

  // OK if everything that the demands take from is locked. All of it is asked for at once: each time takes a batch.
  absl::Status CheckLocked(const std::vector<Demand>& demands) {
    std::set<std::string> skus;
    for (const Demand& demand : demands) {
      for (const Component& part : PartsOf(demand)) skus.insert(part.sku);
    }
    absl::Status status = CheckSkuCount(skus.size());
    if (!status.ok()) return status;
    for (const std::string& sku : skus) {
      if (!work_.Require(sku)) status = absl::AbortedError("not all components are locked yet");
    }
    return status;
  }

  absl::StatusOr<Granted> Serve(const Demand& demand) {
    const std::vector<Component> parts = PartsOf(demand);
    for (const Component& part : parts) {
      const bool multiplied = part.quantity > 1;
      if (multiplied && demand.quantity > pipeline::kMaxQuantity / part.quantity) return TooMany(part.sku);
    }
    return asking_.on_shortfall == v1::SHORTFALL_POLICY_BACKORDER ? Wait(demand, parts) : Reserve(demand, parts);
  }

  // Whether all units may wait that are to.
  absl::Status CheckWaiting() const {
    for (const Share& share : shares_) {
      absl::Status may_wait = CheckMayWait(work_, share.sku, share.backordered);
      if (!may_wait.ok()) return may_wait;
    }
    return absl::OkStatus();
  }

  // Why the first demand that was cut got less than it asked for.
  const absl::Status& first_shortfall() const { return first_shortfall_; }
  std::vector<Share> shares() && { return std::move(shares_); }

 private:
  std::vector<Component> PartsOf(const Demand& demand) const {
    const storage::ItemRecord& item = work_.item(demand.sku);
    if (item.is_kit()) return item.components;
    return {{demand.sku, 1}};
  }

  static absl::Status TooMany(const std::string& sku) {
    return Refusal(absl::StatusCode::kInvalidArgument, "QUANTITY_OUT_OF_RANGE",
                   absl::StrCat("more than ", pipeline::kMaxQuantity, " units of ", sku, " would be reserved"),
                   {{"sku", sku}});
  }

  Left& LeftOf(const std::string& sku) {
    const auto [left, added] = left_.try_emplace(sku);
    if (added && work_.item(sku).tracked) {
      int64_t available = 0;
      for (int64_t units : work_.AvailableIn(sku, asking_.warehouses)) {
        available += std::clamp<int64_t>(units, 0, pipeline::kMaxQuantity - available);
      }
      left->second = {.available = available, .quota = pipeline::QuotaLeft(work_, asking_.channel_id, sku)};
    }
    return left->second;
  }

  Share& ShareOf(const std::string& sku) {
    const auto [at, added] = places_.try_emplace(sku, shares_.size());
    if (added) shares_.push_back({.sku = sku});
    return shares_[at->second];
  }

  void Give(const Component& part, int64_t requested, int64_t reserved, int64_t backordered) {
    Share& share = ShareOf(part.sku);
    share.requested += requested;
    share.reserved += reserved;
    share.backordered += backordered;
    Left& left = LeftOf(part.sku);
    if (left.available != kPlenty) left.available -= reserved;
    if (left.quota) *left.quota -= reserved + backordered;
  }

  absl::Status QuotaExceeded(const std::string& sku, int64_t requested) const {
    const storage::QuotaRecord& quota = *work_.rows().quotas.Find({sku, asking_.channel_id});
    return Precondition("QUOTA_EXCEEDED",
                        absl::StrCat("channel ", asking_.channel_id, " may have ", quota.quantity, " units of ", sku,
                                     " unshipped and has ", quota.outstanding, "; ", requested, " more do not fit"),
                        {{"sku", sku},
                         {"channel_id", asking_.channel_id},
                         {"requested", absl::StrCat(requested)},
                         {"quota", absl::StrCat(quota.quantity)},
                         {"outstanding", absl::StrCat(quota.outstanding)}});
  }

  absl::Status Shortfall(const std::string& sku, int64_t requested) {
    const Left& left = LeftOf(sku);
    if (left.available >= requested) return QuotaExceeded(sku, requested);
    return InsufficientStock(sku, requested, left.available);
  }

  // All of it, or under PARTIAL as many as all parts suffice for.
  absl::StatusOr<Granted> Reserve(const Demand& demand, const std::vector<Component>& parts) {
    Granted granted{.reserved = demand.quantity};
    for (const Component& part : parts) {
      if (LeftOf(part.sku).units() / part.quantity >= demand.quantity) continue;
      absl::Status shortfall = Shortfall(part.sku, demand.quantity * part.quantity);
      if (asking_.on_shortfall != v1::SHORTFALL_POLICY_PARTIAL) return shortfall;
      granted.reserved = std::min(granted.reserved, LeftOf(part.sku).units() / part.quantity);
      if (granted.reason.empty()) granted.reason = ReasonOf(shortfall);
      first_shortfall_.Update(shortfall);
    }
    if (granted.reserved < demand.quantity) {
      granted.reserved -= granted.reserved % work_.item(demand.sku).multiple_order_quantity;
    }
    for (const Component& part : parts) {
      Give(part, demand.quantity * part.quantity, granted.reserved * part.quantity, 0);
    }
    return granted;
  }

  absl::StatusOr<Granted> Wait(const Demand& demand, const std::vector<Component>& parts) {
    Granted granted{.reserved = demand.quantity};
    for (const Component& part : parts) {
      const int64_t requested = demand.quantity * part.quantity;
      const Left& left = LeftOf(part.sku);
      if (left.quota && *left.quota < requested) return QuotaExceeded(part.sku, requested);
      const int64_t reserved = std::min(requested, left.available);
      granted.reserved = std::min(granted.reserved, reserved / part.quantity);
      Give(part, requested, reserved, requested - reserved);
    }
    granted.backordered = demand.quantity - granted.reserved;
    if (granted.backordered > 0) granted.reason = "INSUFFICIENT_STOCK";
    return granted;
  }

  Work& work_;
  const Asking& asking_;
  std::map<std::string, Left> left_;
  std::vector<Share> shares_;
  std::map<std::string, std::size_t> places_;  // Of the shares, by SKU.
  absl::Status first_shortfall_;
};

}  // namespace

absl::Status CheckSkuCount(std::size_t skus) {
  if (skus <= kMaxReservationSkus) return absl::OkStatus();
  return Precondition(
      "TOO_MANY_SKUS",
      absl::StrCat("the reservation would have ", skus, " SKUs, components of kits included, and may have ",
                   kMaxReservationSkus, " at most; split the order"),
      {{"skus", absl::StrCat(skus)}, {"limit", absl::StrCat(kMaxReservationSkus)}});
}

absl::StatusOr<Grants> Grant(Work& work, const Asking& asking, const std::vector<Demand>& demands) {
  Granting granting(work, asking);
  absl::Status locked = granting.CheckLocked(demands);
  if (!locked.ok()) return locked;
  Grants grants;
  bool any = false;
  for (const Demand& demand : demands) {
    absl::StatusOr<Granted> granted = granting.Serve(demand);
    if (!granted.ok()) return granted.status();
    any = any || granted->reserved + granted->backordered > 0;
    grants.demands.push_back(*std::move(granted));
  }
  if (!any) return granting.first_shortfall();
  absl::Status may_wait = granting.CheckWaiting();
  if (!may_wait.ok()) return may_wait;
  grants.shares = std::move(granting).shares();
  return grants;
}

std::vector<pipeline::Wanted> WantedOf(const Work& work, const std::vector<Share>& shares) {
  std::vector<pipeline::Wanted> wants;
  for (const Share& share : shares) {
    if (work.item(share.sku).tracked) wants.push_back({share.sku, share.reserved});
  }
  return wants;
}

}  // namespace inventory::commands
