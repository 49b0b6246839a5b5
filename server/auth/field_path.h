// Fields of messages, named by paths.
#ifndef INVENTORY_SERVER_AUTH_FIELD_PATH_H_
#define INVENTORY_SERVER_AUTH_FIELD_PATH_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::auth {

// A field of a message or of one within it, as "filter.warehouse_id"; a repeated field on the way stands for all of its
// elements. Begins at one type of message.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// The path within messages of this type; empty if there is no such field.
FieldPath FindPath(const google::protobuf::Descriptor& message, std::string_view path);

// Calls `use` with every text that is not empty at the path, whose field is a string.
void ForEachText(const google::protobuf::Message& message, const FieldPath& path,
                 const std::function<void(const std::string& text)>& use);

// Whether the message has anything at the path.
bool IsFilled(const google::protobuf::Message& message, const FieldPath& path);

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_FIELD_PATH_H_
