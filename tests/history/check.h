// Judges histories. Pure functions of values, in time linear in the history but for sorting.
#ifndef INVENTORY_TESTS_HISTORY_CHECK_H_
#define INVENTORY_TESTS_HISTORY_CHECK_H_

#include <map>
#include <string>
#include <vector>

#include "tests/history/history.h"
#include "tests/history/violation.h"

namespace inventory::history {

// What is wrong. Nothing, if
// - every acknowledged write is in the ledger exactly once and exactly as it was answered, every refused one is not
//   there, every unknown one is there once and whole or not, and nothing else is, but what follows: waiting units that
//   were served and dead holds that were released,
// - sequences and versions are dense, balances are the sums of what was moved, and each answer shows one of them,
// - a write that had ended before another one began comes before it, and so does what a read had seen by then,
// - a read sees all that had ended before it began, and nothing that was asked for after it had ended; one that may
// have
//   seen what then vanished is only held to the first,
// - nobody was promised units that were not available,
// - nobody was promised units that somebody waited for who had asked before,
// - no hold ended before its time.
Violations Check(const History& history);

// ---- Its parts ----

using Writes = std::map<std::string, const Write*>;  // By request id.

// Each SKU's ledger alone.
Violations CheckLedgers(const History& history);
// Each write against the ledgers.
Violations CheckWrites(const History& history, const Writes& writes);
// The order of writes and reads in time.
Violations CheckTime(const History& history, const Writes& writes);
// Who waits is served first.
Violations CheckQueues(const History& history, const Writes& writes);
// Holds that ended by themselves.
Violations CheckHolds(const History& history);

// What lies there and is not promised, kept back or unfit for sale.
template <typename Quantities>
int64_t Available(const Quantities& quantities) {
  return quantities.on_hand() - quantities.reserved() - quantities.safety_stock() - quantities.damaged() -
         quantities.quality_control();
}

// Whether it takes available units for an order or for another warehouse.
bool Takes(const v1::Movement& movement);
// Whether it was made by the service after a command, or before any: of no caller.
bool Follows(const v1::Movement& movement);

}  // namespace inventory::history

#endif  // INVENTORY_TESTS_HISTORY_CHECK_H_
