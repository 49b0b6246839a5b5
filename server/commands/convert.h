// Rows as the API shows them: server/convert.h, and items, which take the configuration for it.
#ifndef INVENTORY_SERVER_COMMANDS_CONVERT_H_
#define INVENTORY_SERVER_COMMANDS_CONVERT_H_

#include "inventory/v1/item.pb.h"
#include "server/convert.h"  // IWYU pragma: export
#include "server/pipeline/configuration.h"
#include "storage/records.h"

namespace inventory {

// `configuration` says what the item's availability estimate is called.
void ToProto(const storage::ItemRecord& item, const pipeline::Configuration& configuration, v1::Item& out);

}  // namespace inventory

#endif  // INVENTORY_SERVER_COMMANDS_CONVERT_H_
