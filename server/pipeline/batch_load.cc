// The first half of a batch: locking and loading.
#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "server/pipeline/batch.h"
#include "server/pipeline/packet.h"
#include "storage/backorder_repository.h"
#include "storage/configuration_repository.h"
#include "storage/external_reference_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/low_stock_repository.h"
#include "storage/movement_repository.h"
#include "storage/quota_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"

namespace inventory::pipeline {
namespace {

using storage::Sql;

// So many movements, at most, are looked at in one go to find levels at earlier moments, but at least one of each. A
// batch has a few goes: each but the last is for half as many moments as the one before, or fewer.
constexpr int64_t kMaxMovementsAtOnce = 50'000;

template <typename Record>
Packet::Reader LoadInto(Table<Record>& table) {
  return [&table](const storage::Rows& rows) {
    for (Record& record : storage::ParseAll<Record>(rows)) table.Load(std::move(record));
  };
}

// What the jobs name, each once and in order.
template <typename Keys>
auto Union(const std::vector<Job*>& jobs, Keys keys) {
  using Value = typename std::invoke_result_t<Keys, const Job&>::value_type;
  std::set<Value> all;
  for (const Job* job : jobs) {
    const auto& some = keys(*job);
    all.insert(some.begin(), some.end());
  }
  return std::vector<Value>(all.begin(), all.end());
}

// The reservations of the lines.
std::vector<std::string> OwnersOf(const std::vector<storage::ReservationLineRecord::Key>& lines) {
  std::set<std::string> owners;
  for (const auto& [reservation_id, sku] : lines) owners.insert(reservation_id);
  return {owners.begin(), owners.end()};
}

}  // namespace

template <typename Record>
void Batch::Select(Packet& packet, std::vector<std::string> Needs::*ids, Table<Record>& table) const {
  const std::vector<std::string> all = Union(jobs_, [ids](const Job& job) { return job.needs.*ids; });
  packet.Add([&](Sql& sql) { return storage::AppendSelectByKeyPrefix<Record>(sql, all); }, LoadInto(table));
}

absl::Status Batch::LoadUnderLock() {
  const std::vector<std::string> skus = Union(jobs_, [](const Job& job) { return job.skus; });
  const auto warehouses = Union(jobs_, [](const Job& job) { return job.needs.warehouses; });
  const auto exclusive = Union(jobs_, [](const Job& job) { return job.needs.exclusive_warehouses; });
  loaded_.skus = {skus.begin(), skus.end()};

  Packet packet;
  packet.AddText("BEGIN");
  if (mode_ == Mode::kRecordsFirst) {
    packet.Add([&](Sql& sql) { return storage::AppendInsertRequests(sql, Pointers(Records(false))); });
  }
  bool lacks_details = false;
  packet.Add([&](Sql& sql) { return storage::AppendLockItems(sql, skus, details_); },
             [&](const storage::Rows& rows) {
               lacks_details = storage::LackDetails(rows);
               has_details_ = has_details_ || storage::HaveDetails(rows);
               for (storage::ItemRecord& item : storage::ParseItems(rows)) loaded_.rows.items.Load(std::move(item));
             });
  if (AnyNeeds(&Needs::configuration)) packet.Add(storage::AppendLockConfiguration);
  packet.Add([&](Sql& sql) { return storage::AppendLockWarehouses(sql, exclusive); });
  packet.Add([&](Sql& sql) { return storage::AppendShareLockWarehouses(sql, warehouses); });
  LockEstimates(packet);
  for (const std::string& warehouse_id : exclusive) {
    packet.Add(
        [&](Sql& sql) { return storage::AppendWarehouseUse(sql, warehouse_id); },
        [&](const storage::Rows& rows) { loaded_.warehouse_use[warehouse_id] = storage::ParseWarehouseUse(rows); });
  }
  // With the time, in a statement after the locks: NOW() is fixed when a statement starts, so in the locking one it
  // would be older than the wait.
  std::optional<storage::ConfigurationState> state;
  packet.Add([&](Sql& sql) { return storage::AppendSelectLevelsAndState(sql, skus, event_log_); },
             [&](const storage::Rows& rows) {
               state = storage::ParseConfigurationState(rows);
               if (state) event_log_end_ = storage::ParseEventLogEnd(rows[0], storage::kStateColumns);
               for (auto& level : storage::ParseLevelsWithState(rows)) {
                 // A SKU whose row was not there to be locked may have got it, and levels, from others meanwhile. Who
                 // makes the row will hear of that, and loads what is left of a SKU that has lost it.
                 const bool locked = loaded_.rows.items.Find(level.sku) != nullptr;
                 if (locked || MayMakeItem(level.sku)) loaded_.rows.levels.Load(std::move(level));
               }
             });
  Select(packet, &Needs::new_reservations, loaded_.rows.reservations);
  Select(packet, &Needs::reservations, loaded_.rows.reservations);
  Select(packet, &Needs::reservations, loaded_.rows.reservation_lines);
  Select(packet, &Needs::reservations, loaded_.rows.allocations);
  Select(packet, &Needs::new_shipments, loaded_.rows.shipments);
  Select(packet, &Needs::shipments, loaded_.rows.shipments);
  Select(packet, &Needs::shipments, loaded_.rows.shipment_lines);
  Select(packet, &Needs::new_returns, loaded_.rows.returns);
  Select(packet, &Needs::new_replenishments, loaded_.rows.replenishments);
  Select(packet, &Needs::replenishments, loaded_.rows.replenishments);
  Select(packet, &Needs::new_transfers, loaded_.rows.transfers);
  Select(packet, &Needs::transfers, loaded_.rows.transfers);
  Select(packet, &Needs::transfers, loaded_.rows.transfer_lines);
  if (AnyNeeds(&Needs::configuration)) {
    packet.Add(storage::AppendSelectWarehouses, LoadInto(loaded_.rows.warehouses));
    packet.Add(storage::AppendSelectChannels, LoadInto(loaded_.rows.channels));
    packet.Add(storage::AppendSelectAttachments, LoadInto(loaded_.rows.attachments));
    packet.Add(storage::AppendSelectAvailabilityEstimates, LoadInto(loaded_.rows.availability_estimates));
  }
  Select(packet, &Needs::new_low_stock_rules, loaded_.rows.low_stock_rules);
  Select(packet, &Needs::low_stock_rules, loaded_.rows.low_stock_rules);
  SelectAsked(packet);
  absl::Status sent = packet.Send(connection_);
  if (!sent.ok()) {
    duplicate_request_ = mode_ == Mode::kRecordsFirst && storage::FaultOf(sent) == storage::SqlFault::kDuplicateKey;
    return sent;
  }
  if (lacks_details) {
    sent = LoadDetails(skus);
    if (!sent.ok()) return sent;
  }
  if (!state) return absl::InternalError("the row of the configuration table is gone");
  loaded_.now = state->now;
  following_ = state->followed_version < state->version;
  absl::Status status = RepairsAlone(jobs_) ? absl::OkStatus() : LoadDeadHolds();
  if (status.ok() && !RepairsAlone(jobs_)) status = LoadCompanions();
  if (status.ok()) status = LoadPastLevels();
  if (status.ok()) status = LoadHolders();
  if (status.ok()) status = RefreshConfiguration(state->version);
  if (status.ok()) {
    status =
        storage::ReadSums(connection_, Union(jobs_, [](const Job& job) { return job.needs.audits; }), loaded_.sums);
  }
  if (status.ok()) loaded_.AddMissingItems(jobs_);
  return status;
}

bool Batch::MayMakeItem(const std::string& sku) const {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [&sku](const Job* job) { return job->needs.create_items && job->skus.contains(sku); });
}

