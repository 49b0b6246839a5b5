#include "server/net/open_connections.h"

#include <sys/stat.h>

#include <utility>

namespace inventory::net {
namespace {

// While all places are taken, each look at all of them costs a system call a connection.
constexpr std::chrono::milliseconds kBetweenSweeps{100};

}  // namespace

void OpenConnections::Add(int connection, const std::string& peer) {
  struct stat status = {};
  if (fstat(connection, &status) != 0) return;
  storage::MutexLock lock(mutex_);
  Entry& entry = open_[connection];
  // Who had this number before is gone.
  if (entry.inode != 0) Forget(entry.peer);
  entry = {.device = status.st_dev, .inode = status.st_ino, .peer = peer};
  ++of_peer_[peer];
}

std::size_t OpenConnections::Count(std::size_t enough) {
  storage::MutexLock lock(mutex_);
  if (open_.size() >= enough) Sweep();
  return open_.size();
}

std::size_t OpenConnections::CountOf(const std::string& peer, std::size_t enough) {
  storage::MutexLock lock(mutex_);
  if (NumberOf(peer) >= enough) Sweep();
  return NumberOf(peer);
}

std::size_t OpenConnections::NumberOf(const std::string& peer) const {
  const auto at = of_peer_.find(peer);
  return at == of_peer_.end() ? 0 : at->second;
}

void OpenConnections::Sweep() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_sweep_) return;
  next_sweep_ = now + kBetweenSweeps;
  for (auto it = open_.begin(); it != open_.end();) {
    const auto at = it++;
    struct stat status = {};
    const Entry& entry = at->second;
    if (fstat(at->first, &status) == 0 && status.st_ino == entry.inode && status.st_dev == entry.device) continue;
    Forget(entry.peer);
    open_.erase(at);
  }
}

void OpenConnections::Forget(const std::string& peer) {
  const auto at = of_peer_.find(peer);
  if (--at->second == 0) of_peer_.erase(at);
}

}  // namespace inventory::net
