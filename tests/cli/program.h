// inventoryctl as a child process.
#ifndef INVENTORY_TESTS_CLI_PROGRAM_H_
#define INVENTORY_TESTS_CLI_PROGRAM_H_

#include <string>
#include <vector>

#include "tests/integration/server_process.h"

namespace inventory::cli {

// What a run leaves.
struct Finished {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// Runs a program to its end, with these variables besides this process's own, and no input.
Finished RunProgram(const std::vector<std::string>& arguments,
                    const integration::ProgramRun::Environment& environment = {});

}  // namespace inventory::cli

#endif  // INVENTORY_TESTS_CLI_PROGRAM_H_
