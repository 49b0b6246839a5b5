// Being asked to stop.
#ifndef INVENTORY_SERVER_SIGNALS_H_
#define INVENTORY_SERVER_SIGNALS_H_

#include <csignal>

#include "absl/time/time.h"

namespace inventory::server {

// Takes SIGINT and SIGTERM for this process as a request to stop. Make it before any thread starts, so that all of them
// leave the signals alone. Not thread-safe.
class Signals {
 public:
  Signals();

  // Waits for a request to stop, at most for `patience`; true if there was one, now or before.
  bool Wait(absl::Duration patience);

 private:
  sigset_t set_;
  bool asked_ = false;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_SIGNALS_H_
