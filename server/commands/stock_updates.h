// Rows that change stock levels: of BatchUpdateStock and of imports.
#ifndef INVENTORY_SERVER_COMMANDS_STOCK_UPDATES_H_
#define INVENTORY_SERVER_COMMANDS_STOCK_UPDATES_H_

#include <string>

#include "absl/status/status.h"
#include "inventory/v1/stock.pb.h"
#include "server/errors.h"
#include "server/pipeline/command.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// Notes every broken rule of a row; `field` is where the request has it.
void CheckStockUpdate(const v1::StockUpdate& update, const std::string& field, Violations& violations);

// Adds what the row needs, which has passed CheckStockUpdate.
void NeedStockUpdate(const v1::StockUpdate& update, pipeline::Needs& needs);

// Carries the row out and fills the answer; `movement` is filled only if the level changed. Refusals as SetStock,
// AdjustStock and SetSafetyStock.
absl::Status ApplyStockUpdate(const v1::StockUpdate& update, pipeline::Work& work, v1::StockLevel& level,
                              v1::LevelVersion* movement, bool& changed);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_STOCK_UPDATES_H_
