#include "server/signals.h"

#include <pthread.h>

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

bool Signals::Wait(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!asked_) {
    const absl::Duration left = std::max(absl::ZeroDuration(), std::min(give_up - absl::Now(), absl::Hours(1)));
    const timespec time = absl::ToTimespec(left);
    if (sigtimedwait(&set_, nullptr, &time) > 0) {
      asked_ = true;
    } else if (errno == EAGAIN && absl::Now() >= give_up) {
      break;
    }
  }
  return asked_;
}

}  // namespace inventory::server
