// inventoryctl but for its process: what main() calls.
#ifndef INVENTORY_CLIENT_CLI_TOOL_H_
#define INVENTORY_CLIENT_CLI_TOOL_H_

#include <string>
#include <vector>

#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/session.h"

namespace inventory::cli {

// Where the tool reads and writes. Streams outlive the run.
struct Terminal {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
};

// Carries out the words after the program's name.
ExitCode RunTool(const std::vector<std::string>& words, const Environment& environment, const Terminal& terminal);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_TOOL_H_
