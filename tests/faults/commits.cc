#include "tests/faults/commits.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/faults/mysql_packets.h"

namespace inventory::faults {

absl::Status HoldCommits(storage::Connection& root) {
  absl::Status held;
  for (const char* stage : {"START", "FLUSH", "BLOCK_DDL", "BLOCK_COMMIT"}) {
    if (held.ok()) held = Ask(root, absl::StrCat("BACKUP STAGE ", stage)).status();
  }
  return held;
}

void ReleaseCommits(storage::Connection& root) { Ask(root, "BACKUP STAGE END").status().IgnoreError(); }

std::shared_ptr<CommitTrap> CommitTrap::Lay(Site::Options& options) {
  std::shared_ptr<CommitTrap> trap(new CommitTrap(std::move(options.packet_hook)));
  options.packet_hook = [trap](std::string& packet) { return trap->See(packet); };
  return trap;
}

void CommitTrap::Arm(int commits, Fate fate) {
  fate_ = fate;
  left_ = commits;
}

Fate CommitTrap::See(std::string& packet) {
  const Fate other = next_ ? next_(packet) : Fate::kForward;
  if (!CommitsWrites(packet) || left_ <= 0) return other;
  --left_;
  return fate_;
}

}  // namespace inventory::faults
