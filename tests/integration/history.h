// What callers were told, and whether the ledger agrees.
#ifndef INVENTORY_TESTS_INTEGRATION_HISTORY_H_
#define INVENTORY_TESTS_INTEGRATION_HISTORY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/integration/client.h"

namespace inventory::integration {

// One write as its caller saw it, from its first try to its last.
struct RecordedWrite {
  enum class End { kAcknowledged, kRefused, kUnknown };

  std::string request_id;
  End end = End::kUnknown;
  absl::Time start;
  absl::Time finish;
  // Of the answer: what the write has moved, and the level and the reservation it has left.
  std::vector<v1::LevelVersion> movements = {};
  std::optional<v1::StockLevel> level = {};
  std::optional<v1::Reservation> reservation = {};
  // The reservation that it makes, and the one of which it may have given up waiting units; empty: none.
  std::string reserves = {};
  std::string gives_up = {};
};

// All that a few SKUs have seen since they were made.
struct History {
  // By SKU, from the first movement to the last.
  std::map<std::string, std::vector<v1::Movement>> ledgers;
  // Every write to the SKUs but those of `set_up`.
  std::vector<RecordedWrite> writes;
  // The request ids of writes that are in the ledger but not among the writes.
  std::set<std::string> set_up;
  // The warehouses that each channel sells from, which has never changed.
  std::map<std::string, std::set<std::string>> channels;
};

// Reads the ledgers of the SKUs.
std::map<std::string, std::vector<v1::Movement>> ReadLedgers(const Client& client,
                                                             const std::vector<std::string>& skus);

// Expects that
// - every acknowledged write is in the ledger exactly once and exactly as it was answered, every refused one is not
//   there, every unknown one is there once or not, and nothing else is, but what follows: waiting units that were
//   served and dead holds that were released,
// - sequences and versions are dense, balances are the sums of what was moved, and each answer shows one of them,
// - a write that had ended before another one began comes before it,
// - nobody was promised units that were not available,
// - nobody was promised units that somebody waited for who had asked before.
void CheckHistory(const History& history);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_HISTORY_H_
