#include "tests/integration/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using End = RecordedWrite::End;
using MovementName = std::tuple<std::string, std::string, int64_t, int64_t>;
using Writes = std::map<std::string, const RecordedWrite*>;

template <typename Movement>
MovementName NameOf(const Movement& movement) {
  return {movement.sku(), movement.warehouse_id(), movement.version(), movement.sequence()};
}

// Made by the pipeline after a command, or before any.
bool Follows(const v1::Movement& movement) {
  return movement.type() == v1::MOVEMENT_TYPE_FILL || movement.type() == v1::MOVEMENT_TYPE_EXPIRE;
}

template <typename Quantities>
int64_t Available(const Quantities& quantities) {
  return quantities.on_hand() - quantities.reserved() - quantities.safety_stock() - quantities.damaged() -
         quantities.quality_control();
}

// Whether it takes available units for an order or for another warehouse.
bool Takes(const v1::Movement& movement) {
  switch (movement.type()) {
    case v1::MOVEMENT_TYPE_RESERVE:
    case v1::MOVEMENT_TYPE_REALLOCATE:
    case v1::MOVEMENT_TYPE_FILL:
      return movement.delta().reserved() > 0;
    case v1::MOVEMENT_TYPE_TRANSFER_OUT:
      return true;
    default:
      return false;
  }
}

// ---- The ledger alone ----

void CheckBalance(const v1::Quantities& before, const v1::Movement& movement) {
  const auto& fields = *v1::Quantities::descriptor();
  const auto& reflection = *v1::Quantities::GetReflection();
  for (int i = 0; i < fields.field_count(); ++i) {
    const int64_t balance = reflection.GetInt64(movement.balance(), fields.field(i));
    EXPECT_GE(balance, 0) << movement.ShortDebugString();
    EXPECT_EQ(balance,
              reflection.GetInt64(before, fields.field(i)) + reflection.GetInt64(movement.delta(), fields.field(i)))
        << fields.field(i)->name() << " " << movement.ShortDebugString();
  }
  if (Takes(movement)) {
    EXPECT_GE(Available(movement.balance()), 0) << "oversold by " << movement.ShortDebugString();
  }
}

void CheckLedger(const std::vector<v1::Movement>& movements) {
  int64_t sequence = 0;
  std::map<std::string, std::pair<int64_t, v1::Quantities>> levels;
  for (const v1::Movement& movement : movements) {
    auto& [version, balance] = levels[movement.warehouse_id()];
    EXPECT_EQ(movement.sequence(), ++sequence) << movement.ShortDebugString();
    EXPECT_EQ(movement.version(), ++version) << movement.ShortDebugString();
    CheckBalance(balance, movement);
    balance = movement.balance();
  }
}

// ---- Answers against the ledger ----

// A write that had ended before another one began comes before it in the ledger.
void CheckOrder(const std::vector<v1::Movement>& movements, const Writes& writes) {
  absl::Time latest_start = absl::InfinitePast();
  for (const v1::Movement& movement : movements) {
    const auto write = writes.find(movement.request_id());
    if (write == writes.end()) continue;
    if (write->second->end == End::kAcknowledged) {
      EXPECT_GE(write->second->finish, latest_start) << movement.ShortDebugString();
    }
    latest_start = std::max(latest_start, write->second->start);
  }
}

// All of a write or nothing, and never twice. Only a move between warehouses may touch a level more often.
void CheckDoneOnce(const RecordedWrite& write, const std::vector<const v1::Movement*>& made) {
  std::set<std::tuple<std::string, std::string, int>> touched;
  for (const v1::Movement* movement : made) {
    if (Follows(*movement) || movement->type() == v1::MOVEMENT_TYPE_REALLOCATE) continue;
    EXPECT_TRUE(touched.emplace(movement->sku(), movement->warehouse_id(), movement->type()).second)
        << write.request_id << " was done twice: " << movement->ShortDebugString();
  }
}

void CheckEnd(const RecordedWrite& write, const std::vector<const v1::Movement*>& made) {
  EXPECT_FALSE(write.end == End::kRefused && !made.empty()) << write.request_id << " was refused and done";
  if (write.end == End::kUnknown) CheckDoneOnce(write, made);
  if (write.end != End::kAcknowledged) return;
  std::multiset<MovementName> told;
  for (const v1::LevelVersion& movement : write.movements) told.insert(NameOf(movement));
  std::multiset<MovementName> found;
  for (const v1::Movement* movement : made) {
    if (!Follows(*movement)) found.insert(NameOf(*movement));
  }
  EXPECT_EQ(found, told) << write.request_id;
}

// A level that was shown is one that the ledger has gone through.
void CheckLevel(const RecordedWrite& write, const std::vector<v1::Movement>& movements) {
  const v1::StockLevel& level = *write.level;
  if (level.version() == 0) return;
  const auto same = std::find_if(movements.begin(), movements.end(), [&level](const v1::Movement& movement) {
    return movement.warehouse_id() == level.warehouse_id() && movement.version() == level.version();
  });
  ASSERT_NE(same, movements.end()) << level.ShortDebugString();
  const v1::Quantities& balance = same->balance();
  EXPECT_EQ(std::tuple(level.on_hand(), level.reserved(), level.safety_stock(), level.incoming()),
            std::tuple(balance.on_hand(), balance.reserved(), balance.safety_stock(), balance.incoming()))
      << write.request_id;
}

