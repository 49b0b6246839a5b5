// The names in generated code.
#ifndef INVENTORY_CLIENT_GENERATOR_NAMES_H_
#define INVENTORY_CLIENT_GENERATOR_NAMES_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

namespace inventory::generator {

// "inventory/v1/inventory_service.client.h", ".client.cc", ".mock_client.h"
std::string HeaderOf(const google::protobuf::FileDescriptor& file);
std::string SourceOf(const google::protobuf::FileDescriptor& file);
std::string MockHeaderOf(const google::protobuf::FileDescriptor& file);
// "inventory/v1/inventory_service.pb.h", which protoc itself makes.
std::string MessagesHeaderOf(const google::protobuf::FileDescriptor& file);

// The package without its version, and client: "inventory::client" for inventory.v1.
std::string NamespaceOf(const google::protobuf::FileDescriptor& file);

// "InventoryClient" for InventoryService.
std::string ClientOf(const google::protobuf::ServiceDescriptor& service);

// A message's class as code in the namespace of `file` names it: "v1::Item" in inventory::client for inventory.v1.Item,
// otherwise "::google::protobuf::Empty".
std::string TypeOf(const google::protobuf::Descriptor& message, const google::protobuf::FileDescriptor& file);

// The library's namespace as code in the namespace of `file` must write it: "" or "inventory::client::".
std::string LibraryPrefix(const google::protobuf::FileDescriptor& file);

// The repeated field over which a list's pages go, or null if `method` is none: it takes page_size and page_token,
// and answers with next_page_token and one repeated field of messages.
const google::protobuf::FieldDescriptor* ElementsOf(const google::protobuf::MethodDescriptor& method);

// What the text of generated code calls things, for google::protobuf::io::Printer.
std::map<std::string, std::string> VariablesOf(const google::protobuf::ServiceDescriptor& service);
std::map<std::string, std::string> VariablesOf(const google::protobuf::MethodDescriptor& method);

// Says which two members of a client would have the same name; empty if none.
std::string NameClash(const google::protobuf::FileDescriptor& file);

}  // namespace inventory::generator

#endif  // INVENTORY_CLIENT_GENERATOR_NAMES_H_
