// Makes an RPC's request from the arguments of its command.
#ifndef INVENTORY_CLIENT_CLI_REQUEST_BUILDER_H_
#define INVENTORY_CLIENT_CLI_REQUEST_BUILDER_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/arguments.h"
#include "client/cli/request_fields.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace inventory::cli {

// The flag that takes a whole request.
inline constexpr char kJsonFlag[] = "json";

// Fills `request`, which is empty: from the file that --json names ("-" is `in`), and over it from the other arguments.
// A list that arguments name replaces that of the file. An update without a mask changes what arguments name. The error
// is INVALID_ARGUMENT and has a line for each argument that is wrong.
absl::Status BuildRequest(const google::protobuf::MethodDescriptor& method, const std::vector<RequestField>& fields,
                          const Arguments& arguments, std::istream& in, google::protobuf::Message& request);

// The argument that sets what `field_path`, a path as the service names it ("lines[2].quantity"), stands for, as typed:
// "--quantity", "SKU". Empty if there is none.
std::string ArgumentFor(const std::vector<RequestField>& fields, const std::string& field_path);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_REQUEST_BUILDER_H_
