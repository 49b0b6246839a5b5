#include "server/commands/kits.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "server/commands/items.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using storage::Component;
using storage::ItemRecord;

constexpr int kMaxComponents = 50;
constexpr int64_t kMaxInKit = 1'000'000;

bool Contains(const std::vector<Component>& components, const std::string& sku) {
  return std::any_of(components.begin(), components.end(), [&sku](const Component& c) { return c.sku == sku; });
}

// Of the first, those that the second has not.
std::vector<std::string> Missing(const std::vector<Component>& all, const std::vector<Component>& without) {
  std::vector<std::string> missing;
  for (const Component& component : all) {
    if (!Contains(without, component.sku)) missing.push_back(component.sku);
  }
  return missing;
}

absl::Status CheckMayBecomeKit(pipeline::Work& work, const ItemRecord& item) {
  absl::Status status = CheckUnnamed(item);
  if (status.ok()) status = CheckUnreserved(work, item.sku);
  if (!status.ok()) return status;
  return CheckUnused(work, item.sku, "a kit has no stock of its own, and there are still units of the item",
                     [](const storage::Quantities& level) { return !(level == storage::Quantities()); });
}

absl::Status CheckMayBeComponent(const pipeline::Work& work, const std::string& sku) {
  if (!work.item(sku).is_kit()) return absl::OkStatus();
  return Precondition("COMPONENT_IS_KIT", absl::StrCat(sku, " is a kit itself"), {{"sku", sku}});
}

}  // namespace

void CheckComponents(const v1::Item& item, const std::string& field, Violations& violations) {
  const std::string list = field + ".components";
  rpc::CheckCount(item.components_size(), 0, kMaxComponents, list, violations);
  std::set<std::string> named = {item.sku()};
  for (int i = 0; i < std::min(item.components_size(), kMaxComponents); ++i) {
    const v1::KitComponent& component = item.components(i);
    rpc::CheckSku(component.sku(), rpc::Path(list, i, "sku"), violations);
    rpc::CheckRange(component.quantity(), 1, kMaxInKit, rpc::Path(list, i, "quantity"), violations);
    if (!named.insert(component.sku()).second) {
      const bool itself = component.sku() == item.sku();
      violations.Add(rpc::Path(list, i, "sku"), itself ? "is the kit itself" : "is named more than once");
    }
  }
  if (item.components().empty()) return;
  if (item.tracking() == v1::TRACKING_UNTRACKED) violations.Add(field + ".tracking", "must be TRACKED for a kit");
  if (item.default_safety_stock() > 0) violations.Add(field + ".default_safety_stock", "must be 0 for a kit");
  const bool waits = item.backorder_policy() == v1::BACKORDER_POLICY_LIMITED ||
                     item.backorder_policy() == v1::BACKORDER_POLICY_UNLIMITED;
  if (waits) violations.Add(field + ".backorder_policy", "must be NONE for a kit: that of its components counts");
}

absl::Status ChangeComponents(pipeline::Work& work, const ItemRecord& stored, const ItemRecord& wanted) {
  if (stored.components == wanted.components) return absl::OkStatus();
  const std::vector<std::string> added = Missing(wanted.components, stored.components);
  const std::vector<std::string> removed = Missing(stored.components, wanted.components);
  bool locked = true;
  for (const std::string& sku : added) locked = work.Require(sku) && locked;
  for (const std::string& sku : removed) locked = work.Require(sku) && locked;
  if (!locked) return absl::AbortedError("not all components are locked yet");
  absl::Status status;
  if (!stored.is_kit()) status = CheckMayBecomeKit(work, stored);
  for (const std::string& sku : added) {
    if (status.ok()) status = CheckMayBeComponent(work, sku);
  }
  if (!status.ok()) return status;
  for (const std::string& sku : added) work.rows().items.Edit(sku).kits += 1;
  for (const std::string& sku : removed) work.rows().items.Edit(sku).kits -= 1;
  return absl::OkStatus();
}

absl::Status CheckUnnamed(const ItemRecord& item) {
  std::vector<absl::string_view> users;
  if (item.kits > 0) users.push_back("kits");
  if (item.quotas > 0) users.push_back("quotas");
  if (item.low_stock_rules > 0) users.push_back("low_stock_rules");
  if (users.empty()) return absl::OkStatus();
  return Precondition("ITEM_IN_USE", absl::StrCat("the item is named by ", absl::StrJoin(users, ", ")),
                      {{"used_by", absl::StrJoin(users, ",")}});
}

absl::Status ItemIsKit(const std::string& sku) {
  return Precondition("ITEM_IS_KIT", absl::StrCat(sku, " is a kit and has no stock of its own; name its components"),
                      {{"sku", sku}});
}

absl::Status CheckNoKit(const pipeline::Work& work, const std::string& sku) {
  return work.item(sku).is_kit() ? ItemIsKit(sku) : absl::OkStatus();
}

}  // namespace inventory::commands
