#include "tests/unit/history/sound_history.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

const std::vector<std::string>& Skus() {
  static const auto& skus = *new std::vector<std::string>{"x", "y"};
  return skus;
}
const std::vector<std::string>& Warehouses() {
  static const auto& warehouses = *new std::vector<std::string>{"a", "b"};
  return warehouses;
}

}  // namespace

SoundHistory::SoundHistory(unsigned seed, int calls) : random_(seed) {
  history_.channels = {{"web", {"a", "b"}}};
  history_.set_up = {"set-up"};
  Write set_up = NewWrite("set-up");
  set_up.request_id = "set-up";
  for (const std::string& sku : Skus()) {
    for (const std::string& warehouse_id : Warehouses()) {
      Move(set_up, sku, warehouse_id, v1::MOVEMENT_TYPE_SET, 50, 0);
    }
  }
  while (calls_ < calls) Act();
}

// Each call is carried out at one moment between its start and its finish, which those of others overlap.
void SoundHistory::Act() {
  now_ += absl::Milliseconds(1 + Pick(5));
  const int what = Pick(10);
  if (what < 2) return ReadLevel();
  if (what < 4) return ReadAvailability();
  if (what < 6) {
    Write write = NewWrite("count");
    Count(write);
    history_.writes.push_back(std::move(write));
  } else if (what < 9) {
    Write write = NewWrite("reserve");
    Reserve(write);
    history_.writes.push_back(std::move(write));
  } else {
    Write write = NewWrite("transfer");
    Transfer(write);
    history_.writes.push_back(std::move(write));
  }
}

void SoundHistory::ReadLevel() {
  const std::string& sku = Skus()[Pick(2)];
  const std::string& warehouse_id = Warehouses()[Pick(2)];
  const v1::Quantities balance = BalanceOf(sku, warehouse_id);
  Read read = {.start = now_ - absl::Milliseconds(Pick(20)), .finish = now_ + absl::Milliseconds(Pick(20))};
  v1::StockLevel& level = read.level.emplace();
  level.set_sku(sku);
  level.set_warehouse_id(warehouse_id);
  level.set_on_hand(balance.on_hand());
  level.set_reserved(balance.reserved());
  level.set_version(VersionOf(sku, warehouse_id));
  history_.reads.push_back(std::move(read));
  ++calls_;
}

void SoundHistory::ReadAvailability() {
  Read read = {.start = now_ - absl::Milliseconds(Pick(20)), .finish = now_ + absl::Milliseconds(Pick(20))};
  read.sku = Skus()[Pick(2)];
  read.channel_id = "web";
  for (const std::string& warehouse_id : Warehouses()) read.available += Available(BalanceOf(read.sku, warehouse_id));
  history_.reads.push_back(std::move(read));
  ++calls_;
}

Write SoundHistory::NewWrite(const std::string& method) {
  Write write = {.request_id = absl::StrCat(method, "-", ++calls_),
                 .end = Write::End::kAcknowledged,
                 .start = now_ - absl::Milliseconds(Pick(20)),
                 .finish = now_ + absl::Milliseconds(Pick(20))};
  write.method = method;
  return write;
}

void SoundHistory::Move(Write& write, const std::string& sku, const std::string& warehouse_id, v1::MovementType type,
                        int64_t on_hand, int64_t reserved) {
  v1::Movement movement;
  movement.set_sku(sku);
  movement.set_warehouse_id(warehouse_id);
  movement.set_type(type);
  movement.set_sequence(static_cast<int64_t>(history_.ledgers[sku].size()) + 1);
  movement.set_version(VersionOf(sku, warehouse_id) + 1);
  movement.mutable_delta()->set_on_hand(on_hand);
  movement.mutable_delta()->set_reserved(reserved);
  *movement.mutable_balance() = BalanceOf(sku, warehouse_id);
  movement.mutable_balance()->set_on_hand(movement.balance().on_hand() + on_hand);
  movement.mutable_balance()->set_reserved(movement.balance().reserved() + reserved);
  movement.set_request_id(write.request_id);
  v1::LevelVersion& told = write.movements.emplace_back();
  told.set_sku(sku);
  told.set_warehouse_id(warehouse_id);
  told.set_version(movement.version());
  told.set_sequence(movement.sequence());
  history_.ledgers[sku].push_back(std::move(movement));
}

