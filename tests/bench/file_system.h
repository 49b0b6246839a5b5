// Where databases write.
#ifndef INVENTORY_TESTS_BENCH_FILE_SYSTEM_H_
#define INVENTORY_TESTS_BENCH_FILE_SYSTEM_H_

#include <string>

namespace inventory::bench {

// The type of the file system that a folder, which is there, lies in, for example "ext4"; "unknown" if the system
// doesn't tell.
std::string FileSystemOf(const std::string& folder);

// Whether such a file system keeps files in memory only, where flushing them costs nothing.
bool InMemory(const std::string& file_system);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_FILE_SYSTEM_H_
