// What fuzz targets check their promises with.
#ifndef INVENTORY_TESTS_FUZZ_CHECK_H_
#define INVENTORY_TESTS_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <string>

namespace inventory::fuzz {

// Ends the program, which is how libFuzzer learns of a fault, unless `holds`; `what` was broken.
inline void Check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "BROKEN: %s\n", what.c_str());
  std::abort();
}

}  // namespace inventory::fuzz

#endif  // INVENTORY_TESTS_FUZZ_CHECK_H_
