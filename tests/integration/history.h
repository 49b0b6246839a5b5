// What callers were told, and whether the ledger agrees.
#ifndef INVENTORY_TESTS_INTEGRATION_HISTORY_H_
#define INVENTORY_TESTS_INTEGRATION_HISTORY_H_

#include <map>
#include <string>
#include <vector>

#include "tests/history/history.h"
#include "tests/integration/client.h"

namespace inventory::integration {

using history::History;
using RecordedWrite = history::Write;

// Reads the ledgers of the SKUs.
std::map<std::string, std::vector<v1::Movement>> ReadLedgers(const Client& client,
                                                             const std::vector<std::string>& skus);

// Expects what history::Check demands.
void CheckHistory(const History& history);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_HISTORY_H_
