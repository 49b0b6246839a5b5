#include "server/commands/items.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/kits.h"
#include "server/commands/reservations.h"
#include "server/rpc/bounds.h"
#include "server/rpc/units.h"

namespace inventory::commands {
namespace {

using storage::ItemRecord;

constexpr int kMaxAllowedQuantities = 100;
constexpr int kMaxLabels = 64;
constexpr std::size_t kMaxLabelValueBytes = 255;
constexpr int kMaxUnits = 32;
constexpr int64_t kMaxPrecision = 9;
constexpr int64_t kMaxFactor = 1'000'000;

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

void CheckUnitsOfMeasure(const v1::UnitsOfMeasure& units, const std::string& field, Violations& violations) {
  constexpr char kKeyRule[] = "must be 1 to 32 of [a-z0-9._-]";
  const bool any = units.units_size() > 0 || units.precision() != 0;
  if (units.base_unit().empty() && any) violations.Add(field + ".base_unit", "is required");
  if (!units.base_unit().empty() && !rpc::IsUnitKey(units.base_unit())) violations.Add(field + ".base_unit", kKeyRule);
  rpc::CheckRange(units.precision(), 0, kMaxPrecision, field + ".precision", violations);
  rpc::CheckCount(units.units_size(), 0, kMaxUnits, field + ".units", violations);
  std::set<std::string> named = {units.base_unit()};
  for (int i = 0; i < std::min(units.units_size(), kMaxUnits); ++i) {
    const std::string path = rpc::Path(field + ".units", i, "key");
    if (!rpc::IsUnitKey(units.units(i).key())) violations.Add(path, kKeyRule);
    if (!named.insert(units.units(i).key()).second) violations.Add(path, "is named more than once");
    rpc::CheckRange(units.units(i).factor(), 1, kMaxFactor, rpc::Path(field + ".units", i, "factor"), violations);
  }
}

storage::UnitsOfMeasure RecordOf(const v1::UnitsOfMeasure& units) {
  storage::UnitsOfMeasure record{.base_unit = units.base_unit(), .precision = units.precision()};
  for (const v1::UnitsOfMeasure::Unit& unit : units.units()) record.factors[unit.key()] = unit.factor();
  return record;
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
  rpc::CheckTexts(item.labels(), kMaxLabels, kMaxLabelValueBytes, field + ".labels", violations);
  CheckBackorders(item, field, violations);
  CheckUnitsOfMeasure(item.units_of_measure(), field + ".units_of_measure", violations);
  CheckComponents(item, field, violations);
  rpc::CheckOptionalId(item.availability_estimate_id(), field + ".availability_estimate_id", violations);
  CheckCode(item.external_reference_code(), field + ".external_reference_code", violations);
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
  record.external_reference_code = item.external_reference_code();
  record.units_of_measure = RecordOf(item.units_of_measure());
  record.components.clear();
  for (const v1::KitComponent& component : item.components()) {
    record.components.push_back({component.sku(), component.quantity()});
  }
  std::sort(record.components.begin(), record.components.end(),
            [](const auto& a, const auto& b) { return a.sku < b.sku; });
  return record;
}

pipeline::Needs NeedsOfItem(const v1::Item& item, bool create) {
  pipeline::Needs needs{.create_items = create || item.components_size() > 0};
  if (!item.sku().empty()) needs.skus.push_back(item.sku());
  for (const v1::KitComponent& component : item.components()) needs.skus.push_back(component.sku());
  if (!item.availability_estimate_id().empty()) {
    needs.availability_estimates.push_back(item.availability_estimate_id());
  }
  NeedCode(storage::ResourceKind::kItem, item.external_reference_code(), needs);
  return needs;
}

absl::Status Configure(pipeline::Work& work, const v1::Item& item) {
  ItemRecord record = Configured(work.item(item.sku()), item);
  record.availability_estimate.clear();
  if (!item.availability_estimate_id().empty()) {
    const auto& estimates = work.configuration().availability_estimates;
    const auto estimate = estimates.find(item.availability_estimate_id());
    if (estimate == estimates.end()) {
      return Precondition("AVAILABILITY_ESTIMATE_NOT_FOUND",
                          absl::StrCat("there is no availability estimate ", item.availability_estimate_id()),
                          {{"availability_estimate_id", item.availability_estimate_id()}});
    }
    record.availability_estimate = estimate->second.uid;
  }
  return SaveItem(work, std::move(record));
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
    // Rules are judged while the item is tracked only.
    work.Recheck(record.sku);
  }
  absl::Status parts = ChangeComponents(work, stored, record);
  if (!parts.ok()) return parts;
  absl::Status given = GiveCode(work, storage::ResourceKind::kItem, stored.external_reference_code,
                                record.external_reference_code, record.sku);
  if (!given.ok()) return given;
  // Who publishes or unpublishes it by hand takes it out of a rule's hands.
  if (record.published != stored.published && record.unpublished_by == stored.unpublished_by) {
    record.unpublished_by.clear();
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
