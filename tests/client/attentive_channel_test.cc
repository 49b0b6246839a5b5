// What happens to connections while there are no calls.
#include "inventory/client/internal/attentive_channel.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

// A socket of 127.0.0.1 that listens.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    EXPECT_EQ(bind(socket_, address, size), 0);
    EXPECT_EQ(getsockname(socket_, address, &size), 0);
    EXPECT_EQ(listen(socket_, 10), 0);
  }
  ~Listener() { close(socket_); }

  std::string address() const { return absl::StrCat("127.0.0.1:", ntohs(address_.sin_port)); }
  // Cuts off somebody who has connected; false if there is nobody.
  bool CutOff() const {
    const int accepted = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) close(accepted);
    return accepted >= 0;
  }

 private:
  const int socket_;
  sockaddr_in address_ = {};
};

// Goal: a lost connection is noticed and made again although there are no calls. Method: the time-out of an attempt,
// gRPC's other reason to begin one, is longer than the test's patience, and so is gRPC's own look after connections
// without calls, which tests/client/CMakeLists.txt turns off for this test.
TEST(AttentiveChannelTest, MakesLostConnectionsAgain) {
  const Listener listener;
  const absl::StatusOr<std::shared_ptr<Connection>> connection =
      Connect({.addresses = {listener.address()}, .plaintext = true, .connect_timeout = absl::Hours(1)});
  ASSERT_TRUE(connection.ok()) << connection.status();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(integration::Eventually([&] { return listener.CutOff(); })) << i;
  }
}

}  // namespace
}  // namespace inventory::client
