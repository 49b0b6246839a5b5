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

  // Waits until there have been this many requests to stop since the start, at most for `patience`; true if there have.
  bool Wait(absl::Duration patience, int requests = 1);

 private:
  sigset_t set_;
  int requests_ = 0;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_SIGNALS_H_
