// A server on a Unix socket.
#include <signal.h>

#include <filesystem>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class UnixSocketTest : public storage::DatabaseTest {
 protected:
  std::unique_ptr<ProgramRun> Serve() const {
    return std::make_unique<ProgramRun>(std::vector<std::string>{INVENTORY_SERVER_BINARY, "serve",
                                                                 "--database-url=" + storage::UrlOf(options()),
                                                                 "--listen=" + address_, "--metrics-listen="});
  }
  void ExpectServes() const {
    const Client client(address_);
    EXPECT_TRUE(Eventually([&client] { return client.Health() == "SERVING"; }));
  }

  const ScratchFolder folder_;
  const std::string path_ = folder_.path() + "/inventory.sock";
  const std::string address_ = "unix:" + path_;
};

TEST_F(UnixSocketTest, IsServedWithoutTlsAndGoneAfterwards) {
  const auto server = Serve();
  ExpectServes();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0) << server->output();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, ThatAKilledServerLeftIsReplacedAndOneInUseIsNot) {
  auto killed = Serve();
  ExpectServes();
  killed.reset();
  EXPECT_TRUE(std::filesystem::exists(path_));
  const auto server = Serve();
  ExpectServes();
  EXPECT_EQ(Serve()->Wait(), 1);
  ExpectServes();
}

}  // namespace
}  // namespace inventory::integration
