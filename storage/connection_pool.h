// Connections for reads, shared by threads.
#ifndef INVENTORY_STORAGE_CONNECTION_POOL_H_
#define INVENTORY_STORAGE_CONNECTION_POOL_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/mutex.h"

namespace inventory::storage {

// At most so many connections, opened when they are first needed and kept. One that broke, or that was idle for so
// long that the server may have dropped it, is replaced at the next use. Thread-safe.
class ConnectionPool {
 public:
  struct Options {
    DatabaseOptions database;
    std::size_t max_connections = 4;  // Default 4.
  };

  // A connection for as long as this lives. Movable.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->Return(std::move(connection_));
    }

    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  struct Stats {
    std::size_t in_use = 0;
    std::size_t idle = 0;
    std::size_t waiting = 0;
  };

  explicit ConnectionPool(Options options) : options_(std::move(options)) {}

  // A connection to use alone; it must have no open transaction when it is returned. DEADLINE_EXCEEDED if none is free
  // by then, UNAVAILABLE if the database can't be reached.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  Stats stats() const;

 private:
  // nullptr frees the place of a connection that is gone.
  void Return(std::unique_ptr<Connection> connection);

  const Options options_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
  std::size_t in_use_ GUARDED_BY(mutex_) = 0;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_CONNECTION_POOL_H_
