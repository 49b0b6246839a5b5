// Makes inputs where libFuzzer is not there to do so.
#ifndef INVENTORY_TESTS_FUZZ_CHANGED_INPUT_H_
#define INVENTORY_TESTS_FUZZ_CHANGED_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inventory::fuzz {

using Bytes = std::vector<uint8_t>;

// As server/dev/fuzz.sh has it for libFuzzer.
inline constexpr std::size_t kMostInputBytes = 4096;

// One of these inputs, of which there must be some, after a few small changes: by the target's LLVMFuzzerCustomMutator
// if it has one. Never longer than kMostInputBytes, and the same for the same inputs and seed.
Bytes ChangedInput(const std::vector<Bytes>& inputs, uint64_t seed);

}  // namespace inventory::fuzz

#endif  // INVENTORY_TESTS_FUZZ_CHANGED_INPUT_H_
