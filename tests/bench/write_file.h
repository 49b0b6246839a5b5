// Files that are written whole.
#ifndef INVENTORY_TESTS_BENCH_WRITE_FILE_H_
#define INVENTORY_TESTS_BENCH_WRITE_FILE_H_

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace inventory::bench {

// Writes the text as the whole file.
inline absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::InternalError(absl::StrCat("can't write ", path));
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_WRITE_FILE_H_
