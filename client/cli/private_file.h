// Files that only their owner may touch.
#ifndef INVENTORY_CLIENT_CLI_PRIVATE_FILE_H_
#define INVENTORY_CLIENT_CLI_PRIVATE_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace inventory::cli {

// Whether others may do with the file what `forbidden`, bits of its mode as 0077, says; also refused if it is neither
// the caller's nor root's. PERMISSION_DENIED says how to mend it; NOT_FOUND if it can't be looked at. A pipe, as of
// `--token-file <(...)`, is the caller's alone.
absl::Status CheckPrivate(const std::string& path, unsigned forbidden);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_PRIVATE_FILE_H_
