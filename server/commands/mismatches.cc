#include "server/commands/mismatches.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <utility>

namespace inventory::commands {
namespace {

using storage::kQuantities;
using storage::Quantities;
using storage::VerifySnapshot;

constexpr char kBackordered[] = "BACKORDERED_NOT_SUM_OF_BACKORDERS";
constexpr char kOutstanding[] = "OUTSTANDING_NOT_SUM_OF_LINES";
constexpr char kReferences[] = "REFERENCES_NOT_COUNTED";
constexpr char kExpiry[] = "NEXT_HOLD_EXPIRY_LATE";

// The counters of what refers to a SKU.
constexpr std::pair<const char*, int64_t storage::ItemRecord::*> kReferenceCounters[] = {
    {"kits", &storage::ItemRecord::kits},
    {"quotas", &storage::ItemRecord::quotas},
    {"low_stock_rules", &storage::ItemRecord::low_stock_rules}};

std::atomic<int64_t> mismatches_found = 0;

// Everything that is known of one level.
struct Facts {
  const storage::LevelRecord* level = nullptr;
  const storage::LevelLedger* ledger = nullptr;
  int64_t allocated = 0;
  int64_t expected = 0;

  Quantities stored() const { return level == nullptr ? Quantities() : level->quantities; }
  Quantities moved() const { return ledger == nullptr ? Quantities() : ledger->deltas; }
  int64_t version() const { return level == nullptr ? 0 : level->version; }
  int64_t last_version() const { return ledger == nullptr ? 0 : ledger->last_version; }

  // What the level should hold. The allocations decide about reserved, replenishments and transfers about incoming;
  // otherwise the level is believed, and its ledger if the level is lost.
  Quantities wanted() const {
    Quantities wanted = level == nullptr ? moved() : stored();
    for (const auto& [name, value] : kQuantities) wanted.*value = std::max<int64_t>(wanted.*value, 0);
    wanted.reserved = allocated;
    wanted.incoming = expected;
    return wanted;
  }
};

using LevelKey = storage::LevelRecord::Key;

std::map<LevelKey, Facts> FactsOf(const VerifySnapshot& snapshot) {
  std::map<LevelKey, Facts> facts;
  for (const auto& level : snapshot.levels) facts[level.key()].level = &level;
  for (const auto& ledger : snapshot.level_ledgers) facts[{ledger.sku, ledger.warehouse_id}].ledger = &ledger;
  for (const auto& sum : snapshot.reserved) {
    if (sum.units != 0) facts[{sum.sku, sum.warehouse_id}].allocated = sum.units;
  }
  for (const auto& sum : snapshot.incoming) {
    if (sum.units != 0) facts[{sum.sku, sum.warehouse_id}].expected = sum.units;
  }
  return facts;
}

// Collects mismatches of one SKU, warehouse and reservation.
class Report {
 public:
  Report(std::string sku, std::string warehouse_id, std::vector<v1::Mismatch>& found, std::string reservation_id = "")
      : sku_(std::move(sku)),
        warehouse_id_(std::move(warehouse_id)),
        reservation_id_(std::move(reservation_id)),
        found_(found) {}

  void Compare(const char* check, const char* quantity, int64_t expected, int64_t actual) {
    if (expected == actual) return;
    v1::Mismatch mismatch;
    mismatch.set_sku(sku_);
    mismatch.set_warehouse_id(warehouse_id_);
    mismatch.set_check(check);
    mismatch.set_quantity(quantity);
    mismatch.set_expected(expected);
    mismatch.set_actual(actual);
    mismatch.set_reservation_id(reservation_id_);
    found_.push_back(std::move(mismatch));
  }

