// Values of fields as text: what they look like, and what tables and CSV show.
#ifndef INVENTORY_CLIENT_CLI_VALUES_H_
#define INVENTORY_CLIENT_CLI_VALUES_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// What a value of the field looks like, for help: "NUMBER", "true|false", "in-stock|out-of-stock".
std::string ValueHint(const google::protobuf::FieldDescriptor& field);
// The values that an enum or a switch can have, in their short form; empty for other types.
std::vector<std::string> ChoicesOf(const google::protobuf::FieldDescriptor& field);

// Whether the field holds messages of this type.
template <typename Generated>
bool Holds(const google::protobuf::FieldDescriptor& field) {
  return field.message_type() == Generated::descriptor();
}
// Whether a field of this type holds one value that people can type: a scalar, enum, time, duration or mask.
bool IsValue(const google::protobuf::FieldDescriptor& field);

// The value of a field that is set, in the form that SetValue takes; of element `index` if it is a list, otherwise -1.
// Messages are JSON.
std::string ShowValue(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                      int index = -1);

// The short form of an enum's value: STOCK_STATUS_IN_STOCK is "in-stock".
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_VALUES_H_
