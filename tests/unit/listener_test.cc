// How connections come in, and how many.
#include "server/net/listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/net/addresses.h"
#include "storage/mutex.h"

namespace inventory::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Takes connections and keeps them.
class Taker {
 public:
  explicit Taker(const Listener::Options& options) : listener_(Listener::Listen(options).value()) {
    listener_->Start(
        [this](int, int connection) {
          storage::MutexLock lock(mutex_);
          taken_.emplace_back(connection);
          changed_.NotifyAll();
        },
        [this](std::string_view reason) {
          storage::MutexLock lock(mutex_);
          refused_.emplace_back(reason);
          changed_.NotifyAll();
        });
  }

  Listener& listener() { return *listener_; }

  // Waits until so many in all were taken and refused.
  void Await(std::size_t taken, std::size_t refused) {
    AwaitAtLeast(taken, refused);
    storage::MutexLock lock(mutex_);
    EXPECT_EQ(taken_.size(), taken);
    EXPECT_EQ(refused_.size(), refused);
  }
  void AwaitAtLeast(std::size_t taken, std::size_t refused) {
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    storage::MutexLock lock(mutex_);
    while ((taken_.size() < taken || refused_.size() < refused) && absl::Now() < give_up) {
      changed_.WaitFor(mutex_, absl::Milliseconds(100));
    }
    EXPECT_GE(taken_.size(), taken);
    EXPECT_GE(refused_.size(), refused);
  }
  std::vector<std::string> refused() {
    storage::MutexLock lock(mutex_);
    return refused_;
  }
  // Closes the connection that was taken first.
  void CloseOne() {
    storage::MutexLock lock(mutex_);
    taken_.front().Reset();
  }

 private:
  storage::Mutex mutex_;
  storage::CondVar changed_;
  std::vector<Descriptor> taken_ GUARDED_BY(mutex_);
  std::vector<std::string> refused_ GUARDED_BY(mutex_);
  const std::unique_ptr<Listener> listener_;  // Ends first.
};

void ConnectTo(const Descriptor& connection, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(connection.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

Descriptor Connect(int port, const char* from = "127.0.0.1") {
  Descriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, from, &address.sin_addr);
  EXPECT_EQ(bind(connection.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ConnectTo(connection, port);
  return connection;
}

int ConnectUnix(const std::string& path) {
  const Descriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return connect(connection.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
}

bool HungUpOn(const Descriptor& connection) {
  pollfd wait = {.fd = connection.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  return poll(&wait, 1, 10'000) == 1 && recv(connection.get(), &byte, 1, 0) <= 0;
}

TEST(ListenerTest, NoMoreThanMayBeAreOpen) {
  Taker taker({.address = "127.0.0.1:0", .most = 3});
  std::vector<Descriptor> connections;
  for (int i = 0; i < 4; ++i) connections.push_back(Connect(taker.listener().port()));
  taker.Await(3, 1);
  EXPECT_THAT(taker.refused(), ElementsAre("too_many"));
  EXPECT_TRUE(HungUpOn(connections[3]));
  EXPECT_EQ(taker.listener().open(), 3u);
}

TEST(ListenerTest, WhoIsGoneMakesRoom) {
  Taker taker({.address = "127.0.0.1:0", .most = 1});
  const Descriptor first = Connect(taker.listener().port());
  taker.Await(1, 0);
  taker.CloseOne();
  // It is not looked at all the time who is gone.
  absl::SleepFor(absl::Milliseconds(150));
  const Descriptor second = Connect(taker.listener().port());
  taker.Await(2, 0);
}

TEST(ListenerTest, OneAddressDoesNotTakeAllPlaces) {
  Taker taker({.address = "127.0.0.1:0", .most = 3, .most_of_an_address = 2});
  std::vector<Descriptor> connections;
  for (int i = 0; i < 3; ++i) connections.push_back(Connect(taker.listener().port()));
  taker.Await(2, 1);
  EXPECT_THAT(taker.refused(), ElementsAre("too_many_of_an_address"));
  const Descriptor another = Connect(taker.listener().port(), "127.0.0.2");
  taker.Await(3, 1);
}

TEST(ListenerTest, AnAddressInUseIsAnError) {
  Taker taker({.address = "127.0.0.1:0"});
  const auto second = Listener::Listen({.address = absl::StrCat("127.0.0.1:", taker.listener().port())});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
}

TEST(ListenerTest, AHostNameIsListenedOn) {
  Taker taker({.address = "localhost:0"});
  const Descriptor connection = Connect(taker.listener().port());
  taker.Await(1, 0);
}

TEST(ListenerTest, ADeadUnixSocketIsReplacedAndALiveOneIsNot) {
  const std::string path = ::testing::TempDir() + "/listener_test.sock";
  {
    // Its file stays behind when it is closed.
    ASSERT_TRUE(ListenOn("unix:" + path).ok());
    ASSERT_TRUE(std::filesystem::is_socket(path));
    Taker taker({.address = "unix:" + path});
    EXPECT_EQ(ConnectUnix(path), 0);
    taker.Await(1, 0);
    EXPECT_EQ(Listener::Listen({.address = "unix:" + path}).status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ConnectUnix(path), 0);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  // What is no socket is not touched.
  std::ofstream(path) << "a file";
  EXPECT_FALSE(Listener::Listen({.address = "unix:" + path}).ok());
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
}

TEST(ListenerTest, ALackOfDescriptorsIsOutlived) {
  Taker taker({.address = "127.0.0.1:0"});
  const Descriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  ConnectTo(connection, taker.listener().port());
  taker.AwaitAtLeast(0, 1);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(taker.refused().front(), "no_descriptors");
  taker.AwaitAtLeast(1, 1);
}

TEST(ListenerTest, DescriptorsAreLeftToOthers) {
  EXPECT_EQ(DescriptorsForConnections(65536), 65536u - 1024);
  EXPECT_EQ(DescriptorsForConnections(1024), 512u);
}

}  // namespace
}  // namespace inventory::net
