// What happens to connections while there are no calls.
#include "inventory/client/internal/attentive_channel.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "tests/client/listener.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

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