// Reads the items that are locked once more, with their details. Those that others have made meanwhile are not locked.
absl::Status Batch::LoadDetails(const std::vector<std::string>& skus) {
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectItems(sql, skus); },
             [this](const storage::Rows& rows) {
               Table<storage::ItemRecord> locked;
               for (storage::ItemRecord& item : storage::ParseItems(rows)) {
                 if (loaded_.rows.items.Find(item.sku) != nullptr) locked.Load(std::move(item));
               }
               loaded_.rows.items = std::move(locked);
             });
  return packet.Send(connection_);
}

// The lines of dead holds with their reservations, backorders, quotas and low-stock rules. A round trip of its own,
// which most batches do without: the locks on the SKUs keep these rows as they are.
absl::Status Batch::LoadCompanions() {
  std::vector<std::string> skus;
  std::vector<std::string> watched;
  std::set<std::string> limited;
  for (const storage::ItemRecord* item : loaded_.rows.items.All()) {
    if (item->backordered > 0) skus.push_back(item->sku);
    if (item->low_stock_rules > 0) watched.push_back(item->sku);
    if (item->quotas > 0) limited.insert(item->sku);
  }
  for (const auto& [sku, channel_id] : Union(jobs_, [](const Job& job) { return job.needs.outstanding; })) {
    limited.insert(sku);
  }
  std::set<std::string> waiting;
  for (const storage::ReservationLineRecord* line : loaded_.rows.reservation_lines.All()) {
    if (line->backordered > 0) waiting.insert(line->reservation_id);
  }
  std::set<storage::ReservationLineRecord::Key> dead_lines;
  for (const storage::AllocationRecord::Key& key : dead_holds_) {
    dead_lines.insert({std::get<0>(key), std::get<1>(key)});
  }
  const std::vector<storage::ReservationLineRecord::Key> lines(dead_lines.begin(), dead_lines.end());
  const std::vector<std::string> reservations(waiting.begin(), waiting.end());
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectLines(sql, lines); },
             LoadInto(loaded_.rows.reservation_lines));
  packet.Add([&](Sql& sql) { return storage::AppendSelectBackordersOfReservations(sql, reservations); },
             LoadInto(loaded_.rows.backorders));
  packet.Add(
      [&](Sql& sql) { return storage::AppendSelectLinesOfDeadBackorders(sql, skus, loaded_.now, kMaxDeadHolds); },
      LoadInto(loaded_.rows.reservation_lines));
  packet.Add([&](Sql& sql) { return storage::AppendSelectReservations(sql, OwnersOf(lines)); },
             LoadInto(loaded_.rows.reservations));
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadBackorders(sql, skus, loaded_.now, kMaxDeadHolds); },
             [this](const storage::Rows& rows) {
               more_dead_holds_ = more_dead_holds_ || rows.size() == kMaxDeadHolds;
               LoadInto(loaded_.rows.backorders)(rows);
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectRulesOf(sql, watched); },
             LoadInto(loaded_.rows.low_stock_rules));
  LoadQuotas(packet, {limited.begin(), limited.end()});
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection_);
}

