// The record of denied calls.
#ifndef INVENTORY_SERVER_AUTH_AUDIT_H_
#define INVENTORY_SERVER_AUTH_AUDIT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/logging.h"
#include "storage/mutex.h"

namespace inventory::auth {

// A call that was denied.
struct Attempt {
  std::string caller;  // Empty: not known.
  std::string method;
  std::string peer;
  std::string trace_id = {};  // Empty: it has none.
};

// Writes a log line for each denied call: who called what from where, and why it was denied. Of more than `max_lines`
// with one status code in a second the rest is counted, and the next second says in a line of its own how many were
// left out. Each code has lines of its own, so that strangers who flood the server with UNAUTHENTICATED calls don't
// hide whom it knows and denies. Thread-safe.
class Audit {
 public:
  using Write = std::function<void(const char* message, const server::LogFields& fields)>;

  // Lines go to the log, or to `write`.
  explicit Audit(int max_lines, Write write = nullptr);

  void Denied(const Attempt& attempt, const absl::Status& status, absl::Time now);

  // Says how many lines were left out in seconds that have passed. Called about every second.
  void CatchUp(absl::Time now);

 private:
  struct Second {
    int lines = 0;
    int64_t left_out = 0;
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
