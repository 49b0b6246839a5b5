#include "client/cli/streaming.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "inventory/client/errors.h"

namespace inventory::cli {

bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) || client::RetryDelayOf(status).has_value();
}

Watchdog::Watchdog(absl::Duration limit) : limit_(limit), thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool Watchdog::Watch(const std::function<void()>& cancel, const std::function<void()>& call) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancel_ = cancel;
    deadline_ = absl::Now() + limit_;
    late_ = false;
  }
  changed_.notify_one();
  call();
  // What cancels runs under the lock, so that it never does after this.
  const std::lock_guard<std::mutex> lock(mutex_);
  cancel_ = nullptr;
  return !late_;
}

absl::Status Watchdog::TooLate() const {
  return absl::DeadlineExceededError(absl::StrCat("the server has not answered for ", absl::FormatDuration(limit_)));
}

void Watchdog::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_) {
    if (cancel_ == nullptr) {
      changed_.wait(lock);
    } else if (absl::Now() < deadline_) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(deadline_ - absl::Now()));
    } else {
      late_ = true;
      std::exchange(cancel_, nullptr)();
    }
  }
}

}  // namespace inventory::cli
