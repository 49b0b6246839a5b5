#include "server/commands/items.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using storage::ItemRecord;

constexpr int kMaxAllowedQuantities = 100;
constexpr int kMaxLabels = 64;
constexpr std::size_t kMaxLabelKeyBytes = 63;
constexpr std::size_t kMaxLabelValueBytes = 255;

bool IsLabelKey(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !key.empty() && key.size() <= kMaxLabelKeyBytes && std::all_of(key.begin(), key.end(), allowed);
}

void CheckLabels(const google::protobuf::Map<std::string, std::string>& labels, const std::string& field,
                 Violations& violations) {
  rpc::CheckCount(static_cast<int>(labels.size()), 0, kMaxLabels, field, violations);
  if (labels.size() > kMaxLabels) return;
  // In order, so that the same request always gets the same answer.
  const std::set<std::pair<std::string, std::string>> sorted(labels.begin(), labels.end());
  for (const auto& [key, value] : sorted) {
    if (IsLabelKey(key)) {
      rpc::CheckText(value, kMaxLabelValueBytes, absl::StrCat(field, "[", key, "]"), violations);
    } else {
      violations.Add(field, absl::StrCat("every key must be 1 to ", kMaxLabelKeyBytes, " of [a-z0-9._-]"));
    }
  }
}

void CheckOrderRulesOf(const v1::Item& item, const std::string& field, Violations& violations) {
  const ItemRecord rules = Configured({}, item);
  rpc::CheckQuantity(rules.min_order_quantity, 1, field + ".min_order_quantity", violations);
  rpc::CheckQuantity(rules.max_order_quantity, 0, field + ".max_order_quantity", violations);
  rpc::CheckQuantity(rules.multiple_order_quantity, 1, field + ".multiple_order_quantity", violations);
  if (rules.max_order_quantity > 0 && rules.max_order_quantity < rules.min_order_quantity) {
    violations.Add(field + ".max_order_quantity",
                   absl::StrCat("is ", rules.max_order_quantity, "; must be 0 or at least the minimum of ",
                                rules.min_order_quantity));
  }
  const std::string allowed = field + ".allowed_order_quantities";
  rpc::CheckCount(item.allowed_order_quantities_size(), 0, kMaxAllowedQuantities, allowed, violations);
  for (int i = 0; i < std::min(item.allowed_order_quantities_size(), kMaxAllowedQuantities); ++i) {
    rpc::CheckQuantity(item.allowed_order_quantities(i), 1, absl::StrCat(allowed, "[", i, "]"), violations);
  }
}

void CheckBackorders(const v1::Item& item, const std::string& field, Violations& violations) {
  rpc::CheckEnum<v1::BackorderPolicy_IsValid>(item.backorder_policy(), field + ".backorder_policy", violations);
  const bool limited = item.backorder_policy() == v1::BACKORDER_POLICY_LIMITED;
  if (limited || item.backorder_limit() < 0) {
    rpc::CheckQuantity(item.backorder_limit(), 1, field + ".backorder_limit", violations);
  } else if (item.backorder_limit() > 0) {
    violations.Add(field + ".backorder_limit", "must be 0 unless the policy is LIMITED");
  }
}

// Live reservations that have units of the SKU outstanding, the last ids first. What the batch has loaded it may have
// changed since it was stored.
std::vector<std::string> HoldersOf(const pipeline::Work& work, const std::string& sku) {
  const auto& lines = work.rows().reservation_lines;
  std::set<std::string, std::greater<>> ids;
  for (const std::string& id : work.holders->at(sku)) {
    if (lines.Find({id, sku}) == nullptr) ids.insert(id);
  }
  for (const storage::ReservationLineRecord* line : lines.All()) {
    if (line->sku != sku || Outstanding(*line) == 0) continue;
    // A line that is loaded alone belongs to a dead hold.
    const storage::ReservationRecord* owner = work.rows().reservations.Find(line->reservation_id);
    const bool dead = owner == nullptr || LiveState(*owner, work.now()) == storage::ReservationState::kExpired;
    if (!dead) ids.insert(line->reservation_id);
  }
  std::vector<std::string> holders(ids.begin(), ids.end());
  holders.resize(std::min(holders.size(), pipeline::kMaxHolders));
  return holders;
}

}  // namespace

