// The proxy against a server that sends back what it gets.
#include "tests/faults/proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "tests/faults/mysql_packets.h"
#include "tests/process.h"

namespace inventory::faults {
namespace {

// Far more than anything here takes, and far less than a test may.
constexpr int kPatienceSeconds = 20;

int Connect(int port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const timeval patience = {.tv_sec = kPatienceSeconds, .tv_usec = 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return client;
}

// Sends back what each of its clients sends, and closes when they do.
class Echo {
 public:
  Echo() : port_(FreePort().value()), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Echo() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int port() const { return port_; }
  // All that has come so far, from all clients.
  std::string seen() const {
    storage::MutexLock lock(mutex_);
    return seen_;
  }

 private:
  void Serve() {
    for (int client = 0; (client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(client)) {
      char bytes[4096];
      for (ssize_t got = 0; (got = recv(client, bytes, sizeof(bytes), 0)) > 0;) {
        {
          storage::MutexLock lock(mutex_);
          seen_.append(bytes, static_cast<std::size_t>(got));
        }
        if (send(client, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
      }
    }
  }

  const int port_;
  const int listener_;
  mutable storage::Mutex mutex_;
  std::string seen_ GUARDED_BY(mutex_);
  std::thread thread_;
};

class ProxyTest : public ::testing::Test {
 protected:
  void Start(Proxy::PacketHook hook = nullptr) {
    proxy_ = Proxy::Start({.server_port = echo_.port(), .server_socket = "", .hook = std::move(hook)}).value();
    client_ = Connect(proxy_->port());
  }
  ~ProxyTest() override {
    if (client_ >= 0) close(client_);
    proxy_.reset();
  }

  void Send(const std::string& text) const {
    EXPECT_EQ(send(client_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // So many bytes, or fewer if the connection ends or fails: then errno tells.
  std::string Receive(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t got = 0;
    errno = 0;
    for (ssize_t part = 0; got < size && (part = recv(client_, &text[got], size - got, 0)) > 0;) got += part;
    text.resize(got);
    return text;
  }
  bool NothingComes(absl::Duration time) const {
    const absl::Time end = absl::Now() + time;
    char byte = 0;
    while (absl::Now() < end) {
      if (recv(client_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }
  void AwaitSeen(const std::string& text) const {
    const absl::Time give_up = absl::Now() + absl::Seconds(kPatienceSeconds);
    while (echo_.seen() != text && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
    EXPECT_EQ(echo_.seen(), text);
  }

  Echo echo_;
  std::unique_ptr<Proxy> proxy_;
  int client_ = -1;
};

TEST_F(ProxyTest, AllPassesBothWaysAndTheEndToo) {
  Start();
  const std::string text(300'000, 'x');
  std::thread sender([&] { Send(text); });
  EXPECT_EQ(Receive(text.size()), text);
  sender.join();
  shutdown(client_, SHUT_WR);
  EXPECT_EQ(Receive(1), "");
  EXPECT_EQ(errno, 0);
}

TEST_F(ProxyTest, WhatIsHeldBackPassesLater) {
  Start();
  proxy_->SetFlow(Proxy::Way::kToServer, {.kind = Flow::Kind::kHold});
  Send("hello");
  EXPECT_TRUE(NothingComes(absl::Milliseconds(50)));
  EXPECT_EQ(echo_.seen(), "");
  proxy_->Pass();
  EXPECT_EQ(Receive(5), "hello");
}

TEST_F(ProxyTest, OneWayIsHeldBackAlone) {
  Start();
  proxy_->SetFlow(Proxy::Way::kToClient, {.kind = Flow::Kind::kHold});
  Send("hello");
  AwaitSeen("hello");
  EXPECT_TRUE(NothingComes(absl::Milliseconds(50)));
  proxy_->Pass();
  EXPECT_EQ(Receive(5), "hello");
}

TEST_F(ProxyTest, BytesTrickle) {
  Start();
  proxy_->SetFlow(Proxy::Way::kToClient, {.kind = Flow::Kind::kTrickle});
  Send("hello");
  const absl::Time start = absl::Now();
  EXPECT_EQ(Receive(2), "he");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(900));
  proxy_->Pass();
  EXPECT_EQ(Receive(3), "llo");
}

TEST_F(ProxyTest, BytesComeLate) {
  Start();
  proxy_->SetFlow(Proxy::Way::kToServer, {.kind = Flow::Kind::kDelay, .delay = absl::Milliseconds(200)});
  const absl::Time start = absl::Now();
  Send("hello");
  EXPECT_EQ(Receive(5), "hello");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(190));
}

TEST_F(ProxyTest, ConnectionsAreReset) {
  Start();
  Send("hello");
  EXPECT_EQ(Receive(5), "hello");
  proxy_->ResetAll();
  EXPECT_EQ(Receive(1), "");
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(ProxyTest, WithoutAServerConnectionsAreReset) {
  proxy_ = Proxy::Start({.server_port = FreePort().value(), .server_socket = "", .hook = nullptr}).value();
  client_ = Connect(proxy_->port());
  EXPECT_EQ(Receive(1), "");
  EXPECT_EQ(errno, ECONNRESET);
}

// A hook that does this to queries, and sees no packets of the login.
class HookedProxyTest : public ProxyTest {
 protected:
  void StartWith(Fate fate) {
    Start([fate](std::string& packet) {
      packet.back() = '!';
      return fate;
    });
  }
  static std::string Packet(char number, const std::string& payload) {
    return MySqlPackets::Encode({.command = number == 0, .number = number, .payload = payload});
  }
};

TEST_F(HookedProxyTest, AHookChangesCommandsOnly) {
  StartWith(Fate::kForward);
  Send(Packet(1, "login") + Packet(0, "query"));
  const std::string expected = Packet(1, "login") + Packet(0, "quer!");
  EXPECT_EQ(Receive(expected.size()), expected);
}

TEST_F(HookedProxyTest, AResetComesAfterTheServerHasItAll) {
  StartWith(Fate::kForwardAndReset);
  Send(Packet(0, "query"));
  AwaitSeen(Packet(0, "quer!"));
  Receive(100);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(HookedProxyTest, AnAnswerIsThrownAway) {
  StartWith(Fate::kForwardAndSilence);
  Send(Packet(0, "query"));
  EXPECT_EQ(Receive(1), "");
  EXPECT_EQ(errno, ECONNRESET);
  AwaitSeen(Packet(0, "quer!"));
}

TEST_F(HookedProxyTest, HalfOfAPacketIsSent) {
  StartWith(Fate::kHalfAndReset);
  Send(Packet(0, "query!"));
  Receive(100);
  EXPECT_EQ(errno, ECONNRESET);
  AwaitSeen(Packet(0, "query!").substr(0, 5));
}

}  // namespace
}  // namespace inventory::faults