 private:
  const std::string sku_;
  const std::string warehouse_id_;
  const std::string reservation_id_;
  std::vector<v1::Mismatch>& found_;
};

void CheckLevel(const Facts& facts, Report& report) {
  const Quantities stored = facts.stored();
  report.Compare("RESERVED_NOT_SUM_OF_ALLOCATIONS", "reserved", facts.allocated, stored.reserved);
  report.Compare("INCOMING_NOT_SUM_OF_DOCUMENTS", "incoming", facts.expected, stored.incoming);
  for (const auto& [name, value] : kQuantities) {
    report.Compare("LEVEL_NOT_SUM_OF_MOVEMENTS", name, facts.moved().*value, stored.*value);
    report.Compare("NEGATIVE_QUANTITY", name, std::max<int64_t>(stored.*value, 0), stored.*value);
  }
  report.Compare("VERSION_NOT_DENSE", "version", facts.last_version(), facts.version());
  const int64_t movements = facts.ledger == nullptr ? 0 : facts.ledger->movements;
  report.Compare("VERSION_NOT_DENSE", "movements", facts.last_version(), movements);
}

void CheckSequences(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& found) {
  std::map<std::string, std::pair<int64_t, const storage::SkuLedger*>> skus;
  for (const auto& item : snapshot.items) skus[item.sku].first = item.sequence;
  for (const auto& ledger : snapshot.sku_ledgers) skus[ledger.sku].second = &ledger;
  for (const auto& [sku, both] : skus) {
    const auto& [sequence, ledger] = both;
    Report report(sku, "", found);
    report.Compare("SEQUENCE_NOT_DENSE", "sequence", ledger == nullptr ? 0 : ledger->last_sequence, sequence);
    if (ledger != nullptr) {
      report.Compare("SEQUENCE_NOT_DENSE", "movements", ledger->last_sequence, ledger->movements);
    }
  }
}

void CheckBackorders(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& found) {
  std::map<std::string, int64_t> waiting;
  for (const auto& line : snapshot.backordered) {
    Report report(line.sku, "", found, line.reservation_id);
    report.Compare(kBackordered, "backordered", line.waiting, line.backordered);
    waiting[line.sku] += line.waiting;
  }
  for (const auto& item : snapshot.items) {
    Report(item.sku, "", found).Compare(kBackordered, "backordered", waiting[item.sku], item.backordered);
  }
}

void CheckQuotas(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& found) {
  for (const auto& quota : snapshot.quotas) {
    const std::size_t before = found.size();
    Report(quota.sku, "", found).Compare(kOutstanding, "outstanding", quota.unshipped, quota.outstanding);
    if (found.size() > before) found.back().set_channel_id(quota.channel_id);
  }
}

void CheckReferences(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& found) {
  std::map<std::string, storage::ItemRecord> counted;  // Only with what is counted here.
  for (const auto& kits : snapshot.kits) counted[kits.sku].kits = kits.count;
  for (const auto& quota : snapshot.quotas) ++counted[quota.sku].quotas;
  for (const auto& rules : snapshot.low_stock_rules) counted[rules.sku].low_stock_rules = rules.count;
  std::map<std::string, const storage::ItemRecord*> stored;
  for (const auto& item : snapshot.items) {
    counted.try_emplace(item.sku);
    stored[item.sku] = &item;
  }
  for (const auto& [sku, expected] : counted) {
    const auto item = stored.find(sku);
    Report report(sku, "", found);
    for (const auto& [name, counter] : kReferenceCounters) {
      report.Compare(kReferences, name, expected.*counter, item == stored.end() ? 0 : item->second->*counter);
    }
  }
}

void CheckExpiries(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& found) {
  std::map<std::string, absl::Time> first;
  for (const auto& [sku, expire_time] : snapshot.first_expiries) first[sku] = expire_time;
  for (const auto& item : snapshot.items) {
    const auto hold = first.find(item.sku);
    if (hold == first.end() || (item.next_hold_expiry && *item.next_hold_expiry <= hold->second)) continue;
    Report(item.sku, "", found)
        .Compare(kExpiry, "next_hold_expiry", absl::ToUnixMicros(hold->second),
                 item.next_hold_expiry ? absl::ToUnixMicros(*item.next_hold_expiry) : 0);
  }
}

int64_t LastSequence(const VerifySnapshot& snapshot, const std::string& sku) {
  for (const auto& ledger : snapshot.sku_ledgers) {
    if (ledger.sku == sku) return ledger.last_sequence;
  }
  return 0;
}

// True if a correcting movement of its level makes it right.
bool MovementMends(const v1::Mismatch& mismatch) {
  const std::string& check = mismatch.check();
  if (check == "VERSION_NOT_DENSE" || check == "SEQUENCE_NOT_DENSE") {
    // Numbers that lag behind the ledger go on after it; a ledger that lacks movements stays as it is.
    return mismatch.quantity() != "movements" && mismatch.actual() < mismatch.expected();
  }
  return mismatch.reservation_id().empty() && check != kBackordered && check != kOutstanding && check != kReferences &&
         check != kExpiry;
}

absl::Status RepairLevel(const LevelKey& key, const Facts& facts, const VerifySnapshot& snapshot,
                         pipeline::Work& work) {
  const Quantities wanted = facts.wanted();
  return work.Correct({.sku = key.first,
                       .warehouse_id = key.second,
                       .level_delta = wanted - facts.stored(),
                       .ledger_delta = wanted - facts.moved(),
                       .last_version = facts.last_version(),
                       .last_sequence = LastSequence(snapshot, key.first),
                       .reason = "repaired by verify"});
}

// Open shipments decide how much of an allocation they have bound.
bool RepairBound(const v1::Mismatch& mismatch, pipeline::Work& work) {
  const storage::AllocationRecord::Key key{mismatch.reservation_id(), mismatch.sku(), mismatch.warehouse_id()};
  const storage::AllocationRecord* allocation = work.rows().allocations.Find(key);
  if (allocation == nullptr) return false;
  const int64_t bound = allocation->in_shipment + mismatch.expected() - mismatch.actual();
  if (bound < 0 || bound > allocation->reserved) return false;
  work.rows().allocations.Edit(key).in_shipment = bound;
  return true;
}

// Documents decide about the counters of a line: returns how much has come back, backorders how much waits.
bool RepairLine(const v1::Mismatch& mismatch, int64_t storage::ReservationLineRecord::*counter, pipeline::Work& work) {
  const storage::ReservationLineRecord::Key key{mismatch.reservation_id(), mismatch.sku()};
  if (work.rows().reservation_lines.Find(key) == nullptr) return false;
  work.rows().reservation_lines.Edit(key).*counter += mismatch.expected() - mismatch.actual();
  return true;
}

// Backorders decide how much of a line, and of a SKU, waits.
bool RepairBackordered(const v1::Mismatch& mismatch, pipeline::Work& work) {
  if (!mismatch.reservation_id().empty()) {
    return RepairLine(mismatch, &storage::ReservationLineRecord::backordered, work);
  }
  work.rows().items.Edit(mismatch.sku()).backordered += mismatch.expected() - mismatch.actual();
  return true;
}

// Lines decide how much stands against a quota.
bool RepairOutstanding(const v1::Mismatch& mismatch, pipeline::Work& work) {
  const storage::QuotaRecord::Key key{mismatch.sku(), mismatch.channel_id()};
  if (work.rows().quotas.Find(key) == nullptr) return false;
  work.rows().quotas.Edit(key).outstanding += mismatch.expected() - mismatch.actual();
  return true;
}

bool RepairReferences(const v1::Mismatch& mismatch, pipeline::Work& work) {
  for (const auto& [name, counter] : kReferenceCounters) {
    if (mismatch.quantity() != name) continue;
    storage::ItemRecord& item = work.rows().items.Edit(mismatch.sku());
    item.*counter += mismatch.expected() - mismatch.actual();
    // Rules that were not counted have not been judged.
    item.fill_pending = true;
    item.fill_after = 0;
  }
  return true;
}

bool RepairExpiry(const v1::Mismatch& mismatch, pipeline::Work& work) {
  work.rows().items.Edit(mismatch.sku()).next_hold_expiry = absl::FromUnixMicros(mismatch.expected());
  return true;
}

}  // namespace

int64_t MismatchesFound() { return mismatches_found; }

void CountMismatches(int64_t found) { mismatches_found += found; }

std::vector<v1::Mismatch> FindMismatches(const VerifySnapshot& snapshot) {
  std::vector<v1::Mismatch> found;
  for (const auto& [key, facts] : FactsOf(snapshot)) {
    Report report(key.first, key.second, found);
    CheckLevel(facts, report);
  }
  CheckSequences(snapshot, found);
  for (const auto& shipped : snapshot.shipped) {
    Report report(shipped.sku, shipped.warehouse_id, found, shipped.reservation_id);
    report.Compare("SHIPMENT_NOT_BOUND", "in_shipment", shipped.in_open_shipments, shipped.in_shipment);
  }
  for (const auto& line : snapshot.returned) {
    Report report(line.sku, "", found, line.reservation_id);
    report.Compare("RETURNED_NOT_SUM_OF_RETURNS", "returned", line.in_returns, line.returned);
    report.Compare("RETURNED_EXCEEDS_SHIPPED", "returned", std::min(line.returned, line.shipped), line.returned);
  }
  CheckBackorders(snapshot, found);
  CheckQuotas(snapshot, found);
  CheckReferences(snapshot, found);
  CheckExpiries(snapshot, found);
  return found;
}

absl::Status Repair(const VerifySnapshot& snapshot, std::vector<v1::Mismatch>& mismatches, pipeline::Work& work) {
  const std::map<LevelKey, Facts> facts = FactsOf(snapshot);
  std::map<LevelKey, bool> mended;  // Levels that have a correcting movement.
  for (v1::Mismatch& mismatch : mismatches) {
    if (mismatch.check() == "SHIPMENT_NOT_BOUND") mismatch.set_repaired(RepairBound(mismatch, work));
    if (mismatch.check() == "RETURNED_NOT_SUM_OF_RETURNS") {
      mismatch.set_repaired(RepairLine(mismatch, &storage::ReservationLineRecord::returned, work));
    }
    if (mismatch.check() == kBackordered) mismatch.set_repaired(RepairBackordered(mismatch, work));
    if (mismatch.check() == kOutstanding) mismatch.set_repaired(RepairOutstanding(mismatch, work));
    if (mismatch.check() == kReferences) mismatch.set_repaired(RepairReferences(mismatch, work));
    if (mismatch.check() == kExpiry) mismatch.set_repaired(RepairExpiry(mismatch, work));
    if (!MovementMends(mismatch)) continue;
    LevelKey key{mismatch.sku(), mismatch.warehouse_id()};
    if (key.second.empty()) {
      // The SKU's own number: any correcting movement of one of its levels takes it past the ledger.
      const auto level = facts.lower_bound({key.first, ""});
      if (level == facts.end() || level->first.first != key.first) continue;
      key = level->first;
    }
    if (!mended[key]) {
      absl::Status repaired = RepairLevel(key, facts.at(key), snapshot, work);
      if (!repaired.ok()) return repaired;
      mended[key] = true;
    }
    mismatch.set_repaired(true);
  }
  // What a repair makes available serves who waits.
  if (mismatches.empty()) return absl::OkStatus();
  for (const auto& item : snapshot.items) {
    if (work.item(item.sku).backordered == 0) continue;
    work.rows().items.Edit(item.sku).fill_pending = true;
    work.rows().items.Edit(item.sku).fill_after = 0;
  }
  return absl::OkStatus();
}

}  // namespace inventory::commands
