#include "server/rpc/ids.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/time/clock.h"

namespace inventory::rpc {

std::string NewId() {
  thread_local absl::BitGen random;
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  const uint64_t a = absl::Uniform<uint64_t>(random);
  const uint64_t b = absl::Uniform<uint64_t>(random);
  const uint64_t high = (milliseconds << 16) | 0x7000 | (a & 0x0FFF);
  const uint64_t low = 0x8000'0000'0000'0000 | (b >> 2);
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
