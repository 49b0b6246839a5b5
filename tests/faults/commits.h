// What faults do to COMMITs.
#ifndef INVENTORY_TESTS_FAULTS_COMMITS_H_
#define INVENTORY_TESTS_FAULTS_COMMITS_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/connection.h"
#include "tests/faults/proxy.h"
#include "tests/faults/site.h"

namespace inventory::faults {

// Stops every COMMIT, and nothing else, just before it takes effect, until it is released or `root` is closed:
// MariaDB's backup lock.
absl::Status HoldCommits(storage::Connection& root);
void ReleaseCommits(storage::Connection& root);

// Does something to the next commits that pass the proxy of a database. Thread-safe.
class CommitTrap {
 public:
  // Of the site that is set up with these options. Shared with its proxy, which may live for longer.
  static std::shared_ptr<CommitTrap> Lay(Site::Options& options);

  // The next `commits` meet this fate.
  void Arm(int commits, Fate fate);
  // How many of them have not come yet.
  int left() const { return left_; }
  // Lets all pass that have not come yet, and returns how many these are.
  int Disarm() { return left_.exchange(0); }

 private:
  explicit CommitTrap(Proxy::PacketHook next) : next_(std::move(next)) {}
  Fate See(std::string& packet);

  // Who else sees the packets.
  const Proxy::PacketHook next_;
  std::atomic<int> left_ = 0;
  std::atomic<Fate> fate_ = Fate::kForward;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_COMMITS_H_