// Quotas count by channel, so the reservations of the backorders that may go are needed too.
void Batch::LoadQuotas(Packet& packet, const std::vector<std::string>& skus) {
  if (skus.empty()) return;
  packet.Add([&](Sql& sql) { return storage::AppendSelectByKeyPrefix<storage::QuotaRecord>(sql, skus); },
             LoadInto(loaded_.rows.quotas));
  packet.Add(
      [&](Sql& sql) {
        return storage::AppendSelectReservationsOfDeadBackorders(sql, skus, loaded_.now, kMaxDeadHolds);
      },
      LoadInto(loaded_.rows.reservations));
}

// What single commands ask for besides the rows of their SKUs. Under the locks that the packet takes first.
void Batch::SelectAsked(Packet& packet) {
  for (const std::string& id :
       Union(jobs_, [](const Job& job) { return job.needs.exclusive_availability_estimates; })) {
    packet.Add([&](Sql& sql) { return storage::AppendSelectUsersOfEstimate(sql, id, kMaxHolders); },
               [this, id](const storage::Rows& rows) { loaded_.estimate_users[id] = storage::ParseTexts(rows); });
  }
  // A repair runs without the companions of its SKUs but for these.
  Select(packet, &Needs::audits, loaded_.rows.quotas);
  for (const auto& key : Union(jobs_, [](const Job& job) { return job.needs.outstanding; })) {
    packet.Add([&](Sql& sql) { return storage::AppendSelectOutstanding(sql, key.first, key.second); },
               [this, key](const storage::Rows& rows) { loaded_.outstanding[key] = rows[0].Int(0); });
  }
  for (const std::string& rule_id : Union(jobs_, [](const Job& job) { return job.needs.first_events; })) {
    packet.Add([&](Sql& sql) { return storage::AppendSelectFirstEvents(sql, rule_id); },
               LoadInto(loaded_.rows.low_stock_events));
  }
  for (const auto& key : Union(jobs_, [](const Job& job) { return job.needs.low_stock_events; })) {
    packet.Add([&](Sql& sql) { return storage::AppendSelectEvent(sql, key); }, LoadInto(loaded_.rows.low_stock_events));
  }
  const auto references = Union(jobs_, [](const Job& job) { return job.needs.external_references; });
  packet.Add([&](Sql& sql) { return storage::AppendSelectExternalReferences(sql, references); },
             LoadInto(loaded_.rows.external_references));
  for (const Job* job : jobs_) {
    for (const LedgerRange& range : job->needs.old_movements) {
      packet.Add(
          [&](Sql& sql) {
            return storage::AppendSelectOldMovements(sql, range.sku, range.after_sequence, range.before, range.limit);
          },
          LoadInto(loaded_.rows.old_movements));
      packet.Add([&](Sql& sql) { return storage::AppendSelectFirstMovements(sql, range.sku); },
                 LoadInto(loaded_.rows.old_movements));
    }
  }
}

void Batch::LockEstimates(Packet& packet) const {
  const auto alone = Union(jobs_, [](const Job& job) { return job.needs.exclusive_availability_estimates; });
  const auto shared = Union(jobs_, [](const Job& job) { return job.needs.availability_estimates; });
  packet.Add([&](Sql& sql) { return storage::AppendLockAvailabilityEstimates(sql, alone); });
  packet.Add([&](Sql& sql) { return storage::AppendShareLockAvailabilityEstimates(sql, shared); });
}

