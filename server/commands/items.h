// What the commands on items share.
#ifndef INVENTORY_SERVER_COMMANDS_ITEMS_H_
#define INVENTORY_SERVER_COMMANDS_ITEMS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "inventory/v1/item.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// What UpdateItem never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedItemFields[] = {"sku"};

// Notes every broken rule of an item; `field` is where the request has it.
void CheckItem(const v1::Item& item, const std::string& field, Violations& violations);

// The rows that it takes to configure the item.
pipeline::Needs NeedsOfItem(const v1::Item& item, bool create);

// Gives the loaded item of the SKU the configuration that a valid item has. AVAILABILITY_ESTIMATE_NOT_FOUND; otherwise
// as SaveItem.
absl::Status Configure(pipeline::Work& work, const v1::Item& item);

// The record with the configuration that a valid item has but for its availability estimate; fields that are not set
// have their defaults.
storage::ItemRecord Configured(storage::ItemRecord record, const v1::Item& item);

// OK unless live reservations have units of the SKU outstanding, tracked or not: then FAILED_PRECONDITION, reason
// ITEM_IN_USE {reservation_ids}, at most pipeline::kMaxHolders of them. If who holds units is not known yet the command
// runs again and any status will do.
absl::Status CheckUnreserved(pipeline::Work& work, const std::string& sku);

// Puts `record` in the place of the loaded item. Its version and times move on here, and only if it differs from what
// is there. If tracking would change: as CheckUnreserved, and ITEM_IN_USE {warehouse_ids} while units are incoming. If
// the components would change: as ChangeComponents. EXTERNAL_REFERENCE_EXISTS if another has its code.
absl::Status SaveItem(pipeline::Work& work, storage::ItemRecord record);

// NOT_FOUND, reason ITEM_NOT_FOUND {sku}.
absl::Status ItemNotFound(const std::string& sku);

// OK unless `uses` holds for a level of the SKU: then FAILED_PRECONDITION, reason ITEM_IN_USE {warehouse_ids}, which
// are separated by commas.
absl::Status CheckUnused(const pipeline::Work& work, const std::string& sku, std::string_view message,
                         bool (*uses)(const storage::Quantities&));

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_ITEMS_H_
