// Child processes.
#ifndef INVENTORY_STORAGE_CHILD_PROCESS_H_
#define INVENTORY_STORAGE_CHILD_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace inventory::storage {

// Starts arguments[0] with its output going to the end of `log_file` and its input coming from `input_file`, in a
// process group of its own so that the terminal's Ctrl-C doesn't reach it, with no blocked signals. It gets SIGTERM
// when the calling thread ends. `inherited` is a descriptor it keeps, -1 for none. Returns its process id, or -1 with
// errno set. Thread-safe.
int StartChild(const std::vector<std::string>& arguments, const std::string& log_file, int inherited,
               const std::string& input_file = "/dev/null");

// The same with its input coming from `input_file` (empty: none), and waits for it: OK if it succeeded.
absl::Status RunChild(const std::vector<std::string>& arguments, const std::string& log_file,
                      const std::string& input_file = "");

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CHILD_PROCESS_H_
