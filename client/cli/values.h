// Values of fields as text: what people type, and what tables and CSV show.
#ifndef INVENTORY_CLIENT_CLI_VALUES_H_
#define INVENTORY_CLIENT_CLI_VALUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// What a value of the field looks like, for help: "NUMBER", "true|false", "in-stock|out-of-stock".
std::string ValueHint(const google::protobuf::FieldDescriptor& field);
// The values that an enum or a switch can have, in their short form; empty for other types.
std::vector<std::string> ChoicesOf(const google::protobuf::FieldDescriptor& field);

// Whether a field of this type holds one value that people can type: a scalar, enum, time, duration or mask.
bool IsValue(const google::protobuf::FieldDescriptor& field);

// Sets the field of `message`, or adds to it if it is a list. Texts are taken as they are. Enums are taken by their
// short names in lower case or as in the API; times as RFC 3339; durations as "90s", "15m", "1h30m"; masks as names
// parted by commas. Otherwise INVALID_ARGUMENT, which says what is expected but not of which argument.
absl::Status SetValue(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                      const std::string& text);

// Sets fields of `record` from "sku=A,quantity=2": names as of flags, values that contain a comma or a quote in double
// quotes with quotes doubled. No name may occur twice, unless its field is a list.
absl::Status SetRecord(google::protobuf::Message& record, const std::string& text);

// The value of a field that is set, as SetValue takes it; of element `index` if it is a list, otherwise -1. Messages
// are JSON.
std::string ShowValue(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                      int index = -1);

// The short form of an enum's value: STOCK_STATUS_IN_STOCK is "in-stock".
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_VALUES_H_
