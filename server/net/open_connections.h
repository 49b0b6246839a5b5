// The connections that are open.
#ifndef INVENTORY_SERVER_NET_OPEN_CONNECTIONS_H_
#define INVENTORY_SERVER_NET_OPEN_CONNECTIONS_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "storage/mutex.h"

namespace inventory::net {

// Counts connections that others own and close without saying so, as gRPC does: a descriptor that is not the same
// socket any more has been closed. Thread-safe.
class OpenConnections {
 public:
  // Notes an open connection of a peer.
  void Add(int connection, const std::string& peer);

  // How many are open, of all or of a peer. May count some that have been closed within the last 100 ms, but no more
  // than `enough` of them: a number below it is exact enough to admit another one.
  std::size_t Count(std::size_t enough);
  std::size_t CountOf(const std::string& peer, std::size_t enough);

 private:
  struct Entry {
    dev_t device = 0;
    ino_t inode = 0;
    std::string peer;
  };

  void Sweep() REQUIRES(mutex_);
  void Forget(const std::string& peer) REQUIRES(mutex_);
  std::size_t NumberOf(const std::string& peer) const REQUIRES(mutex_);

  storage::Mutex mutex_;
  absl::flat_hash_map<int, Entry> open_ GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::size_t> of_peer_ GUARDED_BY(mutex_);
  // By a clock that doesn't jump, or after a jump back nobody would see that connections have been closed.
  std::chrono::steady_clock::time_point next_sweep_ GUARDED_BY(mutex_) = {};
};

}  // namespace inventory::net

#endif  // INVENTORY_SERVER_NET_OPEN_CONNECTIONS_H_