void CheckWrites(const History& history, const Writes& writes) {
  std::map<std::string, std::vector<const v1::Movement*>> made;
  for (const auto& [sku, movements] : history.ledgers) {
    for (const v1::Movement& movement : movements) made[movement.request_id()].push_back(&movement);
  }
  for (const auto& [request_id, movements] : made) {
    const bool known = history.set_up.contains(request_id) || writes.contains(request_id);
    // Nobody's are those of holds that have died, and what they made available to others.
    const bool followed = request_id.empty() && std::all_of(movements.begin(), movements.end(),
                                                            [](const auto* movement) { return Follows(*movement); });
    EXPECT_TRUE(known || followed) << "nobody made the write " << request_id;
  }
  for (const RecordedWrite& write : history.writes) {
    CheckEnd(write, made[write.request_id]);
    if (write.level) CheckLevel(write, history.ledgers.at(write.level->sku()));
  }
}

// ---- Who is served first ----

// Units of a committed reservation that wait, as its caller was told.
struct Waiting {
  std::string reservation_id;
  absl::Time since;  // By then they waited.
  int64_t units = 0;
  absl::Time until;  // From then on they may have been given up.
  const std::set<std::string>* warehouses = nullptr;
};

std::vector<Waiting> WaitingFor(const std::string& sku, const History& history) {
  std::map<std::string, absl::Time> given_up;
  for (const RecordedWrite& write : history.writes) {
    if (write.gives_up.empty() || write.end == End::kRefused) continue;
    const auto found = given_up.try_emplace(write.gives_up, write.start).first;
    found->second = std::min(found->second, write.start);
  }
  std::vector<Waiting> all;
  for (const RecordedWrite& write : history.writes) {
    if (write.reserves.empty() || !write.reservation) continue;
    if (write.reservation->state() != v1::RESERVATION_STATE_COMMITTED) continue;
    for (const v1::ReservationLine& line : write.reservation->lines()) {
      if (line.sku() != sku || line.backordered_quantity() == 0) continue;
      const auto end = given_up.find(write.reserves);
      all.push_back({.reservation_id = write.reserves,
                     .since = write.finish,
                     .units = line.backordered_quantity(),
                     .until = end == given_up.end() ? absl::InfiniteFuture() : end->second,
                     .warehouses = &history.channels.at(write.reservation->channel_id())});
    }
  }
  return all;
}

// Whoever takes available units that somebody waits for must have asked for them before him.
void CheckQueue(const std::string& sku, const History& history, const Writes& writes) {
  std::map<std::string, absl::Time> asked;  // When a reservation was asked for at the earliest.
  for (const RecordedWrite& write : history.writes) {
    if (!write.reserves.empty()) asked[write.reserves] = write.start;
  }
  std::vector<Waiting> queue = WaitingFor(sku, history);
  for (const v1::Movement& movement : history.ledgers.at(sku)) {
    if (!Takes(movement)) continue;
    const bool fills = movement.type() == v1::MOVEMENT_TYPE_FILL;
    const auto cause = writes.find(movement.request_id());
    const bool ended = cause != writes.end() && cause->second->end == End::kAcknowledged;
    const absl::Time done = ended ? cause->second->finish : absl::InfiniteFuture();
    if (!fills && cause == writes.end()) continue;
    const absl::Time taker_asked = fills ? asked.at(movement.document_id()) : cause->second->start;
    for (Waiting& waiting : queue) {
      if (fills && waiting.reservation_id == movement.document_id()) {
        waiting.units -= movement.delta().reserved();
        continue;
      }
      const bool overtaken = waiting.units > 0 && waiting.since < taker_asked && done < waiting.until &&
                             waiting.warehouses->contains(movement.warehouse_id());
      EXPECT_FALSE(overtaken) << waiting.reservation_id << " waited and was overtaken by "
                              << movement.ShortDebugString();
    }
  }
}

}  // namespace

std::map<std::string, std::vector<v1::Movement>> ReadLedgers(const Client& client,
                                                             const std::vector<std::string>& skus) {
  std::map<std::string, std::vector<v1::Movement>> ledgers;
  for (const std::string& sku : skus) {
    v1::ListMovementsRequest list;
    list.mutable_filter()->set_sku(sku);
    list.set_page_size(1000);
    ledgers[sku] = ListAll(client, list, &v1::ListMovementsResponse::movements);
  }
  return ledgers;
}

void CheckHistory(const History& history) {
  Writes writes;
  for (const RecordedWrite& write : history.writes) writes[write.request_id] = &write;
  CheckWrites(history, writes);
  for (const auto& [sku, movements] : history.ledgers) {
    CheckLedger(movements);
    CheckOrder(movements, writes);
    CheckQueue(sku, history, writes);
  }
}

}  // namespace inventory::integration
