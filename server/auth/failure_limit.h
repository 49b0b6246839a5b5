// How many bad tokens are looked at.
#ifndef INVENTORY_SERVER_AUTH_FAILURE_LIMIT_H_
#define INVENTORY_SERVER_AUTH_FAILURE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::auth {

// Counts for each host how often what it showed has proved bad in this second, so that one that has done so too often
// is not looked at until the next: to verify a signature takes several times as long as the rest of a call.
// Thread-safe.
class FailureLimit {
 public:
  // More hosts than these in one second share what one of them has.
  static constexpr std::size_t kMaxHosts = 10'000;

  // 0: any number.
  explicit FailureLimit(int most_in_a_second) : most_(most_in_a_second) {}

  bool Reached(const std::string& host, absl::Time now);
  void Count(const std::string& host, absl::Time now);

 private:
  void Turn(absl::Time now) REQUIRES(mutex_);
  int& FailuresOf(const std::string& host) REQUIRES(mutex_);

  const int most_;
  storage::Mutex mutex_;
  int64_t second_ GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> failures_ GUARDED_BY(mutex_);
  int of_others_ GUARDED_BY(mutex_) = 0;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_FAILURE_LIMIT_H_
