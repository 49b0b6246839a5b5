// Carries out the command of an RPC.
#ifndef INVENTORY_CLIENT_CLI_CALL_H_
#define INVENTORY_CLIENT_CLI_CALL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/arguments.h"
#include "client/cli/exit_code.h"
#include "client/cli/request_fields.h"
#include "client/cli/session.h"
#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// The flag of lists that says how many rows to show, 0 for all, and its default.
inline constexpr char kLimitFlag[] = "limit";
inline constexpr int kDefaultLimit = 100;

// The value of --limit, as large as can be for 0; `otherwise` if it is not given. INVALID_ARGUMENT if it is no number.
absl::StatusOr<int64_t> LimitOf(const Arguments& arguments, int64_t otherwise);

// Whether its answers come in pages.
bool IsPaged(const google::protobuf::MethodDescriptor& method);
// Whether it takes --limit. What is paged and no list is carried out to its end.
bool TakesLimit(const google::protobuf::MethodDescriptor& method);

// Calls the RPC as `arguments` say, page by page where it has pages, and writes its answer, or its error. `command` is
// what was typed. `method` and `fields` outlive the call.
ExitCode Call(const google::protobuf::MethodDescriptor& method, const std::string& command,
              const std::vector<RequestField>& fields, const Arguments& arguments, Session& session);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_CALL_H_
