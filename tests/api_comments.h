// What the comments of the .proto files tell callers.
#ifndef INVENTORY_TESTS_API_COMMENTS_H_
#define INVENTORY_TESTS_API_COMMENTS_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace inventory {

// Whether a caller can know that the RPC refuses with this reason: its comment names it, or that of InventoryService,
// which speaks of all calls.
bool NamesReason(const google::protobuf::MethodDescriptor& rpc, const std::string& reason);

}  // namespace inventory

#endif  // INVENTORY_TESTS_API_COMMENTS_H_