void CheckItem(const v1::Item& item, const std::string& field, Violations& violations) {
  rpc::CheckSku(item.sku(), field + ".sku", violations);
  rpc::CheckEnum<v1::Tracking_IsValid>(item.tracking(), field + ".tracking", violations);
  CheckOrderRulesOf(item, field, violations);
  rpc::CheckQuantity(item.default_safety_stock(), 0, field + ".default_safety_stock", violations);
  CheckLabels(item.labels(), field + ".labels", violations);
  CheckBackorders(item, field, violations);
}

ItemRecord Configured(ItemRecord record, const v1::Item& item) {
  const ItemRecord defaults;
  record.configured = true;
  record.tracked = item.tracking() != v1::TRACKING_UNTRACKED;
  record.published = item.has_published() ? item.published() : defaults.published;
  record.display_availability = item.display_availability();
  record.display_stock_quantity = item.display_stock_quantity();
  record.min_order_quantity = item.has_min_order_quantity() ? item.min_order_quantity() : defaults.min_order_quantity;
  record.max_order_quantity = item.has_max_order_quantity() ? item.max_order_quantity() : defaults.max_order_quantity;
  record.multiple_order_quantity =
      item.has_multiple_order_quantity() ? item.multiple_order_quantity() : defaults.multiple_order_quantity;
  const std::set<int64_t> allowed(item.allowed_order_quantities().begin(), item.allowed_order_quantities().end());
  record.allowed_order_quantities.assign(allowed.begin(), allowed.end());
  record.default_safety_stock = item.default_safety_stock();
  if (item.backorder_policy() != v1::BACKORDER_POLICY_UNSPECIFIED) {
    record.backorder_policy = static_cast<storage::BackorderPolicy>(item.backorder_policy());
  } else {
    record.backorder_policy = defaults.backorder_policy;
  }
  record.backorder_limit = item.backorder_limit();
  record.labels = {item.labels().begin(), item.labels().end()};
  return record;
}

absl::Status CheckUnreserved(pipeline::Work& work, const std::string& sku) {
  const std::vector<const storage::LevelRecord*> levels = work.LevelsOf(sku);
  const bool reserved =
      std::any_of(levels.begin(), levels.end(), [](const auto* level) { return level->quantities.reserved > 0; });
  // The levels count what is reserved of a tracked item; of an untracked one only its lines tell.
  if (work.item(sku).tracked && !reserved && work.item(sku).backordered == 0) return absl::OkStatus();
  if (!work.RequireHolders(sku)) return absl::AbortedError("who holds units of the SKU is not known yet");
  const std::vector<std::string> holders = HoldersOf(work, sku);
  if (holders.empty()) return absl::OkStatus();
  return Precondition("ITEM_IN_USE", "reservations hold units of the item",
                      {{"reservation_ids", absl::StrJoin(holders, ",")}});
}

absl::Status SaveItem(pipeline::Work& work, ItemRecord record) {
  const ItemRecord& stored = *work.rows().items.Find(record.sku);
  if (record == stored) return absl::OkStatus();
  if (record.tracked != stored.tracked) {
    absl::Status unreserved = CheckUnreserved(work, record.sku);
    if (!unreserved.ok()) return unreserved;
    absl::Status unused = CheckUnused(work, record.sku, "tracking can't change while units are on their way",
                                      [](const storage::Quantities& level) { return level.incoming != 0; });
    if (!unused.ok()) return unused;
  }
  // The version goes on growing through deletion and new configuration, so that an old etag never fits again.
  record.config_version += 1;
  record.update_time = work.now();
  if (!stored.configured) record.create_time = work.now();
  work.rows().items.Edit(record.sku) = std::move(record);
  return absl::OkStatus();
}

absl::Status ItemNotFound(const std::string& sku) {
  return NotFound("ITEM_NOT_FOUND", absl::StrCat(sku, " is not configured"), {{"sku", sku}});
}

absl::Status CheckUnused(const pipeline::Work& work, const std::string& sku, std::string_view message,
                         bool (*uses)(const storage::Quantities&)) {
  std::vector<std::string> warehouses;
  for (const storage::LevelRecord* level : work.LevelsOf(sku)) {
    if (uses(level->quantities)) warehouses.push_back(level->warehouse_id);
  }
  if (warehouses.empty()) return absl::OkStatus();
  return Precondition("ITEM_IN_USE", message, {{"warehouse_ids", absl::StrJoin(warehouses, ",")}});
}

}  // namespace inventory::commands
