// The texts of generated files.
#ifndef INVENTORY_CLIENT_GENERATOR_EMIT_H_
#define INVENTORY_CLIENT_GENERATOR_EMIT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/printer.h>

#include <string>

namespace inventory::generator {

// The clients' interfaces.
void EmitHeader(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);
// What implements them by a Connection.
void EmitSource(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);
// What implements them by GoogleMock.
void EmitMockHeader(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);

// ---- For all of them ----

// "// Made by protoc-gen-inventory-client from ..."
void EmitTop(const google::protobuf::FileDescriptor& file, google::protobuf::io::Printer& out);
void EmitGuardBegin(const std::string& header, google::protobuf::io::Printer& out);
void EmitGuardEnd(const std::string& header, google::protobuf::io::Printer& out);

// The comment before a service or a method, as comment of C++.
void EmitComment(const google::protobuf::ServiceDescriptor& service, google::protobuf::io::Printer& out);
void EmitComment(const google::protobuf::MethodDescriptor& method, google::protobuf::io::Printer& out);

}  // namespace inventory::generator

#endif  // INVENTORY_CLIENT_GENERATOR_EMIT_H_
