// The service's API as compiled in: its RPCs and what their comments say.
#ifndef INVENTORY_CLIENT_CLI_API_H_
#define INVENTORY_CLIENT_CLI_API_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// Every RPC of every service of the package inventory.v1, by service and place. Their descriptors are those of the
// generated code. Thread-safe.
const std::vector<const google::protobuf::MethodDescriptor*>& AllMethods();

// The comment before a declaration, as one line a paragraph with an empty line between two; lists and tables keep their
// lines. Empty if there is none.
std::string CommentOf(const google::protobuf::MethodDescriptor& method);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
std::string CommentOf(const google::protobuf::EnumValueDescriptor& value);

// The first sentence of a text, with its full stop.
std::string FirstSentence(const std::string& text);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_API_H_
