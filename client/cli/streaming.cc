#include "client/cli/streaming.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/output_table.h"
#include "inventory/client/errors.h"

namespace inventory::cli {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);

}  // namespace

bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) || client::RetryDelayOf(status).has_value();
}

Persistence::Persistence(absl::Duration patience, client::Clock& clock, std::ostream& err)
    : patience_(patience), clock_(clock), err_(err), heard_(clock.Now()) {}

void Persistence::Heard() {
  heard_ = clock_.Now();
  said_.clear();
}

bool Persistence::GoOn(const absl::Status& broken) {
  const absl::Duration left = patience_ - (clock_.Now() - heard_);
  if (!Passes(broken) || left <= absl::ZeroDuration()) return false;
  const std::string why = Printable(std::string(broken.message()));
  if (why != said_) err_ << "broken off (" << why << "), going on\n";
  said_ = why;
  clock_.Sleep(std::min(std::max(client::RetryDelayOf(broken).value_or(kPause), kPause), left));
  return true;
}

Watchdog::Watchdog(absl::Duration limit) : limit_(limit), thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  changed_.Signal();
  thread_.join();
}

bool Watchdog::Watch(const std::function<void()>& cancel, const std::function<void()>& call) {
  {
    const absl::MutexLock lock(&mutex_);
    cancel_ = cancel;
    deadline_ = absl::Now() + limit_;
    late_ = false;
  }
  changed_.Signal();
  call();
  // What cancels runs under the lock, so that it never does after this.
  const absl::MutexLock lock(&mutex_);
  cancel_ = nullptr;
  return !late_;
}

absl::Status Watchdog::TooLate() const {
  return absl::DeadlineExceededError(absl::StrCat("the server has not answered for ", absl::FormatDuration(limit_)));
}

void Watchdog::Run() {
  const absl::MutexLock lock(&mutex_);
  while (!stopped_) {
    if (cancel_ == nullptr) {
      changed_.Wait(&mutex_);
    } else if (absl::Now() < deadline_) {
      changed_.WaitWithDeadline(&mutex_, deadline_);
    } else {
      late_ = true;
      std::exchange(cancel_, nullptr)();
    }
  }
}

}  // namespace inventory::cli
