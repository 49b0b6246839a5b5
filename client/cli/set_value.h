// Sets fields from what people type.
#ifndef INVENTORY_CLIENT_CLI_SET_VALUE_H_
#define INVENTORY_CLIENT_CLI_SET_VALUE_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// Sets the field of `message`, or adds to it if it is a list. Texts are taken as they are, if they are UTF-8. Enums are
// taken by their short names in lower case or as in the API; times as RFC 3339; durations as "90s", "15m", "1h30m";
// masks as names parted by commas. Otherwise INVALID_ARGUMENT, which says what is expected but not of which argument.
absl::Status SetValue(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                      const std::string& text);

// Sets fields of `record` from "sku=A,quantity=2": names as of flags, values that contain a comma or a quote in double
// quotes with quotes doubled. No name may occur twice, unless its field is a list.
absl::Status SetRecord(google::protobuf::Message& record, const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_SET_VALUE_H_
