#include "tests/faults/recorder.h"

#include <algorithm>
#include <utility>

namespace inventory::faults {

using history::Read;
using history::Write;
using End = Write::End;

End EndOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return End::kAcknowledged;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
      return End::kUnknown;
    default:
      return End::kRefused;
  }
}

void Recorder::Add(int caller, Write write) {
  storage::MutexLock lock(mutex_);
  ++counts_.calls;
  counts_.acknowledged += write.end == End::kAcknowledged ? 1 : 0;
  counts_.refused += write.end == End::kRefused ? 1 : 0;
  counts_.unknown += write.end == End::kUnknown ? 1 : 0;
  if (write.end != End::kUnknown) answered_[caller].push_back({write.start, write.finish});
  history_.writes.push_back(std::move(write));
}

void Recorder::Add(int caller, Read read) {
  storage::MutexLock lock(mutex_);
  ++counts_.calls;
  answered_[caller].push_back({read.start, read.finish});
  history_.reads.push_back(std::move(read));
}

void Recorder::AddFailedRead(int caller) {
  storage::MutexLock lock(mutex_);
  ++counts_.calls;
  ++counts_.unknown;
}

void Recorder::AddFailure(std::string what) {
  storage::MutexLock lock(mutex_);
  ++counts_.failed;
  failures_.push_back(std::move(what));
}

void Recorder::Complain(history::Violation violation) {
  storage::MutexLock lock(mutex_);
  complaints_.push_back(std::move(violation));
}

Recorder::Counts Recorder::counts() const {
  storage::MutexLock lock(mutex_);
  return counts_;
}

std::optional<absl::Time> Recorder::AllAnsweredSince(absl::Time time, int callers) const {
  storage::MutexLock lock(mutex_);
  if (static_cast<int>(answered_.size()) < callers) return std::nullopt;
  absl::Time all = time;
  for (const auto& [caller, calls] : answered_) {
    // In the order of their starts, for a caller makes one call at a time.
    const auto first = std::lower_bound(calls.begin(), calls.end(), time,
                                        [](const Answered& call, absl::Time start) { return call.start < start; });
    if (first == calls.end()) return std::nullopt;
    all = std::max(all, first->finish);
  }
  return all;
}

history::History Recorder::TakeHistory() {
  storage::MutexLock lock(mutex_);
  return std::exchange(history_, {});
}

history::Violations Recorder::TakeComplaints() {
  storage::MutexLock lock(mutex_);
  return std::exchange(complaints_, {});
}

std::vector<std::string> Recorder::TakeFailures() {
  storage::MutexLock lock(mutex_);
  return std::exchange(failures_, {});
}

}  // namespace inventory::faults
