#include "tests/faults/mysql_packets.h"

#include <cstddef>

#include "absl/strings/match.h"

namespace inventory::faults {
namespace {

constexpr std::size_t kHeader = 4;
constexpr char kQuery = 3;

std::size_t Byte(const std::string& bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

}  // namespace

std::optional<MySqlPackets::Packet> MySqlPackets::Take() {
  if (bytes_.size() < kHeader) return std::nullopt;
  const std::size_t length = Byte(bytes_, 0) | Byte(bytes_, 1) << 8 | Byte(bytes_, 2) << 16;
  if (bytes_.size() < kHeader + length) return std::nullopt;
  Packet packet = {.command = bytes_[3] == 0, .number = bytes_[3], .payload = bytes_.substr(kHeader, length)};
  bytes_.erase(0, kHeader + length);
  return packet;
}

std::string MySqlPackets::Encode(const Packet& packet) {
  const std::size_t length = packet.payload.size();
  std::string bytes = {static_cast<char>(length & 0xff), static_cast<char>(length >> 8 & 0xff),
                       static_cast<char>(length >> 16 & 0xff), packet.number};
  return bytes + packet.payload;
}

bool CommitsWrites(std::string_view payload) {
  const absl::string_view text(payload.data(), payload.size());
  return !payload.empty() && payload[0] == kQuery && absl::EndsWith(text, "COMMIT") &&
         absl::StrContains(text, "INSERT INTO movement ");
}

}  // namespace inventory::faults