void SoundHistory::Count(Write& write) {
  const std::string& sku = Skus()[Pick(2)];
  const std::string& warehouse_id = Warehouses()[Pick(2)];
  Move(write, sku, warehouse_id, v1::MOVEMENT_TYPE_ADJUST, 1 + Pick(3), 0);
  v1::StockLevel& level = write.level.emplace();
  level.set_sku(sku);
  level.set_warehouse_id(warehouse_id);
  level.set_on_hand(BalanceOf(sku, warehouse_id).on_hand());
  level.set_reserved(BalanceOf(sku, warehouse_id).reserved());
  level.set_version(VersionOf(sku, warehouse_id));
}

// Of one SKU or of both; refused if there is not enough. The end of some is never learnt.
void SoundHistory::Reserve(Write& write) {
  const std::string& warehouse_id = Warehouses()[Pick(2)];
  const std::vector<std::string> lines = Pick(2) == 0 ? Skus() : std::vector<std::string>{Skus()[Pick(2)]};
  write.together = {lines.begin(), lines.end()};
  for (const std::string& sku : lines) {
    if (Available(BalanceOf(sku, warehouse_id)) >= 1) continue;
    write.end = Write::End::kRefused;
    return;
  }
  for (const std::string& sku : lines) Move(write, sku, warehouse_id, v1::MOVEMENT_TYPE_RESERVE, 0, 1);
  if (Pick(5) != 0) return;
  write.end = Write::End::kUnknown;
  write.movements.clear();
}

void SoundHistory::Transfer(Write& write) {
  const std::string& sku = Skus()[Pick(2)];
  const int from = Pick(2);
  if (Available(BalanceOf(sku, Warehouses()[from])) < 1) {
    write.end = Write::End::kRefused;
    return;
  }
  Move(write, sku, Warehouses()[from], v1::MOVEMENT_TYPE_TRANSFER_OUT, -1, 0);
  Move(write, sku, Warehouses()[1 - from], v1::MOVEMENT_TYPE_TRANSFER_IN, 1, 0);
}

Write& SoundHistory::AnyWrite(std::size_t movements, v1::MovementType type) {
  const auto found = std::find_if(history_.writes.rbegin(), history_.writes.rend(), [&](const Write& write) {
    return write.end == Write::End::kAcknowledged && write.movements.size() == movements &&
           std::any_of(write.movements.begin(), write.movements.end(),
                       [&](const v1::LevelVersion& told) { return MovementOf(told).type() == type; });
  });
  return *found;
}

v1::Movement& SoundHistory::MovementOf(const v1::LevelVersion& told) {
  return history_.ledgers.at(told.sku()).at(told.sequence() - 1);
}

void SoundHistory::Undo(const Write& write) {
  for (auto& [sku, movements] : history_.ledgers) {
    std::erase_if(movements, [&write](const v1::Movement& made) { return made.request_id() == write.request_id; });
  }
  Renumber();
}

void SoundHistory::Redo(const Write& write) {
  Write again = write;
  for (const v1::LevelVersion& told : write.movements) {
    const v1::Movement movement = MovementOf(told);
    Move(again, movement.sku(), movement.warehouse_id(), movement.type(), movement.delta().on_hand(),
         movement.delta().reserved());
  }
}

// Sequences, versions and balances as they follow from the order of the movements and what each has changed.
void SoundHistory::Renumber() {
  for (auto& [sku, movements] : history_.ledgers) {
    std::vector<v1::Movement> old = std::exchange(movements, {});
    for (v1::Movement& movement : old) {
      const v1::Quantities before = BalanceOf(sku, movement.warehouse_id());
      movement.set_version(VersionOf(sku, movement.warehouse_id()) + 1);
      movement.set_sequence(static_cast<int64_t>(movements.size()) + 1);
      movement.mutable_balance()->set_on_hand(before.on_hand() + movement.delta().on_hand());
      movement.mutable_balance()->set_reserved(before.reserved() + movement.delta().reserved());
      movements.push_back(movement);
    }
  }
}

v1::Quantities SoundHistory::BalanceOf(const std::string& sku, const std::string& warehouse_id) const {
  const auto ledger = history_.ledgers.find(sku);
  if (ledger == history_.ledgers.end()) return {};
  const auto last = std::find_if(ledger->second.rbegin(), ledger->second.rend(),
                                 [&](const v1::Movement& movement) { return movement.warehouse_id() == warehouse_id; });
  return last == ledger->second.rend() ? v1::Quantities() : last->balance();
}

int64_t SoundHistory::VersionOf(const std::string& sku, const std::string& warehouse_id) const {
  const auto ledger = history_.ledgers.find(sku);
  if (ledger == history_.ledgers.end()) return 0;
  return std::count_if(ledger->second.begin(), ledger->second.end(),
                       [&](const v1::Movement& movement) { return movement.warehouse_id() == warehouse_id; });
}

}  // namespace inventory::history
