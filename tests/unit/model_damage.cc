#include "tests/unit/model_damage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace inventory::model {
namespace {

using storage::ItemRecord;
using storage::LevelRecord;
using storage::Quantities;

// Of what a mismatch is.
struct Subject {
  std::string sku = {};
  std::string warehouse = {};
  std::string reservation = {};
  std::string channel = {};
};

v1::Mismatch Expect(const char* check, const char* quantity, int64_t expected, int64_t actual, const Subject& of) {
  v1::Mismatch mismatch;
  mismatch.set_check(check);
  mismatch.set_quantity(quantity);
  mismatch.set_expected(expected);
  mismatch.set_actual(actual);
  mismatch.set_sku(of.sku);
  mismatch.set_warehouse_id(of.warehouse);
  mismatch.set_reservation_id(of.reservation);
  mismatch.set_channel_id(of.channel);
  return mismatch;
}

// Who waits for the SKU is looked at again.
std::function<void(Model&)> LookAgain(const std::string& sku) {
  return [sku](Model& model) {
    if (model.state().Waiting(sku) > 0) model.NoteRepair(sku);
  };
}

class Damages {
 public:
  explicit Damages(const pipeline::Rows& rows) : rows_(rows) {}

  std::vector<Damage> Take() {
    for (const LevelRecord* level : rows_.levels.All()) OfLevel(*level);
    for (const ItemRecord* item : rows_.items.All()) OfItem(*item);
    for (const auto* line : rows_.reservation_lines.All()) OfLine(*line);
    for (const auto* part : rows_.allocations.All()) OfAllocation(*part);
    for (const auto* quota : rows_.quotas.All()) OfQuota(*quota);
    return std::move(damages_);
  }

 private:
  void OfLevel(const LevelRecord& level) {
    const LevelRecord::Key key = level.key();
    const Subject of{.sku = level.sku, .warehouse = level.warehouse_id};
    const auto add = [&](const char* name, int64_t Quantities::*counter, const char* check, int64_t on_hand,
                         int64_t safety_stock) {
      const int64_t right = level.quantities.*counter;
      Damage damage{.name = name, .expected = {Expect("LEVEL_NOT_SUM_OF_MOVEMENTS", name, right, right + 1, of)}};
      if (check != nullptr) damage.expected.push_back(Expect(check, name, right, right + 1, of));
      damage.inflict = [key, counter](pipeline::Rows& rows) { rows.levels.Edit(key).quantities.*counter += 1; };
      damage.mend = [key, on_hand, safety_stock](Model& model) {
        model.Correct(key.first, key.second, on_hand, safety_stock);
      };
      damages_.push_back(std::move(damage));
    };
    add("reserved", &Quantities::reserved, "RESERVED_NOT_SUM_OF_ALLOCATIONS", 0, 0);
    add("incoming", &Quantities::incoming, "INCOMING_NOT_SUM_OF_DOCUMENTS", 0, 0);
    // These are believed, which a kit's own units can't be.
    const ItemRecord* item = rows_.items.Find(level.sku);
    if (item == nullptr || !item->is_kit()) {
      add("on_hand", &Quantities::on_hand, nullptr, 1, 0);
      add("safety_stock", &Quantities::safety_stock, nullptr, 0, 1);
    }
    damages_.push_back({.name = "version",
                        .expected = {Expect("VERSION_NOT_DENSE", "version", level.version, level.version - 1, of)},
                        .inflict = [key](pipeline::Rows& rows) { rows.levels.Edit(key).version -= 1; },
                        .mend = [key](Model& model) { model.Correct(key.first, key.second, 0, 0); }});
  }

  void OfItem(const ItemRecord& item) {
    const std::string& sku = item.sku;
    const Subject of{.sku = sku};
    const auto first = rows_.levels.Range({sku, ""}, [&](const LevelRecord& level) { return level.sku == sku; });
    if (!first.empty() && item.sequence > 0) {
      damages_.push_back({.name = "sequence",
                          .expected = {Expect("SEQUENCE_NOT_DENSE", "sequence", item.sequence, item.sequence - 1, of)},
                          .inflict = [sku](pipeline::Rows& rows) { rows.items.Edit(sku).sequence -= 1; },
                          .mend = [sku, warehouse = first.front()->warehouse_id](
                                      Model& model) { model.Correct(sku, warehouse, 0, 0); }});
    }
    const auto add = [&](const char* name, int64_t ItemRecord::*counter, const char* check, auto mend) {
      damages_.push_back({.name = name,
                          .expected = {Expect(check, name, item.*counter, item.*counter + 1, of)},
                          .inflict = [sku, counter](pipeline::Rows& rows) { rows.items.Edit(sku).*counter += 1; },
                          .mend = mend});
    };
    const auto judge = [sku](Model& model) { model.NoteRepair(sku); };
    add("backordered", &ItemRecord::backordered, "BACKORDERED_NOT_SUM_OF_BACKORDERS", LookAgain(sku));
    add("kits", &ItemRecord::kits, "REFERENCES_NOT_COUNTED", judge);
    add("quotas", &ItemRecord::quotas, "REFERENCES_NOT_COUNTED", judge);
    add("low_stock_rules", &ItemRecord::low_stock_rules, "REFERENCES_NOT_COUNTED", judge);
  }

