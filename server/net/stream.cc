#include "server/net/stream.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/time/clock.h"

namespace inventory::net {

Stream::Stream(Descriptor connection, SSL_CTX* context, absl::Time deadline)
    : connection_(std::move(connection)), deadline_(deadline) {
  if (context == nullptr) return;
  session_.reset(SSL_new(context));
  SSL_set_fd(session_.get(), connection_.get());
  SSL_set_accept_state(session_.get());
}

std::size_t Stream::Read(char* bytes, std::size_t most) {
  return static_cast<std::size_t>(std::max(0, UntilDone([&] { return ReadSome(bytes, most); })));
}

bool Stream::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const int written = UntilDone([&] { return WriteSome(bytes); });
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void Stream::Close() {
  if (session_ != nullptr) SSL_shutdown(session_.get());
  shutdown(connection_.get(), SHUT_WR);
}

int Stream::UntilDone(const std::function<int()>& attempt) {
  for (;;) {
    ERR_clear_error();
    const int result = attempt();
    if (result > 0) return result;
    const absl::Duration left = deadline_ - absl::Now();
    pollfd wait = {
        .fd = connection_.get(), .events = static_cast<decltype(pollfd::events)>(WaitsFor(result)), .revents = 0};
    if (wait.events == 0 || left <= absl::ZeroDuration()) return result;
    poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  }
}

int Stream::ReadSome(char* bytes, std::size_t most) {
  if (session_ != nullptr) return SSL_read(session_.get(), bytes, static_cast<int>(most));
  plain_events_ = POLLIN;
  return static_cast<int>(recv(connection_.get(), bytes, most, 0));
}

int Stream::WriteSome(std::string_view bytes) {
  const std::string_view part = bytes.substr(0, 1 << 16);
  if (session_ != nullptr) return SSL_write(session_.get(), part.data(), static_cast<int>(part.size()));
  plain_events_ = POLLOUT;
  return static_cast<int>(send(connection_.get(), part.data(), part.size(), MSG_NOSIGNAL));
}

int Stream::WaitsFor(int result) const {
  if (session_ == nullptr) return result < 0 && (errno == EAGAIN || errno == EINTR) ? plain_events_ : 0;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      return 0;
  }
}

}  // namespace inventory::net
