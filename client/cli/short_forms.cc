#include "client/cli/short_forms.h"

namespace inventory::cli {

const std::vector<ShortForm>& ShortForms() {
  static const auto& forms = *new std::vector<ShortForm>{
      {.name = "availability",
       .method = "GetAvailability",
       .presets = {{"view", "operator"}},
       .summary = "Says what a channel can sell, with all numbers.",
       .example = "inventoryctl availability web-eu JEANS-M TSHIRT-M"},
      {.name = "reserve",
       .method = "ReserveStock",
       .renamed = {{"order-reference", "order"}},
       .summary = "Reserves units for an order.",
       .example = "inventoryctl reserve web-eu JEANS-M=2 TSHIRT-M=1 --ttl 15m --order 1001"},
      {.name = "confirm",
       .method = "ConfirmReservation",
       .summary = "Commits what is held for an order.",
       .example = "inventoryctl confirm R-1001"},
      {.name = "ship",
       .method = "ShipShipment",
       .summary = "Says that a shipment has left.",
       .example = "inventoryctl ship S-1001 --carrier DHL --tracking-number 123"},
      {.name = "return",
       .method = "ReturnStock",
       .summary = "Books units back that a customer has sent.",
       .example = "inventoryctl return R-1001 JEANS-M=1 --warehouse-id ber-1 --disposition restock"},
      {.name = "adjust",
       .method = "AdjustStock",
       .summary = "Adds units to a level, or takes them away.",
       .example = "inventoryctl adjust JEANS-M ber-1 -3 --reason stolen"},
      {.name = "transfer",
       .method = "CreateTransfer",
       .summary = "Moves units to another warehouse.",
       .example = "inventoryctl transfer rtm-1 ber-1 JEANS-M=20"},
      {.name = "ledger",
       .method = "ListMovements",
       .positional = {"sku", "[warehouse-id]"},
       .summary = "Lists every change of a SKU's stock.",
       .example = "inventoryctl ledger JEANS-M ber-1"},
      {.name = "low-stock",
       .method = "ListLowStockRules",
       .positional = {"[sku]"},
       .presets = {{"low", "true"}},
       .summary = "Lists what is low: the rules whose threshold is reached.",
       .example = "inventoryctl low-stock"},
      {.name = "verify",
       .method = "VerifyStock",
       .positional = {"[sku-prefix]"},
       .summary = "Checks that stock, ledger and documents add up, and repairs what does not if asked to.",
       .example = "inventoryctl verify JEANS --repair"},
  };
  return forms;
}

}  // namespace inventory::cli
