// How often connections to databases were opened.
#ifndef INVENTORY_STORAGE_CONNECT_COUNTS_H_
#define INVENTORY_STORAGE_CONNECT_COUNTS_H_

#include <cstdint>

namespace inventory::storage {

// Of this process since it was started.
struct ConnectCounts {
  int64_t opened = 0;
  int64_t failed = 0;  // Of one address each.
};

// Thread-safe.
ConnectCounts CountConnects();

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONNECT_COUNTS_H_