  void OfLine(const storage::ReservationLineRecord& line) {
    const auto key = line.key();
    const Subject of{.sku = line.sku, .reservation = line.reservation_id};
    Damage waiting{.name = "backordered of a line",
                   .expected = {Expect("BACKORDERED_NOT_SUM_OF_BACKORDERS", "backordered", line.backordered,
                                       line.backordered + 1, of)},
                   .inflict = [key](pipeline::Rows& rows) { rows.reservation_lines.Edit(key).backordered += 1; },
                   .mend = LookAgain(line.sku)};
    // The lines decide about the quota, this one too as long as it is wrong.
    const std::string& channel = rows_.reservations.Find(line.reservation_id)->channel_id;
    if (const storage::QuotaRecord* quota = rows_.quotas.Find({line.sku, channel})) {
      waiting.expected.push_back(Expect("OUTSTANDING_NOT_SUM_OF_LINES", "outstanding", quota->outstanding + 1,
                                        quota->outstanding, {.sku = line.sku, .channel = channel}));
    }
    damages_.push_back(std::move(waiting));
    if (line.returned == line.shipped) return;
    damages_.push_back(
        {.name = "returned",
         .expected = {Expect("RETURNED_NOT_SUM_OF_RETURNS", "returned", line.returned, line.returned + 1, of)},
         .inflict = [key](pipeline::Rows& rows) { rows.reservation_lines.Edit(key).returned += 1; },
         .mend = LookAgain(line.sku)});
  }

  void OfAllocation(const storage::AllocationRecord& part) {
    const auto key = part.key();
    const Subject of{.sku = part.sku, .warehouse = part.warehouse_id, .reservation = part.reservation_id};
    damages_.push_back(
        {.name = "in_shipment",
         .expected = {Expect("SHIPMENT_NOT_BOUND", "in_shipment", part.in_shipment, part.in_shipment + 1, of)},
         .inflict = [key](pipeline::Rows& rows) { rows.allocations.Edit(key).in_shipment += 1; },
         .mend = LookAgain(part.sku)});
  }

  void OfQuota(const storage::QuotaRecord& quota) {
    const auto key = quota.key();
    damages_.push_back({.name = "outstanding",
                        .expected = {Expect("OUTSTANDING_NOT_SUM_OF_LINES", "outstanding", quota.outstanding,
                                            quota.outstanding + 1, {.sku = quota.sku, .channel = quota.channel_id})},
                        .inflict = [key](pipeline::Rows& rows) { rows.quotas.Edit(key).outstanding += 1; },
                        .mend = LookAgain(quota.sku)});
  }

  const pipeline::Rows& rows_;
  std::vector<Damage> damages_;
};

std::vector<std::string> Sorted(const std::vector<v1::Mismatch>& mismatches, bool repaired) {
  std::vector<std::string> shown;
  for (v1::Mismatch mismatch : mismatches) {
    mismatch.set_repaired(mismatch.repaired() || repaired);
    shown.push_back(Show(mismatch));
  }
  std::sort(shown.begin(), shown.end());
  return shown;
}

}  // namespace

std::vector<Damage> DamagesOf(const pipeline::Rows& rows) { return Damages(rows).Take(); }

std::vector<std::string> WrongMismatches(const std::vector<v1::Mismatch>& reported, const Damage& damage,
                                         bool repaired) {
  const std::vector<std::string> expected = Sorted(damage.expected, repaired);
  const std::vector<std::string> actual = Sorted(reported, false);
  if (actual == expected) return {};
  return {absl::StrCat("VerifyStock reports ", absl::StrJoin(actual, "; "), " and must report ",
                       absl::StrJoin(expected, "; "))};
}

std::string Show(const v1::Mismatch& mismatch) { return absl::StrCat("{", mismatch.ShortDebugString(), "}"); }

}  // namespace inventory::model
