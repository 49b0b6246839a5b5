// Files as texts.
#ifndef INVENTORY_CLIENT_INTERNAL_READ_FILE_H_
#define INVENTORY_CLIENT_INTERNAL_READ_FILE_H_

#include <istream>
#include <string>

#include "absl/status/statusor.h"

namespace inventory::client::internal {

// All that is left of a stream. What can't be read to its end, as a folder, is the error that the system names, or
// DATA_LOSS if it names none: "can't read NAME: Is a directory".
absl::StatusOr<std::string> ReadAll(std::istream& in, const std::string& name);

// The same of a file; NOT_FOUND, PERMISSION_DENIED and the like if it can't be opened.
absl::StatusOr<std::string> ReadFile(const std::string& path, const std::string& name);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_READ_FILE_H_
