// Servers and their database, with a proxy before each of them.
#ifndef INVENTORY_TESTS_FAULTS_SITE_H_
#define INVENTORY_TESTS_FAULTS_SITE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "storage/embedded_database.h"
#include "tests/faults/proxy.h"
#include "tests/faults/server.h"

namespace inventory::faults {

// clients -> a proxy -> a server -> database_proxy() -> the database, a process of this one's own.
//
// Several servers share the proxy of the database. A database of several nodes is a Galera cluster, each node of which
// has a proxy. Or, if embedded, the only server runs its private database itself, and there is no proxy between them.
// Used by one thread, which must live as long as this.
class Site {
 public:
  struct Options {
    // The program inventory-server.
    std::string server_binary;
    // A folder of this site's own, made if missing: logs, and the database's files unless `data_dir` is set.
    std::string folder;
    std::string data_dir;
    bool embedded = false;
    // 1 if embedded.
    int servers = 1;
    // 1 if embedded.
    int database_nodes = 1;
    // The environment of the servers besides this process's own, as NAME=value.
    std::vector<std::string> server_environment;
    // Further options of the servers.
    std::vector<std::string> server_options;
    // Sees what the servers send to their database. Default: nobody.
    Proxy::PacketHook packet_hook;
  };

  // The servers start together on a database without tables. Returns when all of them serve.
  static absl::StatusOr<std::unique_ptr<Site>> SetUp(Options options);
  // Stops all in turn.
  ~Site();

  // The only one, or one of those from 0 up to, but not, servers().
  Server& server(int number = 0) { return *servers_[number]; }
  int servers() const { return static_cast<int>(servers_.size()); }
  // Where clients find the servers.
  std::vector<std::string> addresses() const;
  // Whether that is the health of each of them.
  bool Serving() const;
  // Not if embedded.
  Proxy& database_proxy() { return *database_proxies_.front(); }

  // A process of the database, or of its node of that number; 0 while it is down.
  int database_pid(int node = 0) const;
  // A session of the database's root, past the proxy: with any node that takes one, or with that node.
  absl::StatusOr<std::unique_ptr<storage::Connection>> OpenRoot() const;
  absl::StatusOr<std::unique_ptr<storage::Connection>> OpenRoot(int node) const;
  // The name by which the servers' sessions can be told from others.
  static constexpr char kUser[] = "inventory";

  const std::string& data_dir() const { return options_.data_dir; }
  std::string database_log() const { return options_.data_dir + "/database.log"; }
  // That, and those of the servers.
  std::vector<std::string> logs() const;

 private:
  explicit Site(Options options) : options_(std::move(options)) {}
  absl::Status StartDatabase();
  absl::Status StartProxies();
  absl::Status StartServers();
  std::vector<std::string> ServerCommand() const;
  absl::Status MakeUser() const;
  storage::DatabaseOptions RootOptions(int node) const;
  std::string DatabaseUrl() const;

  Options options_;
  std::vector<std::unique_ptr<storage::EmbeddedDatabase>> databases_;  // The nodes; none if embedded.
  std::vector<std::unique_ptr<Proxy>> database_proxies_;
  std::vector<std::unique_ptr<Server>> servers_;
};

// Runs one statement of trusted SQL.
absl::StatusOr<storage::Rows> Ask(storage::Connection& connection, const std::string& statement);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_SITE_H_
