// The commands that call the API: one for each RPC, and short forms of some.
#ifndef INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_
#define INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_

#include <string>
#include <utility>
#include <vector>

#include "client/cli/command.h"
#include "google/protobuf/descriptor.h"

namespace inventory::cli {

// A short form: the same call with other arguments by position.
struct ShortForm {
  std::string name;    // One word.
  std::string method;  // Name of the RPC.
  // Flags of the RPC's command that go by position, in order and before those that repeat: "sku" is required,
  // "[warehouse-id]" is not.
  std::vector<std::string> positional = {};
  std::vector<std::pair<std::string, std::string>> renamed = {};  // From, to.
  std::vector<std::pair<std::string, std::string>> presets = {};  // Of flags that were not given.
  std::string summary;
  std::string example;
};
const std::vector<ShortForm>& ShortForms();

// "GetItem" is {"get", "item"}.
std::vector<std::string> WordsOf(const google::protobuf::MethodDescriptor& method);

// The command of a unary RPC.
Command CommandFor(const google::protobuf::MethodDescriptor& method);
Command CommandFor(const ShortForm& form);

// One for each unary RPC, then the short forms.
std::vector<Command> RpcCommands();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_RPC_COMMANDS_H_
