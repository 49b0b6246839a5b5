// A private database server for development and tests.
#ifndef INVENTORY_STORAGE_EMBEDDED_DATABASE_H_
#define INVENTORY_STORAGE_EMBEDDED_DATABASE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/mutex.h"

namespace inventory::storage {

// A mariadbd (or mysqld) child process on a data directory of its own, reached by a Unix socket only and fully durable.
// It is started again if it dies, and stopped cleanly with this object; if this process is killed the child stops by
// itself. Thread-safe.
class EmbeddedDatabase {
 public:
  struct Options {
    // Made if missing, readable by its owner only. One process may use it at a time.
    std::string data_dir;
    // Path of mariadbd or mysqld. Default empty: the first of them in /usr/sbin, /usr/local/sbin and PATH.
    std::string server_binary;
    // Memory for cached pages, in MiB. Default 256.
    int buffer_pool_mib = 256;
    // Whether it keeps a binary log, synced at each commit. Default false.
    bool binary_log = false;
    // How long the server may take to start. Default 60s.
    absl::Duration start_timeout = absl::Seconds(60);
    // A server that dies is started again at once at first, then after pauses that double up to this. Default 5s.
    absl::Duration max_restart_pause = absl::Seconds(5);
    // Hears what is being done, and of each restart. May be called from another thread. Default: nobody.
    std::function<void(std::string_view event)> report;
  };

  // Starts the server and makes the database `inventory`, if need be after initialising the directory.
  // FAILED_PRECONDITION with what to do if there is no server program or the directory is in use.
  static absl::StatusOr<std::unique_ptr<EmbeddedDatabase>> Start(Options options);

  // Whether one was made in the directory; false also if that can't be looked at.
  static bool IsIn(const std::string& data_dir);

  // Stops the server and waits for it.
  ~EmbeddedDatabase();

  // How to connect.
  DatabaseOptions connection_options() const;

  // The server's process, 0 while it is down. For tests that stop or kill it.
  int pid() const;

 private:
  explicit EmbeddedDatabase(Options options) : options_(std::move(options)) {}

  absl::Status Prepare();
  absl::Status LockDirectory();
  absl::Status FindServer();
  absl::Status Initialise();
  absl::Status WaitUntilReady();
  absl::Status MakeDatabase();
  void Supervise();
  void WaitForChild();
  int Spawn() const;
  void Report(std::string_view event) const;
  std::string LastLogLines() const;
  static std::string DatabaseDir(const std::string& data_dir) { return data_dir + "/database"; }
  std::string DatabaseDir() const { return DatabaseDir(options_.data_dir); }
  std::string LogFile() const { return options_.data_dir + "/database.log"; }

  Options options_;
  std::string socket_;
  std::string socket_dir_;  // Made for the socket because the data directory's path is too long for one; else empty.
  // Inherited by the child, so that the lock is held until the last of both has ended.
  int lock_ = -1;
  mutable Mutex mutex_;
  CondVar changed_;
  int pid_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread supervisor_;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_EMBEDDED_DATABASE_H_
