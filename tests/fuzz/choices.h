// What targets draw their values from.
#ifndef INVENTORY_TESTS_FUZZ_CHOICES_H_
#define INVENTORY_TESTS_FUZZ_CHOICES_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>

namespace inventory::fuzz {

// Values out of an input's bytes. Numbers are taken from its end and texts from its beginning, so that a text that
// grows moves no number. Behind the last byte every number is the least that it may be and every text is empty. The
// bytes mean what they mean to libFuzzer's FuzzedDataProvider, which comes with clang alone: inputs kept by others can
// be used.
class Choices {
 public:
  // The bytes must outlive it.
  Choices(const uint8_t* bytes, std::size_t size) : left_(reinterpret_cast<const char*>(bytes), size) {}

  // A number of `least` to `most`, both included.
  template <typename Integer>
  Integer NumberIn(Integer least, Integer most) {
    const uint64_t range = static_cast<uint64_t>(most) - static_cast<uint64_t>(least);
    uint64_t number = 0;
    for (uint64_t rest = range; rest > 0 && !left_.empty(); rest >>= 8) {
      number = number << 8 | static_cast<unsigned char>(left_.back());
      left_.remove_suffix(1);
    }
    if (range < std::numeric_limits<uint64_t>::max()) number %= range + 1;
    return static_cast<Integer>(static_cast<uint64_t>(least) + number);
  }

  // Any number of the type.
  template <typename Integer>
  Integer Number() {
    return NumberIn(std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max());
  }

  bool Bool() { return NumberIn(0, 1) == 1; }

  double FractionIn(double least, double most) {
    return least + (most - least) * (static_cast<double>(Number<uint64_t>()) /
                                     static_cast<double>(std::numeric_limits<uint64_t>::max()));
  }

  template <typename Value>
  Value OneOf(std::initializer_list<Value> values) {
    return *std::next(values.begin(), static_cast<std::ptrdiff_t>(NumberIn<std::size_t>(0, values.size() - 1)));
  }

  // A text of as many bytes or fewer. It ends before a backslash, which is taken with the byte that follows; two of
  // them are one in the text.
  std::string Text(std::size_t most_bytes = std::numeric_limits<std::size_t>::max()) {
    std::string text;
    while (text.size() < most_bytes && !left_.empty()) {
      char next = NextByte();
      if (next == '\\' && !left_.empty()) {
        next = NextByte();
        if (next != '\\') break;
      }
      text.push_back(next);
    }
    return text;
  }

  // All that is left.
  std::string Rest() {
    std::string rest(left_);
    left_ = {};
    return rest;
  }

 private:
  char NextByte() {
    const char next = left_.front();
    left_.remove_prefix(1);
    return next;
  }

  std::string_view left_;
};

}  // namespace inventory::fuzz

#endif  // INVENTORY_TESTS_FUZZ_CHOICES_H_
