// Items: a SKU's configuration, its lock and its ledger counter. The conventions of Append... are
// those of table.h.
#ifndef INVENTORY_STORAGE_ITEM_REPOSITORY_H_
#define INVENTORY_STORAGE_ITEM_REPOSITORY_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

// "1,2,4".
struct IntegersCodec {
  static void Append(Sql& sql, const std::vector<int64_t>& values);
  static std::vector<int64_t> Parse(const Row& row, int column);
};

// Lines "key=value": a key has no '=' and no control character, a value no control character.
struct LabelsCodec {
  static void Append(Sql& sql, const std::map<std::string, std::string>& labels);
  static std::map<std::string, std::string> Parse(const Row& row, int column);
};

// Lines "12 SKU".
struct ComponentsCodec {
  static void Append(Sql& sql, const std::vector<Component>& components);
  static std::vector<Component> Parse(const Row& row, int column);
};

// Lines "kg 3" for the base unit and its precision, then "case 12" for each further unit.
struct UnitsCodec {
  static void Append(Sql& sql, const UnitsOfMeasure& units);
  static UnitsOfMeasure Parse(const Row& row, int column);
};

// ItemRecord::followed follows from the other columns, and has one of its own for the sake of an index.
struct FollowedColumn {
  static constexpr std::size_t kSize = 1;
  constexpr void Names(const char** out) const { *out = "followed"; }
  void Append(Sql& sql, const ItemRecord& item, const bool* wanted) const {
    if (*wanted) sql.Comma().Bool(item.followed());
  }
  void Equate(Sql& sql, const ItemRecord& item, const bool* wanted, column::Joint& joint) const {
    if (*wanted) sql.Raw(joint.Next()).Raw("followed=").Bool(item.followed());
  }
  void NoteChange(const ItemRecord& before, const ItemRecord& after, bool* changed) const {
    *changed = before.followed() != after.followed();
  }
  void Parse(const Row&, int, ItemRecord&) const {}
};

template <>
struct Table<ItemRecord> {
  using R = ItemRecord;
  static constexpr const char* kName = "item";
  static constexpr int kKeySize = 1;
  // Read one by one: the lock, what most writes change, and what may be NULL.
  static constexpr auto kPlain =
      std::tuple(column::Bytes("sku", &R::sku), column::Value("sequence", &R::sequence),
                 column::Value("last_movement_time", &R::last_movement_time),
                 column::Value("next_hold_expiry", &R::next_hold_expiry), column::Value("create_time", &R::create_time),
                 column::Value("update_time", &R::update_time));
  // Read as one, with the next; see ItemDetails. All are 0 by default.
  static constexpr auto kCounters =
      std::tuple(column::Value("configured", &R::configured), column::Value("config_version", &R::config_version),
                 column::Value("backordered", &R::backordered), column::Value("last_backorder", &R::last_backorder),
                 column::Value("fill_pending", &R::fill_pending), column::Value("fill_after", &R::fill_after),
                 column::Value("kits", &R::kits), column::Value("quotas", &R::quotas),
                 column::Value("low_stock_rules", &R::low_stock_rules));
  // All are defaults while config_version is 0. None is NULL or has a byte 0.
  static constexpr auto kConfiguration = std::tuple(
      column::Value("tracked", &R::tracked), column::Value("published", &R::published),
      column::Value("display_availability", &R::display_availability),
      column::Value("display_stock_quantity", &R::display_stock_quantity),
      column::Value("min_order_quantity", &R::min_order_quantity),
      column::Value("max_order_quantity", &R::max_order_quantity),
      column::Value("multiple_order_quantity", &R::multiple_order_quantity),
      column::Coded<IntegersCodec>("allowed_order_quantities", &R::allowed_order_quantities),
      column::Value("default_safety_stock", &R::default_safety_stock), column::Coded<LabelsCodec>("labels", &R::labels),
      column::Value("backorder_policy", &R::backorder_policy), column::Value("backorder_limit", &R::backorder_limit),
      column::Coded<UnitsCodec>("units_of_measure", &R::units_of_measure),
      column::Coded<ComponentsCodec>("components", &R::components),
      column::Bytes("availability_estimate", &R::availability_estimate),
      column::Bytes("unpublished_by", &R::unpublished_by),
      column::Bytes("external_reference_code", &R::external_reference_code));
  static constexpr auto kDetails = std::tuple_cat(kCounters, kConfiguration);
  static constexpr auto kColumns = std::tuple_cat(kPlain, kDetails, std::tuple(FollowedColumn()));
  // A hold may have run out, as far as the schema knows.
  static const R& Defaults() {
    static const R& defaults = *new R{.next_hold_expiry = absl::UnixEpoch()};
    return defaults;
  }
};

// Whether the details of items (what most of them leave at its default: the configuration, and counters of what hangs
// on the item) are read. What a reader pays grows with columns, so they travel in one, and not at all where all are
// defaults. To name them costs the database 20 us besides, even if no item has any.
enum class ItemDetails {
  kRead,
  kWhether,  // Only whether there are any: LackDetails.
};

// Selects the items that exist: ParseItems.
bool AppendSelectItems(Sql& sql, std::span<const std::string> skus, ItemDetails details = ItemDetails::kRead);

// The same, locking them in SKU order. Nothing is locked for a missing one.
bool AppendLockItems(Sql& sql, std::span<const std::string> skus, ItemDetails details = ItemDetails::kRead);

std::vector<ItemRecord> ParseItems(const Rows& rows);

// Whether one of the items has details, read or not.
bool HaveDetails(const Rows& rows);
// Whether one of the items has details that were not read: those of ParseItems then count for nothing.
bool LackDetails(const Rows& rows);

// Marks the items as fill_pending if the configuration has moved on from `version`.
bool AppendMarkUnlessCurrent(Sql& sql, std::span<const std::string> skus, int64_t version);

// Selects the SKUs whose backorders may be waiting for units that are there, the first `limit`: ParseTexts.
bool AppendSelectFillPending(Sql& sql, int64_t limit);

// Selects the SKUs whose next_hold_expiry is past, the longest past first, the first `limit`: ParseTexts.
bool AppendSelectHoldsDue(Sql& sql, int64_t limit);

// Selects the SKUs after `after_sku` (empty: from the start) that have backorders or low-stock rules, the first
// `limit`: ParseTexts.
bool AppendSelectFollowedSkus(Sql& sql, const std::string& after_sku, int64_t limit);

struct ItemFilter {
  std::string sku_prefix = {};             // Empty matches all.
  std::optional<bool> published = {};      // Unset matches all.
  std::string availability_estimate = {};  // A uid; empty matches all.
  std::string external_reference_code = {};
};

// Selects the first `limit` configured items after `after_sku` (empty: from the start) that match,
// in SKU order.
bool AppendListItems(Sql& sql, const ItemFilter& filter, const std::string& after_sku, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_ITEM_REPOSITORY_H_
