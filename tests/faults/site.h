// A server and its database with a proxy before each of them.
#ifndef INVENTORY_TESTS_FAULTS_SITE_H_
#define INVENTORY_TESTS_FAULTS_SITE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "storage/connection.h"
#include "storage/embedded_database.h"
#include "tests/faults/proxy.h"
#include "tests/process.h"

namespace inventory::faults {

// clients -> client_proxy() -> the server -> database_proxy() -> the database, a process of this one's own.
//
// Or, if embedded, the server runs its private database itself, and there is no proxy between them. Used by one thread,
// which must live as long as this.
class Site {
 public:
  struct Options {
    // The program inventory-server.
    std::string server_binary;
    // A folder of this site's own, made if missing: logs, and the database's files unless `data_dir` is set.
    std::string folder;
    std::string data_dir;
    bool embedded = false;
    // The environment of the server besides this process's own, as NAME=value.
    std::vector<std::string> server_environment;
    // Further options of the server.
    std::vector<std::string> server_options;
    // Sees what the server sends to its database. Default: nobody.
    Proxy::PacketHook packet_hook;
  };

  static absl::StatusOr<std::unique_ptr<Site>> SetUp(Options options);
  // Stops all in turn.
  ~Site();

  // Where clients find the server.
  std::string address() const;
  Proxy& client_proxy() { return *client_proxy_; }
  // Not if embedded.
  Proxy& database_proxy() { return *database_proxy_; }

  Process& server() { return *server_; }
  // Starts the server again, which must have ended, and doesn't wait until it serves.
  absl::Status StartServer();
  // What the server's health says, past the proxy.
  bool Serving() const;
  // Waits until that is SERVING. DEADLINE_EXCEEDED with the end of its log.
  absl::Status WaitUntilServing() const;

  // A process of the database; 0 while it is down.
  int database_pid() const;
  // A session of the database's root, past the proxy.
  absl::StatusOr<std::unique_ptr<storage::Connection>> OpenRoot() const;
  // The name by which the server's sessions can be told from others.
  static constexpr char kUser[] = "inventory";

  const std::string& data_dir() const { return options_.data_dir; }
  std::string server_log() const { return options_.folder + "/server.log"; }
  std::string database_log() const { return options_.data_dir + "/database.log"; }
  // Where its proxy finds the server; past the proxy for those who watch the server itself.
  int server_port() const { return server_port_; }

 private:
  explicit Site(Options options) : options_(std::move(options)) {}
  absl::Status StartDatabase();
  absl::Status MakeUser() const;
  storage::DatabaseOptions RootOptions() const;

  Options options_;
  std::unique_ptr<storage::EmbeddedDatabase> database_;
  std::unique_ptr<Proxy> database_proxy_;
  std::unique_ptr<Process> server_;
  std::unique_ptr<Proxy> client_proxy_;
  int server_port_ = 0;
  std::shared_ptr<grpc::Channel> watch_;
};

// Runs one statement of trusted SQL.
absl::StatusOr<storage::Rows> Ask(storage::Connection& connection, const std::string& statement);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_SITE_H_
