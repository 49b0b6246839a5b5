// The end of a program that must not go on.
#ifndef INVENTORY_SERVER_DIE_H_
#define INVENTORY_SERVER_DIE_H_

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"

namespace inventory {

// Says why, in a line made of the parts, and ends the program by SIGABRT. For what only a mistake in the program can
// bring about, and before it does harm.
template <typename... Parts>
[[noreturn]] void Die(const Parts&... parts) {
  const std::string line = absl::StrCat(parts..., "\n");
  std::fputs(line.c_str(), stderr);
  std::abort();
}

}  // namespace inventory

#endif  // INVENTORY_SERVER_DIE_H_
