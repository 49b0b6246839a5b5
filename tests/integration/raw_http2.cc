#include "tests/integration/raw_http2.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/time/clock.h"

namespace inventory::integration {
namespace {

constexpr std::size_t kFrameHead = 9;

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

uint32_t FromBigEndian(std::string_view text) {
  uint32_t value = 0;
  for (const char byte : text) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

// A string of a header block: its length in 7 bits and, if need be, more, then its bytes.
std::string Literal(std::string_view text) {
  std::string block;
  std::size_t size = text.size();
  if (size < 127) {
    block.push_back(static_cast<char>(size));
  } else {
    block.push_back(127);
    for (size -= 127; size >= 128; size /= 128) block.push_back(static_cast<char>(size % 128 + 128));
    block.push_back(static_cast<char>(size));
  }
  return block.append(text);
}

// What a frame of four bytes says.
uint32_t NumberIn(const RawConnection::Frame& frame) {
  uint32_t number = 0;
  for (const char byte : frame.payload) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

}  // namespace

std::string FrameOf(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame = BigEndian(payload.size(), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  frame += BigEndian(stream, 4);
  return frame.append(payload);
}

std::string BlockOf(const Headers& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block.push_back(0);  // Not to be kept in the table.
    block += Literal(name);
    block += Literal(value);
  }
  return block;
}

Headers CallHeaders(const std::string& path, const Headers& more) {
  Headers headers = {{":method", "POST"},         {":scheme", "http"}, {":path", path},
                     {":authority", "localhost"}, {"te", "trailers"},  {"content-type", "application/grpc"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

std::string CallFrame(uint32_t stream, const std::string& path, const Headers& more) {
  return FrameOf(FrameType::kHeaders, kEndHeaders, stream, BlockOf(CallHeaders(path, more)));
}

std::string MessageOf(std::string_view bytes, bool compressed, std::optional<uint32_t> size) {
  std::string message(1, compressed ? 1 : 0);
  message += BigEndian(size.value_or(static_cast<uint32_t>(bytes.size())), 4);
  return message.append(bytes);
}

std::string StatusIn(int code) {
  const std::string digits = std::to_string(code);
  return "grpc-status" + std::string(1, static_cast<char>(digits.size())) + digits;
}

std::string PrefaceOf(const std::vector<std::pair<uint16_t, uint32_t>>& settings) {
  std::string payload;
  for (const auto& [identifier, value] : settings) payload += BigEndian(identifier, 2) + BigEndian(value, 4);
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + FrameOf(FrameType::kSettings, 0, 0, payload);
}

RawConnection::RawConnection(int port, const char* from) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, from, &address.sin_addr);
  if (bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    socket_.Reset();
    return;
  }
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) socket_.Reset();
}

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd wait = {.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    if (poll(&wait, 1, 10'000) != 1) return false;
    const ssize_t sent = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawConnection::Fill(std::size_t count, absl::Time give_up) {
  char bytes[16 << 10];
  while (read_.size() < count && !ended_) {
    const absl::Duration left = give_up - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    pollfd wait = {.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) != 1) continue;
    const ssize_t got = recv(socket_.get(), bytes, sizeof(bytes), 0);
    if (got <= 0) {
      ended_ = true;
    } else {
      read_.append(bytes, static_cast<std::size_t>(got));
    }
  }
  return read_.size() >= count;
}

std::optional<RawConnection::Frame> RawConnection::Read(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  if (!Fill(kFrameHead, give_up)) return std::nullopt;
  const std::size_t size = FromBigEndian(std::string_view(read_).substr(0, 3));
  if (!Fill(kFrameHead + size, give_up)) return std::nullopt;
  Frame frame = {.type = static_cast<FrameType>(read_[3]),
                 .flags = static_cast<uint8_t>(read_[4]),
                 .stream = FromBigEndian(std::string_view(read_).substr(5, 4)),
                 .payload = read_.substr(kFrameHead, size)};
  read_.erase(0, kFrameHead + size);
  return frame;
}

std::optional<RawConnection::Frame> RawConnection::ReadUntil(FrameType type, uint32_t stream, absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  for (;;) {
    std::optional<Frame> frame = Read(give_up - absl::Now());
    if (!frame || (frame->type == type && (stream == 0 || frame->stream == stream))) return frame;
  }
}

bool RawConnection::Ends(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (Read(give_up - absl::Now())) {
  }
  return ended_;
}

bool RawConnection::Begin(const std::vector<std::pair<uint16_t, uint32_t>>& settings) {
  return open() && Send(PrefaceOf(settings)) && ReadUntil(FrameType::kSettings).has_value() &&
         Send(FrameOf(FrameType::kSettings, kAck, 0, ""));
}

std::size_t Pump(RawConnection& connection, std::size_t most) {
  const std::string part = FrameOf(FrameType::kData, 0, 1, std::string(16 << 10, 'a'));
  int64_t of_connection = 65535;
  int64_t of_stream = 65535;
  std::size_t sent = 0;
  while (sent < most) {
    while (of_connection >= 16 << 10 && of_stream >= 16 << 10 && sent < most) {
      if (!connection.Send(part)) return sent;
      of_connection -= 16 << 10;
      of_stream -= 16 << 10;
      sent += 16 << 10;
    }
    const auto frame = connection.Read();
    if (!frame || frame->type == FrameType::kReset || frame->type == FrameType::kGoAway) return sent;
    if (frame->type == FrameType::kWindowUpdate) (frame->stream == 0 ? of_connection : of_stream) += NumberIn(*frame);
  }
  return sent;
}

}  // namespace inventory::integration
