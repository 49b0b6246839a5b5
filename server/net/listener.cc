#include "server/net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "server/net/addresses.h"

namespace inventory::net {
namespace {

// As long as others may need to give descriptors back.
constexpr std::chrono::milliseconds kPause(100);

void SetUp(int connection, absl::Duration unacknowledged) {
  const int on = 1;
  const auto milliseconds = static_cast<unsigned>(absl::ToInt64Milliseconds(unacknowledged));
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(connection, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
}

// With a reset, so that the peer knows at once and nothing of the connection is kept.
void HangUp(int connection) {
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(connection);
}

}  // namespace

Listener::Listener(const Options& options) : options_(options), stop_(eventfd(0, EFD_CLOEXEC)) {}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const Options& options) {
  absl::StatusOr<Listening> listening = ListenOn(options.address);
  if (!listening.ok()) return listening.status();
  std::unique_ptr<Listener> made(new Listener(options));
  made->listeners_ = std::move(listening->sockets);
  made->unix_path_ = listening->unix_path;
  made->port_ = listening->port;
  return made;
}

Listener::~Listener() { Stop(); }

void Listener::Start(Take take, Refused refused) {
  take_ = std::move(take);
  refused_ = std::move(refused);
  thread_ = std::thread([this] { Loop(); });
}

void Listener::Stop() {
  const uint64_t one = 1;
  if (write(stop_.get(), &one, sizeof(one)) != sizeof(one)) return;
  if (thread_.joinable()) thread_.join();
  listeners_.clear();
  if (!unix_path_.empty()) unlink(std::exchange(unix_path_, "").c_str());
}

std::size_t Listener::open() { return open_.Count(/*enough=*/0); }

void Listener::Loop() {
  std::vector<pollfd> polled = {{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
  for (const Descriptor& listener : listeners_)
    polled.push_back({.fd = listener.get(), .events = POLLIN, .revents = 0});
  for (;;) {
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) OutOfDescriptors();
    if (polled.front().revents != 0) return;
    for (const pollfd& one : polled) {
      if (one.revents != 0) Accept(one.fd);
    }
  }
}

void Listener::Accept(int listener) {
  const int connection = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) OutOfDescriptors();
    return;
  }
  const std::string peer = PeerOf(connection);
  const std::string_view refusal = Judge(peer);
  if (!refusal.empty()) {
    HangUp(connection);
    refused_(refusal);
    return;
  }
  if (port_ != 0) SetUp(connection, options_.unacknowledged);
  open_.Add(connection, peer);
  take_(listener, connection);
}

std::string_view Listener::Judge(const std::string& peer) {
  if (open_.Count(options_.most) >= options_.most) return "too_many";
  const std::size_t most = options_.most_of_an_address;
  if (most != 0 && !peer.empty() && open_.CountOf(peer, most) >= most) return "too_many_of_an_address";
  return "";
}

void Listener::OutOfDescriptors() {
  refused_("no_descriptors");
  std::this_thread::sleep_for(kPause);
}

}  // namespace inventory::net
