// What the commands that stream have in common: for how long they try, and what they try again.
#ifndef INVENTORY_CLIENT_CLI_STREAMING_H_
#define INVENTORY_CLIENT_CLI_STREAMING_H_

#include <functional>
#include <ostream>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "inventory/client/clock.h"

namespace inventory::cli {

// How long to wait for an answer, and to go on trying without any, unless --timeout says otherwise.
inline constexpr absl::Duration kStreamPatience = absl::Minutes(2);

// Whether a stream that ended so is worth another: as of unary calls, see connection.h of the client library, and
// whatever the server asks to repeat.
bool Passes(const absl::Status& status);

// Decides whether a stream that has broken off is opened again. Used by one thread.
class Persistence {
 public:
  // `patience` is how long to go on without any answer. `clock` and `err` outlive it.
  Persistence(absl::Duration patience, client::Clock& clock, std::ostream& err);

  // There was an answer. The time until the first counts from the beginning.
  void Heard();

  // Whether to open it again: then it has said so, once for the same cause, and has paused, at least as long as the
  // server asks for. False if the error does not pass, or if there was no answer for too long.
  bool GoOn(const absl::Status& broken);

 private:
  const absl::Duration patience_;
  client::Clock& clock_;
  std::ostream& err_;
  absl::Time heard_;
  std::string said_;  // Since then; empty: nothing.
};

// Ends calls that take too long. Used by one thread, which it serves by one of its own.
class Watchdog {
 public:
  // `limit` of real time is how long each call may take.
  explicit Watchdog(absl::Duration limit);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Runs `call`; if it has not returned within the limit, calls `cancel`, on another thread, which must make it return.
  // Whether it was in time.
  bool Watch(const std::function<void()>& cancel, const std::function<void()>& call);

  // DEADLINE_EXCEEDED: what to say of a call that was not.
  absl::Status TooLate() const;

 private:
  void Run();

  const absl::Duration limit_;
  absl::Mutex mutex_;
  absl::CondVar changed_;
  std::function<void()> cancel_ ABSL_GUARDED_BY(mutex_);  // Empty: nothing is watched.
  absl::Time deadline_ ABSL_GUARDED_BY(mutex_);
  bool late_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_STREAMING_H_
