// What the model's orders get.
#include <algorithm>
#include <limits>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

constexpr int64_t kPlenty = std::numeric_limits<int64_t>::max() / 2;

Grant& ShareOf(std::vector<Grant>& shares, const std::string& sku) {
  const auto known =
      std::find_if(shares.begin(), shares.end(), [&sku](const Grant& share) { return share.sku == sku; });
  return known == shares.end() ? shares.emplace_back(Grant{.sku = sku}) : *known;
}

}  // namespace

int64_t Model::QuotaLeft(const Reservation& order, const std::string& sku) const {
  const auto quota = state_.quotas.find({sku, order.channel});
  if (quota == state_.quotas.end() || !state_.ItemOf(sku).tracked) return kPlenty;
  return std::max<int64_t>(0, quota->second.quantity - state_.Unshipped(sku, order.channel));
}

Outcome Model::GrantAll(const Reservation& order, const std::vector<Demand>& demands, v1::ShortfallPolicy policy,
                        std::vector<Grant>& shares) {
  granted_.clear();
  bool all_touched = true;
  for (const Demand& demand : demands) {
    for (const auto& [sku, units] : state_.ItemOf(demand.sku).components) all_touched = Touch(sku) && all_touched;
  }
  if (!all_touched) return {};
  for (const Demand& demand : demands) {
    if (Outcome granted = GrantOne(order, demand, policy, shares); !granted.ok()) return granted;
  }
  const bool any = std::any_of(granted_.begin(), granted_.end(),
                               [](const Grant& grant) { return grant.reserved + grant.waiting > 0; });
  const auto shortened =
      std::find_if(granted_.begin(), granted_.end(), [](const Grant& grant) { return !grant.reason.empty(); });
  if (!any) return Precondition(shortened->reason);
  for (const Grant& share : shares) {
    if (Outcome may_wait = MayWait(share.sku, share.waiting); !may_wait.ok()) return may_wait;
  }
  return {};
}

// An item counts as a kit of itself. Where components may wait each one that is there is reserved; otherwise there are
// whole kits only.
Outcome Model::GrantOne(const Reservation& order, const Demand& demand, v1::ShortfallPolicy policy,
                        std::vector<Grant>& shares) {
  const Item item = state_.ItemOf(demand.sku);
  const bool waits = policy == v1::SHORTFALL_POLICY_BACKORDER;
  std::map<std::string, int64_t> parts = item.components;
  if (parts.empty()) parts = {{demand.sku, 1}};
  Grant grant{.sku = demand.sku, .requested = demand.quantity, .reserved = demand.quantity};
  std::map<std::string, int64_t> available;  // What earlier lines of the order have left.
  for (const auto& [sku, units] : parts) {
    const Grant& before = ShareOf(shares, sku);
    const bool tracked = state_.ItemOf(sku).tracked;
    available[sku] = tracked ? state_.AvailableIn(sku, state_.SourcesOf(order)) - before.reserved : kPlenty;
    const int64_t quota = QuotaLeft(order, sku) - before.reserved - before.waiting;
    const bool too_many = quota < demand.quantity * units;
    const bool too_few = available[sku] < demand.quantity * units;
    if (waits && too_many) return Precondition("QUOTA_EXCEEDED");
    const std::string reason = too_few ? "INSUFFICIENT_STOCK" : too_many ? "QUOTA_EXCEEDED" : "";
    if (grant.reason.empty()) grant.reason = reason;
    grant.reserved = std::min({grant.reserved, available[sku] / units, waits ? kPlenty : quota / units});
  }
  if (grant.reserved < demand.quantity && waits) grant.waiting = demand.quantity - grant.reserved;
  if (grant.reserved < demand.quantity && policy == v1::SHORTFALL_POLICY_PARTIAL) {
    grant.reserved -= grant.reserved % item.multiple;
  }
  if (grant.reserved + grant.waiting < demand.quantity && policy != v1::SHORTFALL_POLICY_PARTIAL) {
    return Precondition(grant.reason);
  }
  for (const auto& [sku, units] : parts) {
    const int64_t requested = demand.quantity * units;
    const int64_t reserved = waits ? std::min(requested, available[sku]) : grant.reserved * units;
    Grant& share = ShareOf(shares, sku);
    share.requested += requested;
    share.reserved += reserved;
    share.waiting += waits ? requested - reserved : 0;
  }
  granted_.push_back(grant);
  return {};
}

}  // namespace inventory::model
