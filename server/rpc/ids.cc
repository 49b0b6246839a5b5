#include "server/rpc/ids.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/time/clock.h"

namespace inventory::rpc {

std::string NewId() {
  thread_local absl::BitGen random;
  const auto nanoseconds = static_cast<uint64_t>(absl::ToUnixNanos(absl::Now()));
  const uint64_t milliseconds = nanoseconds / 1'000'000;
  // In 4096ths of a millisecond: RFC 9562, section 6.2, method 3.
  const uint64_t fraction = nanoseconds % 1'000'000 * 4096 / 1'000'000;
  const uint64_t high = (milliseconds << 16) | 0x7000 | fraction;
  const uint64_t low = 0x8000'0000'0000'0000 | (absl::Uniform<uint64_t>(random) >> 2);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  id.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) id.push_back('-');
    const uint64_t half = nibble < 16 ? high : low;
    id.push_back(kDigits[(half >> (60 - 4 * (nibble % 16))) & 0xF]);
  }
  return id;
}

}  // namespace inventory::rpc
