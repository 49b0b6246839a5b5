// (p): the service that a team would otherwise write. See README.md.
#ifndef INVENTORY_TESTS_BENCH_PEER_SERVER_H_
#define INVENTORY_TESTS_BENCH_PEER_SERVER_H_

#include <string>

namespace inventory::bench::peer {

// What was fastest: see README.md.
inline constexpr int kConnections = 16;

struct Options {
  std::string address;             // Where it listens. Empty: not at all.
  std::string database_url;        // As inventory-server's.
  int connections = kConnections;  // To the database, when they are needed. Default kConnections.
};

// Serves until SIGTERM. Returns the process's exit code. Must be called before the process has any other thread.
int RunServer(const Options& options);

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_SERVER_H_
