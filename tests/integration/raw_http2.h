// HTTP/2 as no honest client speaks it.
#ifndef INVENTORY_TESTS_INTEGRATION_RAW_HTTP2_H_
#define INVENTORY_TESTS_INTEGRATION_RAW_HTTP2_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/net/descriptors.h"

namespace inventory::integration {

// ---- Bytes ----

enum class FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

constexpr uint8_t kEndStream = 1;   // Of data and headers.
constexpr uint8_t kAck = 1;         // Of settings and pings.
constexpr uint8_t kEndHeaders = 4;  // Of headers and continuations.

std::string FrameOf(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload);

using Headers = std::vector<std::pair<std::string, std::string>>;

// A header block without compression.
std::string BlockOf(const Headers& headers);

// The headers of a gRPC call.
Headers CallHeaders(const std::string& path, const Headers& more = {});

// The frame of such headers, whose stream stays open.
std::string CallFrame(uint32_t stream, const std::string& path, const Headers& more = {});

// A message as gRPC sends it. `size` is what it says of its length; by default the truth.
std::string MessageOf(std::string_view bytes, bool compressed = false, std::optional<uint32_t> size = std::nullopt);

// How trailers say the status of a connection's first call.
std::string StatusIn(int code);

// The client's preface with its settings, pairs of identifier and value.
std::string PrefaceOf(const std::vector<std::pair<uint16_t, uint32_t>>& settings = {});
constexpr uint16_t kInitialWindowSize = 4;

// ---- Connections ----

// A connection to a port of 127.0.0.1. Used by one thread.
class RawConnection {
 public:
  struct Frame {
    FrameType type = FrameType::kData;
    uint8_t flags = 0;
    uint32_t stream = 0;
    std::string payload;
  };

  // From any loopback address. Not open() if it was refused.
  explicit RawConnection(int port, const char* from = "127.0.0.1");

  bool open() const { return socket_.get() >= 0; }

  // False once the server has hung up, or takes nothing for 10 s.
  bool Send(std::string_view bytes);

  // The next frame; nothing at the end of the connection or after `patience`.
  std::optional<Frame> Read(absl::Duration patience = absl::Seconds(10));

  // The next frame of this type, for this stream (0: any), passing over others.
  std::optional<Frame> ReadUntil(FrameType type, uint32_t stream = 0, absl::Duration patience = absl::Seconds(10));

  // Whether the server hangs up within `patience`; passes over all frames.
  bool Ends(absl::Duration patience = absl::Seconds(10));

  // Sends the preface and waits for the server's settings.
  bool Begin(const std::vector<std::pair<uint16_t, uint32_t>>& settings = {});

 private:
  bool Fill(std::size_t count, absl::Time give_up);

  net::Descriptor socket_;
  std::string read_;
  bool ended_ = false;
};

// Sends bytes of the connection's first call as fast as the server allows, up to `most`; returns how many before the
// server resets it.
std::size_t Pump(RawConnection& connection, std::size_t most);

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_RAW_HTTP2_H_
