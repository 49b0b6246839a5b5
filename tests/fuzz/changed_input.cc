#include "tests/fuzz/changed_input.h"

#include <algorithm>
#include <iterator>
#include <random>

// Not every target has it.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned seed);

namespace inventory::fuzz {
namespace {

// Makes changes that are the same for the same seed.
class Mutator {
 public:
  Mutator(const std::vector<Bytes>& corpus, uint64_t seed) : corpus_(corpus), random_(seed) {}

  // One of the corpus after a few changes.
  Bytes Make() {
    constexpr std::size_t kMostChanges = 5;
    Bytes bytes = Any();
    for (std::size_t changes = 1 + Below(kMostChanges); changes > 0; --changes) {
      if (LLVMFuzzerCustomMutator == nullptr) {
        Change(bytes);
        continue;
      }
      std::size_t size = std::min(bytes.size(), kMostInputBytes);
      bytes.resize(kMostInputBytes);
      size = LLVMFuzzerCustomMutator(bytes.data(), size, kMostInputBytes, static_cast<unsigned>(random_()));
      bytes.resize(size);
    }
    bytes.resize(std::min(bytes.size(), kMostInputBytes));
    return bytes;
  }

  // One change of any bytes.
  void Change(Bytes& bytes) {
    static constexpr void (Mutator::*kChanges[])(Bytes&) = {&Mutator::FlipBit,   &Mutator::SetByte, &Mutator::SetDigit,
                                                            &Mutator::Insert,    &Mutator::Remove,  &Mutator::Overwrite,
                                                            &Mutator::CopyChunk, &Mutator::Splice};
    if (bytes.empty()) return Insert(bytes);
    (this->*kChanges[Below(std::size(kChanges))])(bytes);
  }

 private:
  using Difference = Bytes::difference_type;

  // Not by a standard distribution, whose numbers are not the same everywhere.
  std::size_t Below(std::size_t limit) { return random_() % limit; }
  const Bytes& Any() { return corpus_[Below(corpus_.size())]; }
  Bytes::iterator Place(Bytes& bytes) { return bytes.begin() + static_cast<Difference>(Below(bytes.size())); }

  // Some neighbours, more often few than many.
  static constexpr std::size_t kLongestChunk = 64;
  Bytes Chunk(const Bytes& bytes) {
    if (bytes.empty()) return {};
    const std::size_t first = Below(bytes.size());
    const std::size_t size = std::min(1 + Below(1 + Below(kLongestChunk)), bytes.size() - first);
    return {bytes.begin() + static_cast<Difference>(first), bytes.begin() + static_cast<Difference>(first + size)};
  }
  void InsertChunk(Bytes& bytes, const Bytes& chunk) { bytes.insert(Place(bytes), chunk.begin(), chunk.end()); }

  void FlipBit(Bytes& bytes) { *Place(bytes) ^= static_cast<uint8_t>(1 << Below(8)); }

  // Often one that means something somewhere.
  uint8_t Byte() {
    static constexpr char kTelling[] = "\0\1\x7f\x80\xff\n\r\t \"'\\%,;:/?#[]{}@=.-+*0";
    return static_cast<uint8_t>(Below(2) == 0 ? kTelling[Below(sizeof(kTelling) - 1)] : Below(256));
  }
  void SetByte(Bytes& bytes) { *Place(bytes) = Byte(); }

  // Another digit in place of one, if there is any.
  void SetDigit(Bytes& bytes) {
    const auto digit = std::find_if(Place(bytes), bytes.end(), [](uint8_t c) { return c >= '0' && c <= '9'; });
    if (digit == bytes.end()) return SetByte(bytes);
    *digit = static_cast<uint8_t>('0' + Below(10));
  }

  // A few bytes or many times the same.
  void Insert(Bytes& bytes) {
    const std::size_t size = 1 + Below(Below(8) == 0 ? kLongestChunk : 4);
    Bytes some(size, Byte());
    if (Below(2) == 0) {
      for (uint8_t& byte : some) byte = Byte();
    }
    bytes.insert(bytes.begin() + static_cast<Difference>(Below(bytes.size() + 1)), some.begin(), some.end());
  }

  void Remove(Bytes& bytes) {
    const auto first = Place(bytes);
    bytes.erase(first, first + 1 +
                           static_cast<Difference>(Below(std::min<std::size_t>(
                               static_cast<std::size_t>(std::distance(first, bytes.end())), kLongestChunk))));
  }

  void Overwrite(Bytes& bytes) {
    const Bytes chunk = Chunk(Below(2) == 0 ? bytes : Any());
    const auto place = Place(bytes);
    std::copy_n(chunk.begin(), std::min(static_cast<Difference>(chunk.size()), std::distance(place, bytes.end())),
                place);
  }

  void CopyChunk(Bytes& bytes) { InsertChunk(bytes, Chunk(Below(2) == 0 ? bytes : Any())); }

  // The beginning of this one and the end of another.
  void Splice(Bytes& bytes) {
    const Bytes& other = Any();
    bytes.erase(Place(bytes), bytes.end());
    bytes.insert(bytes.end(), other.begin() + static_cast<Difference>(Below(other.size() + 1)), other.end());
  }

  const std::vector<Bytes>& corpus_;
  std::mt19937_64 random_;
};

// The one whose input is being made, for LLVMFuzzerMutate.
Mutator* current_mutator = nullptr;

}  // namespace

Bytes ChangedInput(const std::vector<Bytes>& inputs, uint64_t seed) {
  Mutator mutator(inputs, seed);
  current_mutator = &mutator;
  Bytes bytes = mutator.Make();
  current_mutator = nullptr;
  return bytes;
}

}  // namespace inventory::fuzz

// What libFuzzer gives to targets that change inputs in their own way.
extern "C" std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size, std::size_t max_size) {
  inventory::fuzz::Bytes bytes(data, data + size);
  inventory::fuzz::current_mutator->Change(bytes);
  bytes.resize(std::min(bytes.size(), max_size));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