absl::StatusOr<BackorderSource::Loaded> Batch::LoadWaiting(const std::string& sku, int64_t after_place,
                                                           const std::vector<std::string>& channel_ids, int64_t limit) {
  std::vector<storage::BackorderRecord> waiting;
  Packet first;
  first.Add([&](Sql& sql) { return storage::AppendSelectWaiting(sql, sku, after_place, channel_ids, limit); },
            [&](const storage::Rows& rows) { waiting = storage::ParseAll<storage::BackorderRecord>(rows); });
  absl::Status sent = first.Send(connection_);
  if (!sent.ok()) return sent;
  if (waiting.empty()) return Loaded();
  const Loaded loaded{.all = static_cast<int64_t>(waiting.size()) < limit, .last_place = waiting.back().place};
  std::vector<std::string> reservations;
  std::vector<storage::ReservationLineRecord::Key> lines;
  for (storage::BackorderRecord& backorder : waiting) {
    reservations.push_back(backorder.reservation_id);
    lines.emplace_back(backorder.reservation_id, sku);
    loaded_.rows.backorders.Load(std::move(backorder));
  }
  Packet second;
  second.Add([&](Sql& sql) { return storage::AppendSelectReservations(sql, reservations); },
             LoadInto(loaded_.rows.reservations));
  second.Add([&](Sql& sql) { return storage::AppendSelectLines(sql, lines); },
             LoadInto(loaded_.rows.reservation_lines));
  second.Add([&](Sql& sql) { return storage::AppendSelectAllocationsOf(sql, sku, reservations); },
             LoadInto(loaded_.rows.allocations));
  sent = second.Send(connection_);
  if (!sent.ok()) return sent;
  return loaded;
}

// A round trip of its own: only with the level is it known where to stop. What all moments of a batch may read is
// limited, because it is read under locks. So each gets its part first, and if that is not enough for some, which are
// few in most batches, they share once more.
absl::Status Batch::LoadPastLevels() {
  std::vector<LevelMoment> left = Union(jobs_, [](const Job& job) { return job.needs.past_levels; });
  int64_t looked_at = 0;
  while (!left.empty()) {
    const int64_t most = std::min(kMaxMovementsSince, kMaxMovementsAtOnce / static_cast<int64_t>(left.size()));
    if (most == looked_at || most < std::min(2 * looked_at, kMaxMovementsSince)) break;
    looked_at = std::max<int64_t>(most, 1);
    absl::Status sent = LoadPastLevels(left, looked_at);
    if (!sent.ok()) return sent;
    std::erase_if(left, [this](const LevelMoment& then) { return !loaded_.past_levels.at(then).too_far; });
  }
  return absl::OkStatus();
}

// Looks at so many movements of each level at most.
absl::Status Batch::LoadPastLevels(const std::vector<LevelMoment>& moments, int64_t most) {
  Packet packet;
  for (const LevelMoment& then : moments) {
    const storage::LevelRecord* level = loaded_.rows.levels.Find({then.sku, then.warehouse_id});
    const int64_t before = std::max<int64_t>((level == nullptr ? 0 : level->version) - most - 1, 0);
    packet.Add(
        [&](Sql& sql) { return storage::AppendSelectPastLevel(sql, then.sku, then.warehouse_id, then.time, before); },
        [this, then, before](const storage::Rows& rows) {
          storage::PastLevel& past = loaded_.past_levels[then];
          past = storage::ParsePastLevel(rows);
          past.too_far = !past.on_hand && before > 0;
        });
  }
  return packet.Send(connection_);
}

// Commands before the one that asks may release what is loaded: so many more are read.
absl::Status Batch::LoadHolders() {
  Packet packet;
  for (const std::string& sku : Union(jobs_, [](const Job& job) { return job.needs.holders; })) {
    const std::vector<const storage::ReservationLineRecord*> lines = loaded_.rows.reservation_lines.All();
    const auto loaded =
        std::count_if(lines.begin(), lines.end(), [&sku](const auto* line) { return line->sku == sku; });
    const auto limit = static_cast<int64_t>(kMaxHolders) + loaded;
    packet.Add([&](Sql& sql) { return storage::AppendSelectHolders(sql, sku, loaded_.now, limit); },
               [this, sku](const storage::Rows& rows) { loaded_.holders[sku] = storage::ParseTexts(rows); });
  }
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection_);
}

absl::Status Batch::RefreshConfiguration(int64_t version) {
  absl::StatusOr<std::shared_ptr<const Configuration>> configuration = configurations_.At(version, connection_);
  if (!configuration.ok()) return configuration.status();
  loaded_.configuration = *std::move(configuration);
  return absl::OkStatus();
}

}  // namespace inventory::pipeline
