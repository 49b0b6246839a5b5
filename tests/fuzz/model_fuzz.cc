// Goal: no sequence of commands makes the rules and the domain's plain statement disagree, also where no random
// generator goes (tests/unit/model_test.cc).
// Method: the run of the model test with every choice made by the input: the fuzzer finds which choices lead somewhere
// new.
#include <cstddef>
#include <cstdint>
#include <random>

#include "gtest/gtest.h"
#include "tests/fuzz/check.h"
#include "tests/unit/model.h"
#include "tests/unit/model_run.h"

namespace inventory::model {
namespace {

// Numbers from the input, two bytes each. Behind its end they go on at random, always the same, for whoever draws until
// a number fits.
class Numbers {
 public:
  Numbers(const uint8_t* bytes, std::size_t size) : bytes_(bytes), size_(size) {}

  bool left() const { return at_ < size_; }
  uint64_t Next() { return left() ? NextByte() << 8 | NextByte() : behind_(); }

 private:
  uint64_t NextByte() { return left() ? bytes_[at_++] : 0; }

  const uint8_t* const bytes_;
  const std::size_t size_;
  std::size_t at_ = 0;
  std::mt19937_64 behind_;
};

}  // namespace
}  // namespace inventory::model

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  ::testing::GTEST_FLAG(break_on_failure) = true;  // What the run expects must hold here too.
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  using inventory::model::Model;
  if (size == 0) return 0;
  const int64_t max_filled_lines = bytes[0] % 4 == 0 ? Model::kUncut : bytes[0] % 4;
  inventory::model::Numbers numbers(bytes + 1, size - 1);
  inventory::model::RandomRun run([&numbers] { return numbers.Next(); }, max_filled_lines);
  while (numbers.left() && run.disagreement().empty()) run.Steps(1);
  inventory::fuzz::Check(run.disagreement().empty(), run.disagreement());
  return 0;
}
