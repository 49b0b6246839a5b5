// An import of stock counts.
#ifndef INVENTORY_TESTS_BENCH_IMPORT_STREAM_H_
#define INVENTORY_TESTS_BENCH_IMPORT_STREAM_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace inventory::bench {

struct ImportOptions {
  int64_t first_sku = 0;  // The rows count the SKUs from this one on,
  int64_t rows = 0;       // one each,
  int64_t units = 0;      // and say that there are so many of each.
  // Hears of each chunk of `rows` rows when its answer has come: when it was sent and when that was. May be empty.
  std::function<void(absl::Time sent, absl::Time answered, int64_t rows)> on_chunk = nullptr;
  // Asked before each chunk whether the import is to end early. May be empty.
  std::function<bool()> stop = nullptr;
};

// What the SKUs of imports, and no others, begin with.
inline constexpr char kImportPrefix[] = "import-";

// The SKU with this number, from 0 and below a thousand million.
std::string ImportSku(int64_t number);

// Sends one import over one stream, in chunks of 500 rows, and returns when the server has summed it up. INTERNAL if a
// row was refused or the sums are wrong.
absl::Status Import(const std::string& address, const ImportOptions& options);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_IMPORT_STREAM_H_
