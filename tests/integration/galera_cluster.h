// A Galera cluster for tests.
#ifndef INVENTORY_TESTS_INTEGRATION_GALERA_CLUSTER_H_
#define INVENTORY_TESTS_INTEGRATION_GALERA_CLUSTER_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/database_server.h"

namespace inventory::integration {

// Three MariaDB servers that are one database: each takes reads and writes. Used by one thread.
class GaleraCluster {
 public:
  static constexpr int kNodes = 3;

  // Whether Debian's package galera-4 is there.
  static bool Installed();

  // Starts it and waits until all nodes are in it.
  GaleraCluster();

  DatabaseServer& node(int number) { return *nodes_[number]; }
  // All nodes, beginning with this one.
  std::string UrlFrom(int first) const;

  // Starts a node again that was killed; it takes what it lacks from another one. Waits until it takes connections.
  void Rejoin(int number);
  // Cuts the node off from the others, or ends that.
  void Isolate(int number, bool isolated);
  // A node that has lost the others goes on alone: for when they will not come back by themselves.
  void GoOnAlone(int number);

  // Waits until the node is in a cluster of so many.
  void AwaitSize(int number, int size);
  // Waits until all nodes are in the same one, and know it.
  void AwaitAll();
  bool Ready(int number) const { return nodes_[number]->Shown("STATUS", "wsrep_ready") == "ON"; }

  // How many transactions failed at COMMIT, or before it, because of one on another node.
  int Conflicts() const;

 private:
  std::vector<std::string> ArgumentsOf(int number) const;

  std::vector<int> ports_;
  std::vector<std::unique_ptr<DatabaseServer>> nodes_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_GALERA_CLUSTER_H_
