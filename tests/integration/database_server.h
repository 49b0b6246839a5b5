// Database servers that tests replicate, break and promote.
#ifndef INVENTORY_TESTS_INTEGRATION_DATABASE_SERVER_H_
#define INVENTORY_TESTS_INTEGRATION_DATABASE_SERVER_H_

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/connection.h"
#include "tests/integration/server_process.h"

namespace inventory::integration {

// Files of a mariadbd that has been stopped, for servers to begin with a copy of: the database `inventory` with its
// schema, and without passwords the users `inventory`, with the rights that the README gives a server, `replicator` and
// `admin`, who may do everything.
class DatabaseFiles {
 public:
  DatabaseFiles();

  std::string path() const { return folder_.path() + "/database"; }

 private:
  ScratchFolder folder_;
};

// A mariadbd on a free TCP port of the loopback address, with files of its own, fully durable. It is killed with this.
// Used by one thread, which must live as long.
class DatabaseServer {
 public:
  // `arguments` come after those that all have, each time it starts, and the variables besides this process's own. It
  // is not started yet.
  explicit DatabaseServer(const std::string& files_to_copy, std::vector<std::string> arguments = {},
                          ProgramRun::Environment environment = {});

  // Starts it, with `more` arguments this time, and waits until it takes connections; the test fails if it does not.
  void Start(const std::vector<std::string>& more = {});
  // The same without waiting.
  void Launch(const std::vector<std::string>& more = {});
  void AwaitConnections();
  // Starts it, waits until it has written a line with `label`, kills it, and gives the rest of that line.
  std::string RunUntil(const std::string& label, const std::vector<std::string>& more);
  // Stops it cleanly and waits.
  void Stop();
  // With SIGKILL.
  void Kill();
  // Stops its threads where they are, or lets them go on.
  void Pause() { run_->Signal(SIGSTOP); }
  void Continue() { run_->Signal(SIGCONT); }

  int port() const { return port_; }
  std::string address() const;
  const std::string& files() const { return files_; }
  // Of the run under way, or the last one.
  std::string log() const { return run_->output(); }

  storage::DatabaseOptions options(const std::string& user = "inventory") const;
  // Runs trusted SQL as `admin`, and gives the last result.
  storage::Rows Sql(const std::vector<std::string>& statements) const;
  // The first cell of it.
  std::string Value(const std::string& query) const;
  // What SHOW GLOBAL STATUS, or VARIABLES, says of a name.
  std::string Shown(const std::string& kind, const std::string& name) const;

 private:
  const ScratchFolder folder_;
  const std::string files_;
  const int port_;
  const std::vector<std::string> arguments_;
  const ProgramRun::Environment environment_;
  std::unique_ptr<ProgramRun> run_;
  // Kept, because a server that has a fault may take no new one.
  mutable std::unique_ptr<storage::Connection> admin_;
};

// mysql://inventory@ADDRESS,ADDRESS/inventory
std::string UrlOf(const std::vector<const DatabaseServer*>& servers);

// A primary with a binary log, and a replica of it that takes no writes.
class ReplicatedDatabase {
 public:
  explicit ReplicatedDatabase(const DatabaseFiles& files);

  DatabaseServer& primary() { return primary_; }
  DatabaseServer& replica() { return replica_; }

  // From now on COMMIT waits on the primary until the replica has the transaction in its relay log.
  void BeSemiSynchronous();
  // Waits until the replica has all that is committed on the primary now.
  void AwaitReplica();
  // Waits until the replica has carried out all that it was sent by a primary that is gone.
  void AwaitRelayed();
  // The replica follows nobody any more and takes writes.
  void Promote();

 private:
  DatabaseServer primary_;
  DatabaseServer replica_;
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_DATABASE_SERVER_H_
