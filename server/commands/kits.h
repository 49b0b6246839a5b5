// Kits: SKUs that are made of components.
#ifndef INVENTORY_SERVER_COMMANDS_KITS_H_
#define INVENTORY_SERVER_COMMANDS_KITS_H_

#include <string>

#include "absl/status/status.h"
#include "inventory/v1/item.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// Notes every broken rule of the components of an item; `field` is where the request has the item.
void CheckComponents(const v1::Item& item, const std::string& field, Violations& violations);

// OK if `wanted` may have its components in the place of those of the stored item: then the components know that there
// is a kit more, or less, that has them. ITEM_IN_USE if the item would become a kit while it has units or something
// names it; COMPONENT_IS_KIT {sku}. If a component is not locked yet the command runs again and any status will do.
absl::Status ChangeComponents(pipeline::Work& work, const storage::ItemRecord& stored,
                              const storage::ItemRecord& wanted);

// OK unless kits, quotas or low-stock rules name the item: then FAILED_PRECONDITION, reason ITEM_IN_USE {used_by}.
absl::Status CheckUnnamed(const storage::ItemRecord& item);

// FAILED_PRECONDITION, reason ITEM_IS_KIT {sku}.
absl::Status ItemIsKit(const std::string& sku);

// OK unless the SKU is a kit: ITEM_IS_KIT.
absl::Status CheckNoKit(const pipeline::Work& work, const std::string& sku);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_KITS_H_
