// What of an RPC's request is an argument of its command, and which.
//
//   request_id, page_size, page_token    are none: --request-id and --limit stand for them
//   required texts, and quantities       are positional, in the order of the message: `set stock SKU WAREHOUSE_ID
//   ON_HAND` a resource's own id                  is positional too: `create item SKU`, `create warehouse
//   [WAREHOUSE_ID]` a list of SKUs                       follows as SKU..., and of SKUs with quantities as
//   SKU=QUANTITY... all other fields                     are flags, named as the field, of a list in the singular:
//   --warehouse-id. Those
//                                        of filters and resources have no prefix, those of other messages have theirs:
//                                        --address-city
//   fields that are output only          are none
#ifndef INVENTORY_CLIENT_CLI_REQUEST_FIELDS_H_
#define INVENTORY_CLIENT_CLI_REQUEST_FIELDS_H_

#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// An argument that sets a field of a request.
struct RequestField {
  enum class Form {
    kValue,         // One value, or one of a list.
    kEntry,         // An entry of a map: KEY=VALUE.
    kRecord,        // A message of a list: "sku=A,quantity=2".
    kQuantities,    // Messages of a list by position: "A=2".
    kOfQuantities,  // A field of all the messages that kQuantities makes. Its path goes on from theirs.
    kClear,         // Names a field of the resource to empty.
  };

  Argument argument;
  Form form = Form::kValue;
  std::vector<const google::protobuf::FieldDescriptor*> path;  // From the request down; of kClear the resource's.
};

// In the order of the command's arguments.
std::vector<RequestField> FieldsOf(const google::protobuf::MethodDescriptor& method);

// The field of an RPC's request that has a mask of what to update, or nullptr.
const google::protobuf::FieldDescriptor* MaskOf(const google::protobuf::Descriptor& request);
// The resource that the request carries, or nullptr: the item of UpdateItem.
const google::protobuf::FieldDescriptor* ResourceOf(const google::protobuf::MethodDescriptor& method);

// Whether the comment of a resource's field says that it never changes.
bool IsImmutable(const google::protobuf::FieldDescriptor& field);

// "skuPrefix" or "sku_prefix" as an argument: "sku-prefix".
std::string KebabCase(const std::string& name);
// "warehouse-ids" to "warehouse-id", "quantities" to "quantity".
std::string Singular(const std::string& name);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_REQUEST_FIELDS_H_
