// What callers of a server were told, and what its ledgers say. Plain values: made by those who call, judged by
// check.h.
#ifndef INVENTORY_TESTS_HISTORY_HISTORY_H_
#define INVENTORY_TESTS_HISTORY_HISTORY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "inventory/v1/ledger.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/stock.pb.h"

namespace inventory::history {

// One write as its caller saw it, from its first try to its last.
struct Write {
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
  // All of these SKUs are changed by it, or none.
  std::set<std::string> together = {};
  // How often the caller had to ask, beyond what its library repeats.
  int tries = 1;
  // For people: the method, and the last error.
  std::string method = {};
  std::string error = {};
};

// One read that was answered: of a level, or of what a channel may sell of a SKU.
struct Read {
  absl::Time start;
  absl::Time finish;
  std::optional<v1::StockLevel> level = {};
  // Without a level: these.
  std::string sku = {};
  std::string channel_id = {};
  int64_t available = 0;
  // It may have seen a write that was committed and not durable yet when the database died. InnoDB shows a transaction
  // before its log is flushed, unless there is a binary log, and answers the one who commits after that.
  bool may_vanish = false;
};

// All that a few SKUs have seen since they were made.
struct History {
  // By SKU, from the first movement to the last.
  std::map<std::string, std::vector<v1::Movement>> ledgers;
  // Every write to the SKUs but those of `set_up`.
  std::vector<Write> writes;
  std::vector<Read> reads = {};
  // The request ids of writes that are in the ledger but not among the writes. They had ended before all others began.
  std::set<std::string> set_up = {};
  // The warehouses that each channel sells from, which has never changed.
  std::map<std::string, std::set<std::string>> channels = {};
  // When the ledgers were read, by a clock that goes as the database's does; never: nobody knows.
  absl::Time end = absl::InfiniteFuture();
};

}  // namespace inventory::history

#endif  // INVENTORY_TESTS_HISTORY_HISTORY_H_
