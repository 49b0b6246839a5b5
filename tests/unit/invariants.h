// What must hold of everything that is stored, after every command.
#ifndef INVENTORY_TESTS_UNIT_INVARIANTS_H_
#define INVENTORY_TESTS_UNIT_INVARIANTS_H_

#include <string>
#include <vector>

#include "server/pipeline/rows.h"

namespace inventory {

// Every invariant that the rows break, in words; empty if all is well. The rows must be complete: each level with all
// of its movements from the first, each reservation with its lines, allocations and shipments, and every document.
//
// - No bucket of a level is below zero or above pipeline::kMaxQuantity; no more units are unsellable than lie there.
// - Each level is the sum of its movements, its version their number; each movement's balance is the sum so far. A
//   balance forward counts for all that it stands for, and only the first movement of a level is one.
// - The movements of a SKU are numbered densely in the order in which they were made, and never go back in time.
// - A level's reserved is the sum of its allocations, its incoming what replenishments and transfers have outstanding.
// - A replenishment is received, and a transfer no longer in transit, exactly when nothing of it is outstanding; units
//   are missing only with a reason.
// - A tracked line is the sum of its allocations; no line has more than it asked for, and no count is below zero.
// - An allocation's units in shipment are those of open shipments, its shipped units those of shipments that left.
// - A line's returned units are those of its return lines, and no more than were shipped.
// - An allocation runs out exactly with the hold it belongs to, and one without units never does.
// - A quota's outstanding is what the lines of its SKU and channel have reserved or waiting; an item knows how many
//   quotas it has.
// - A reservation that is over has nothing reserved, and a committed one has.
// - A component counts the kits that have it; it is no kit itself, and a kit has no units of its own.
// - The events of a low-stock rule are numbered densely and alternate, the first one LOW; the rule is as the last one
//   says, and counts those that are pending, of which exactly one is next.
std::vector<std::string> BrokenInvariants(const pipeline::Rows& rows);

// Fails the test for each of them.
void CheckInvariants(const pipeline::Rows& rows);

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_INVARIANTS_H_
