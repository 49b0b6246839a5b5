// The record of denied calls.
#ifndef INVENTORY_SERVER_AUTH_AUDIT_H_
#define INVENTORY_SERVER_AUTH_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/logging.h"
#include "storage/mutex.h"

namespace inventory::auth {

// A call that was denied.
struct Attempt {
  std::string caller;      // Empty: not known.
  std::string share = {};  // Who is counted for it: the caller or, of strangers, the host.
  std::string method;
  std::string peer;
  std::string trace_id = {};  // Empty: it has none.
};

// Writes a log line for each denied call: who called what from where, and why it was denied. Of more than `max_lines`
// with one status code in a second the rest is counted, and the next second says in a line of its own how many were
// left out. Each code has lines of its own, and of each second's first kMaxFirsts callers with a code the first call is
// always written: so nobody hides others by a flood of calls. Thread-safe.
class Audit {
 public:
  using Write = std::function<void(const char* message, const server::LogFields& fields)>;

  static constexpr std::size_t kMaxFirsts = 1'000;

  // Lines go to the log, whatever its level is, or to `write`.
  explicit Audit(int max_lines, Write write = nullptr);

  void Denied(const Attempt& attempt, const absl::Status& status, absl::Time now);

  // Says how many lines were left out in seconds that have passed. Called about every second.
  void CatchUp(absl::Time now);

 private:
  struct Second {
    int lines = 0;
    int64_t left_out = 0;
    absl::flat_hash_set<std::string> callers = {};
  };
  // By code.
  using Seconds = std::map<absl::StatusCode, Second>;

  // What a second that has ended has had.
  Seconds Turn(absl::Time now) REQUIRES(mutex_);
  void SayLeftOut(const Seconds& seconds) const;

  const int max_lines_;
  const Write write_;
  storage::Mutex mutex_;
  int64_t second_ GUARDED_BY(mutex_) = 0;
  Seconds seconds_ GUARDED_BY(mutex_);
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_AUDIT_H_
