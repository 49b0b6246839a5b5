// A Galera cluster of three as the database.
#include <signal.h>

#include <utility>

#include "absl/time/clock.h"
#include "tests/faults/fault.h"
#include "tests/faults/galera.h"

namespace inventory::faults {
namespace {

constexpr int kNodes = 3;
constexpr absl::Duration kBackPatience = absl::Seconds(60);

// The node that most sessions of the servers are on.
int NodeInUse(const Site& site) {
  int most = -1;
  int in_use = 0;
  for (int node = 0; node < kNodes; ++node) {
    const auto root = site.OpenRoot(node);
    if (!root.ok()) continue;
    const auto sessions = Ask(**root, "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'inventory'");
    if (!sessions.ok() || (*sessions)[0].Int(0) <= most) continue;
    most = static_cast<int>((*sessions)[0].Int(0));
    in_use = node;
  }
  return in_use;
}

class NodeFault : public Fault {
 public:
  absl::Status Prepare(Site::Options& options) override {
    options.database_nodes = kNodes;
    return CheckGalera();
  }

  // Takes connections only once it has all that the others have.
  absl::Status Restore(Site& site, Random& random) override {
    const absl::Time give_up = absl::Now() + kBackPatience;
    while (absl::Now() < give_up) {
      if (site.OpenRoot(node_).ok()) return absl::OkStatus();
      absl::SleepFor(absl::Milliseconds(50));
    }
    return absl::UnavailableError("the node is not in the cluster again");
  }

 protected:
  int node_ = 0;
};

class NodeKill final : public NodeFault {
 public:
  std::string_view name() const override { return "database-node-kill"; }
  std::string_view about() const override {
    return "SIGKILL of a node, mostly the one in use, of a Galera cluster of three";
  }

  absl::Status Begin(Site& site, Random& random) override {
    node_ = Chance(random, 75) ? NodeInUse(site) : std::uniform_int_distribution<int>(0, kNodes - 1)(random);
    const int pid = site.database_pid(node_);
    if (pid <= 0 || kill(pid, SIGKILL) != 0) return absl::InternalError("the node does not run");
    return absl::OkStatus();
  }
};

// It still takes connections and refuses all else once it has noticed.
class NodeCut final : public NodeFault {
 public:
  std::string_view name() const override { return "database-node-cut"; }
  std::string_view about() const override {
    return "the node in use, of a Galera cluster of three, is cut off from the others";
  }
  absl::Duration longest() const override { return absl::Seconds(8); }

  absl::Status Begin(Site& site, Random& random) override {
    node_ = NodeInUse(site);
    auto root = site.OpenRoot(node_);
    if (!root.ok()) return root.status();
    // Kept, because it gives no new one that is of use.
    root_ = *std::move(root);
    return Isolate("1");
  }
  absl::Status End(Site& site, Random& random) override { return Isolate("0"); }

 private:
  absl::Status Isolate(const std::string& value) {
    return Ask(*root_, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=" + value + "'").status();
  }

  std::unique_ptr<storage::Connection> root_;
};

}  // namespace

std::unique_ptr<Fault> MakeDatabaseNodeKill() { return std::make_unique<NodeKill>(); }
std::unique_ptr<Fault> MakeDatabaseNodeCut() { return std::make_unique<NodeCut>(); }

}  // namespace inventory::faults
