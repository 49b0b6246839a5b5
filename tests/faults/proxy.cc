#include "tests/faults/proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/mysql_packets.h"
#include "tests/faults/stream.h"

namespace inventory::faults {
namespace {

constexpr absl::Duration kLongestWait = absl::Seconds(1);

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void PrepareSocket(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Closing it sends a reset instead of an orderly end.
void ResetWhenClosed(int socket) {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

absl::Status SystemError(const std::string& what) {
  return absl::InternalError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

// One client and its connection to the server.
class Proxy::Connection {
 public:
  Connection(int client, int server, const PacketHook& hook)
      : client_(client), server_(server), hook_(hook), to_server_(client, server), to_client_(server, client) {}
  ~Connection() {
    close(client_);
    close(server_);
  }

  void AppendPolls(std::vector<pollfd>& polls, const Flow& to_server, const Flow& to_client, absl::Time now) const {
    AppendPoll(polls, client_, to_server_.WantsInput(), to_client_.WantsOutput(to_client, now));
    AppendPoll(polls, server_, to_client_.WantsInput(), to_server_.WantsOutput(to_server, now));
  }
  absl::Time Due(const Flow& to_server, const Flow& to_client, absl::Time now) const {
    // What may go already waits for its socket, and poll tells.
    const absl::Time first = to_server_.Due(to_server);
    const absl::Time second = to_client_.Due(to_client);
    return std::min(first <= now ? absl::InfiniteFuture() : first, second <= now ? absl::InfiniteFuture() : second);
  }

  // Moves what can be moved, after a poll of the client and of the server. False once it is over.
  bool Move(const pollfd& client, const pollfd& server, const Flow& to_server, const Flow& to_client, absl::Time now) {
    if (client.revents != 0 && to_server_.WantsInput()) FromClient(to_server_.Read(now), now);
    if (server.revents != 0 && to_client_.WantsInput()) FromServer(to_client_.Read(now), now);
    to_server_.Send(to_server, now);
    to_client_.Send(to_client, now);
    if (reset_when_sent_ && to_server_.empty()) reset_ = true;
    // The other end of a network that is cut hears nothing of a failure either.
    const bool broken = Broken(to_server_, to_server) || Broken(to_client_, to_client);
    if (reset_ || broken) {
      Reset();
      return false;
    }
    return to_server_.state() != Stream::State::kEnded || to_client_.state() != Stream::State::kEnded;
  }

  void Reset() const {
    ResetWhenClosed(client_);
    ResetWhenClosed(server_);
  }

 private:
  // A descriptor of which nothing is wanted is left out, because poll would report its errors for ever.
  static void AppendPoll(std::vector<pollfd>& polls, int socket, bool input, bool output) {
    const auto events = static_cast<decltype(pollfd::events)>((input ? POLLIN : 0) | (output ? POLLOUT : 0));
    polls.push_back({.fd = events == 0 ? -1 : socket, .events = events, .revents = 0});
  }
  static bool Broken(const Stream& stream, const Flow& flow) {
    return stream.state() == Stream::State::kBroken && flow.kind != Flow::Kind::kHold;
  }

  void FromServer(std::string bytes, absl::Time now) {
    if (silenced_) {
      reset_ = reset_ || !bytes.empty();
      return;
    }
    to_client_.Push(std::move(bytes), now);
  }

  void FromClient(std::string bytes, absl::Time now) {
    if (!hook_) {
      to_server_.Push(std::move(bytes), now);
      return;
    }
    packets_.Add(bytes);
    while (auto packet = packets_.Take()) {
      const Fate fate = packet->command ? hook_(packet->payload) : Fate::kForward;
      std::string encoded = MySqlPackets::Encode(*packet);
      if (fate == Fate::kHalfAndReset) encoded.resize(encoded.size() / 2);
      to_server_.Push(std::move(encoded), now);
      silenced_ = silenced_ || fate == Fate::kForwardAndSilence;
      reset_when_sent_ = reset_when_sent_ || fate == Fate::kForwardAndReset || fate == Fate::kHalfAndReset;
    }
  }

  const int client_;
  const int server_;
  const PacketHook& hook_;
  Stream to_server_;
  Stream to_client_;
  MySqlPackets packets_;
  bool silenced_ = false;
  bool reset_when_sent_ = false;
  bool reset_ = false;
};

Proxy::Proxy(Options options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<Proxy>> Proxy::Start(Options options) {
  std::unique_ptr<Proxy> proxy(new Proxy(std::move(options)));
  proxy->wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  proxy->listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (proxy->wake_ < 0 || bind(proxy->listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(proxy->listener_, SOMAXCONN) != 0 ||
      getsockname(proxy->listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return SystemError("a proxy can't listen");
  }
  proxy->port_ = ntohs(address.sin_port);
  proxy->thread_ = std::thread([self = proxy.get()] { self->Run(); });
  return proxy;
}

Proxy::~Proxy() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
  close(listener_);
  close(wake_);
}

void Proxy::Wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof(one));
}

void Proxy::SetFlow(Way way, Flow flow) {
  {
    storage::MutexLock lock(mutex_);
    (way == Way::kToServer ? to_server_ : to_client_) = flow;
  }
  Wake();
}

void Proxy::Pass() {
  SetFlow(Way::kToServer, {});
  SetFlow(Way::kToClient, {});
}

void Proxy::ResetAll() {
  {
    storage::MutexLock lock(mutex_);
    reset_ = true;
  }
  Wake();
}

int Proxy::ConnectToServer() const {
  if (!options_.server_socket.empty()) {
    const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, options_.server_socket.c_str(), sizeof(address.sun_path) - 1);
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return server;
    close(server);
    return -1;
  }
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(options_.server_port);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return server;
  close(server);
  return -1;
}

void Proxy::Accept() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ConnectToServer();
    if (server < 0) {
      // As if nobody listened.
      ResetWhenClosed(client);
      close(client);
      continue;
    }
    PrepareSocket(client);
    PrepareSocket(server);
    connections_.push_back(std::make_unique<Connection>(client, server, options_.hook));
  }
}

std::pair<Flow, Flow> Proxy::flows() const {
  storage::MutexLock lock(mutex_);
  return {to_server_, to_client_};
}

void Proxy::Run() {
  while (!stop_) {
    auto [to_server, to_client] = flows();
    bool reset = false;
    {
      storage::MutexLock lock(mutex_);
      reset = std::exchange(reset_, false);
    }
    if (reset) {
      for (const auto& connection : connections_) connection->Reset();
      connections_.clear();
    }
    std::vector<pollfd> polls = {{.fd = listener_, .events = POLLIN, .revents = 0},
                                 {.fd = wake_, .events = POLLIN, .revents = 0}};
    absl::Time now = absl::Now();
    absl::Time due = now + kLongestWait;
    for (const auto& connection : connections_) {
      connection->AppendPolls(polls, to_server, to_client, now);
      due = std::min(due, connection->Due(to_server, to_client, now));
    }
    poll(polls.data(), polls.size(), static_cast<int>(absl::ToInt64Milliseconds(due - now)) + 1);
    uint64_t woken = 0;
    [[maybe_unused]] const ssize_t read_bytes = read(wake_, &woken, sizeof(woken));
    now = absl::Now();
    // What came after a flow was set goes by that flow.
    std::tie(to_server, to_client) = flows();
    std::size_t at = 2;
    for (auto it = connections_.begin(); it != connections_.end(); at += 2) {
      const bool open = (*it)->Move(polls[at], polls[at + 1], to_server, to_client, now);
      it = open ? std::next(it) : connections_.erase(it);
    }
    if (polls[0].revents != 0) Accept();
  }
}

}  // namespace inventory::faults
