#include "server/auth/failure_limit.h"

namespace inventory::auth {

bool FailureLimit::Reached(const std::string& host, absl::Time now) {
  if (most_ == 0) return false;
  storage::MutexLock lock(mutex_);
  Turn(now);
  const auto known = failures_.find(host);
  if (known != failures_.end()) return known->second >= most_;
  return failures_.size() >= kMaxHosts && of_others_ >= most_;
}

void FailureLimit::Count(const std::string& host, absl::Time now) {
  storage::MutexLock lock(mutex_);
  Turn(now);
  ++FailuresOf(host);
}

void FailureLimit::Turn(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  if (second == second_) return;
  second_ = second;
  failures_.clear();
  of_others_ = 0;
}

int& FailureLimit::FailuresOf(const std::string& host) {
  if (failures_.size() < kMaxHosts) return failures_[host];
  const auto known = failures_.find(host);
  return known == failures_.end() ? of_others_ : known->second;
}

}  // namespace inventory::auth
