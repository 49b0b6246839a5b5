// inventoryctl: the command line of operators. README.md shows it.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/tool.h"

namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  // gRPC logs each attempt that fails; the error that is shown at the end says why. Who wants more sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const inventory::cli::ExitCode code = inventory::cli::RunTool(words, Variable,
                                                                {.in = std::cin,
                                                                 .out = std::cout,
                                                                 .err = std::cerr,
                                                                 .out_is_terminal = isatty(STDOUT_FILENO) != 0,
                                                                 .err_is_terminal = isatty(STDERR_FILENO) != 0});
  return static_cast<int>(code);
}
