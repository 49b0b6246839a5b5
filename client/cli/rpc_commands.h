// The commands that call the API: one for each RPC, and short forms of some.
#ifndef INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_
#define INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_

#include <string>
#include <vector>

#include "client/cli/command.h"
#include "client/cli/short_forms.h"
#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// "GetItem" is {"get", "item"}.
std::vector<std::string> WordsOf(const google::protobuf::MethodDescriptor& method);

// The command of a unary RPC.
Command CommandFor(const google::protobuf::MethodDescriptor& method);
Command CommandFor(const ShortForm& form);

// One for each unary RPC, then the short forms.
std::vector<Command> RpcCommands();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_
