// Whole files.
#ifndef INVENTORY_TESTS_READ_FILE_H_
#define INVENTORY_TESTS_READ_FILE_H_

#include <fstream>
#include <iterator>
#include <string>

namespace inventory {

// What the file holds; nothing if it can't be read.
inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace inventory

#endif  // INVENTORY_TESTS_READ_FILE_H_
