// A history as a correct service would leave it, for tests to spoil.
#ifndef INVENTORY_TESTS_UNIT_HISTORY_SOUND_HISTORY_H_
#define INVENTORY_TESTS_UNIT_HISTORY_SOUND_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>

#include "tests/history/history.h"

namespace inventory::history {

// Several callers at once on the SKUs "x" and "y" in the warehouses "a" and "b", both of the channel "web": counts,
// orders of one and of both SKUs, transfers, refusals, writes whose end nobody learns, and reads. Equal seeds make
// equal histories.
class SoundHistory {
 public:
  explicit SoundHistory(unsigned seed, int calls = 400);

  History& history() { return history_; }

  // The last acknowledged write that has moved so many levels, and whose movements have this type.
  Write& AnyWrite(std::size_t movements, v1::MovementType type);
  // The movement that a caller was told of.
  v1::Movement& MovementOf(const v1::LevelVersion& told);
  // Takes a write's movements out of the ledgers and closes the gaps, as a service would that had never done it.
  void Undo(const Write& write);
  // Carries it out once more, as a service would that knows no request ids.
  void Redo(const Write& write);

 private:
  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  void Act();
  void ReadLevel();
  void ReadAvailability();
  Write NewWrite(const std::string& method);
  void Move(Write& write, const std::string& sku, const std::string& warehouse_id, v1::MovementType type,
            int64_t on_hand, int64_t reserved);
  void Count(Write& write);
  void Reserve(Write& write);
  void Transfer(Write& write);
  void Renumber();
  v1::Quantities BalanceOf(const std::string& sku, const std::string& warehouse_id) const;
  int64_t VersionOf(const std::string& sku, const std::string& warehouse_id) const;

  History history_;
  std::mt19937 random_;
  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  int calls_ = 0;
};

}  // namespace inventory::history

#endif  // INVENTORY_TESTS_UNIT_HISTORY_SOUND_HISTORY_H_
