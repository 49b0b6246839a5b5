// Whom connections reach, and when they are given up.
#include "inventory/client/internal/grpc_transport.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "sample/v1/sample_service.client.h"
#include "tests/client/listener.h"
#include "tests/client/sample_server.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

using integration::Eventually;

// One of a block of addresses that nobody has.
constexpr char kElsewhere[] = "192.0.2.1:50051";

// A proxy that the environment names while it lives, and that accepts connections only when asked.
class Proxy {
 public:
  Proxy() {
    setenv("grpc_proxy", absl::StrCat("http://", listener_.address()).c_str(), /*overwrite=*/1);
    setenv("no_grpc_proxy", "none.example.com", /*overwrite=*/1);
  }
  ~Proxy() {
    unsetenv("grpc_proxy");
    unsetenv("no_grpc_proxy");
  }

  // Whether somebody has come since it was last asked.
  bool WasAsked() const { return listener_.CutOff(); }

 private:
  const Listener listener_;
};

absl::StatusOr<std::string> SomeToken() { return "t"; }

absl::Status Get(const ConnectionOptions& options, absl::Duration timeout) {
  const absl::StatusOr<std::shared_ptr<Connection>> connection = Connect(options);
  if (!connection.ok()) return connection.status();
  return sample::client::MakeSampleClient(*connection)->GetThing({}, {.timeout = timeout}).status();
}

TEST(GrpcTransportTest, NoProxyIsAskedOnThisMachineOrInPlaintext) {
  const Proxy proxy;
  const SampleServer server({});
  for (const std::string& address : {server.address(), absl::StrCat("localhost:", server.port())}) {
    EXPECT_EQ(Get({.addresses = {address}, .plaintext = true, .token = SomeToken, .send_token_over_plaintext = true},
                  absl::Seconds(30)),
              absl::OkStatus());
    EXPECT_FALSE(proxy.WasAsked()) << address;
  }
  EXPECT_FALSE(Get({.addresses = {kElsewhere}, .plaintext = true}, absl::Milliseconds(300)).ok());
  EXPECT_FALSE(proxy.WasAsked()) << "in plaintext";

  const Listener tls_server;
  const auto encrypted = Connect({.addresses = {tls_server.address()}});
  ASSERT_TRUE(encrypted.ok()) << encrypted.status();
  EXPECT_TRUE(Eventually([&] { return tls_server.CutOff(); }));
  EXPECT_FALSE(proxy.WasAsked()) << "with TLS on this machine";
}

TEST(GrpcTransportTest, AProxyIsAskedForTlsToOthers) {
  const Proxy proxy;
  const auto connection = Connect({.addresses = {kElsewhere}});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_TRUE(Eventually([&] { return proxy.WasAsked(); }));
}

struct Frame {
  static constexpr uint8_t kSettings = 4;
  static constexpr uint8_t kPing = 6;
  static constexpr uint8_t kAcknowledges = 1;

  uint8_t type = 0;
  uint8_t flags = 0;
  std::string payload;
};

// Speaks as much HTTP/2 as makes a client take it for a server.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {
    const timeval patience = {.tv_sec = 60, .tv_usec = 0};
    EXPECT_EQ(setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
  }
  ~Peer() { close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Reads how every client begins, and answers with settings.
  bool Greet() {
    const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    return Receive(preface.size()) == preface && Send({.type = Frame::kSettings});
  }
  // The client's next frame, after waiting for it; none once it has hung up, or if there is none for a minute.
  std::optional<Frame> Next() {
    const std::optional<std::string> header = Receive(9);
    if (!header) return std::nullopt;
    const auto byte = [&](int i) { return static_cast<uint8_t>((*header)[i]); };
    const std::optional<std::string> payload = Receive((byte(0) << 16) + (byte(1) << 8) + byte(2));
    if (!payload) return std::nullopt;
    return Frame{byte(3), byte(4), *payload};
  }
  bool Send(const Frame& frame) {
    std::string bytes = {0,
                         0,
                         static_cast<char>(frame.payload.size()),
                         static_cast<char>(frame.type),
                         static_cast<char>(frame.flags),
                         0,
                         0,
                         0,
                         0};
    bytes += frame.payload;
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  bool hung_up() const { return hung_up_; }

 private:
  std::optional<std::string> Receive(std::size_t size) {
    std::string bytes(size, '\0');
    if (size == 0) return bytes;
    const ssize_t received = recv(socket_, bytes.data(), size, MSG_WAITALL);
    // Who gives a connection up may reset it.
    hung_up_ = received == 0 || (received < 0 && errno == ECONNRESET);
    if (received != static_cast<ssize_t>(size)) return std::nullopt;
    return bytes;
  }

  const int socket_;
  bool hung_up_ = false;
};

// Goal: a connection without calls is asked for signs of life again and again, and given up when there is none. gRPC
// by itself would not ask without calls, nor more than twice without data to send. Method: the server answers some
// pings, more than twice, and then says nothing.
TEST(GrpcTransportTest, ConnectionsThatFallSilentAreGivenUp) {
  constexpr int kAnswered = 3;
  const Listener listener;
  const auto transport = internal::MakeGrpcTransport(
      {.addresses = {listener.address()}, .plaintext = true, .keepalive_interval = absl::Milliseconds(100)});
  ASSERT_TRUE(transport.ok()) << transport.status();
  int socket = -1;
  ASSERT_TRUE(Eventually([&] { return (socket = listener.Accept()) >= 0; }));
  Peer peer(socket);
  ASSERT_TRUE(peer.Greet());
  int pings = 0;
  while (const std::optional<Frame> frame = peer.Next()) {
    if (frame->type != Frame::kPing || (frame->flags & Frame::kAcknowledges) != 0) continue;
    if (++pings > kAnswered) continue;
    EXPECT_TRUE(peer.Send({Frame::kPing, Frame::kAcknowledges, frame->payload}));
  }
  EXPECT_GT(pings, kAnswered);
  EXPECT_TRUE(peer.hung_up());
}

}  // namespace
}  // namespace inventory::client
