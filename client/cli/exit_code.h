// How inventoryctl ends.
#ifndef INVENTORY_CLIENT_CLI_EXIT_CODE_H_
#define INVENTORY_CLIENT_CLI_EXIT_CODE_H_

namespace inventory::cli {

// What the process exits with. Scripts depend on the numbers: they never change.
enum class ExitCode {
  kOk = 0,
  kRefused = 1,  // The service refused; the same call is refused again. Also: some rows of a batch were.
  kUsage = 2,    // The command line, a configuration file or a file named by it is wrong; nothing was sent.
  kUnreachable =
      3,          // No answer, or one that asks to try again. A write may have happened: repeat it with its request id.
  kMismatch = 4,  // `verify` found what does not add up, and has not repaired all of it.
  kFault = 5,     // A fault of the service (INTERNAL, DATA_LOSS, UNKNOWN), or output could not be written.
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_EXIT_CODE_H_
