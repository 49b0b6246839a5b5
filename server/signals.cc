#include "server/signals.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>

#include "absl/time/clock.h"

namespace inventory::server {

Signals::Signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool Signals::Wait(absl::Duration patience, int requests) {
  const absl::Time give_up = absl::Now() + patience;
  while (requests_ < requests) {
    const absl::Duration left = std::max(absl::ZeroDuration(), std::min(give_up - absl::Now(), absl::Hours(1)));
    const timespec time = absl::ToTimespec(left);
    if (sigtimedwait(&set_, nullptr, &time) > 0) {
      ++requests_;
    } else if (errno == EAGAIN && absl::Now() >= give_up) {
      return false;
    }
  }
  return true;
}

}  // namespace inventory::server
