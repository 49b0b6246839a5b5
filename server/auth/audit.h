// The record of denied calls.
#ifndef INVENTORY_SERVER_AUTH_AUDIT_H_
#define INVENTORY_SERVER_AUTH_AUDIT_H_

#include <cstdint>
#include <functional>
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
};

// Writes a log line for each denied call: who called what from where, and why it was denied. Of more than `max_lines`
// in a second the rest is counted, and the next second says in a line of its own how many were left out. Thread-safe.
class Audit {
 public:
  using Write = std::function<void(const char* message, const server::LogFields& fields)>;

  // Lines go to the log, or to `write`.
  explicit Audit(int max_lines, Write write = nullptr);

  void Denied(const Attempt& attempt, const absl::Status& status, absl::Time now);

  // Says how many lines were left out in seconds that have passed. Called about every second.
  void CatchUp(absl::Time now);

 private:
  // How many lines a second that has ended has left out.
  int64_t Turn(absl::Time now) REQUIRES(mutex_);
  void SayLeftOut(int64_t left_out) const;

  const int max_lines_;
  const Write write_;
  storage::Mutex mutex_;
  int64_t second_ GUARDED_BY(mutex_) = 0;
  int lines_ GUARDED_BY(mutex_) = 0;
  int64_t left_out_ GUARDED_BY(mutex_) = 0;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_AUDIT_H_
