// Events as text for people.
#ifndef INVENTORY_CLIENT_CLI_EVENT_TABLE_H_
#define INVENTORY_CLIENT_CLI_EVENT_TABLE_H_

#include <memory>
#include <ostream>

#include "client/cli/output.h"

namespace inventory::cli {

// Writes a line for each inventory.v1.Event: when, what kind, of which SKUs, warehouse and channel, and what happened.
// `out` outlives it.
std::unique_ptr<RowWriter> MakeEventTableWriter(std::ostream& out);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_EVENT_TABLE_H_
