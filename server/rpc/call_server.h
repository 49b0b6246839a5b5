// Where calls come in.
#ifndef INVENTORY_SERVER_RPC_CALL_SERVER_H_
#define INVENTORY_SERVER_RPC_CALL_SERVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/wire.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Takes each call from gRPC and gives it to what opens calls of its path. It has the threads that wait for the network,
// each with a queue of its own, by which everything comes of the calls that it takes, and as many apart on which large
// messages are read. Those also help a thread that gets no rest with what has come by its queue. Thread-safe once it
// has started.
class CallServer {
 public:
  // `other` opens calls of paths that nothing else does.
  explicit CallServer(Wire::Opener other) : other_(std::move(other)) {}
  // Stops.
  ~CallServer() { Stop(absl::ZeroDuration()); }
  CallServer(const CallServer&) = delete;
  CallServer& operator=(const CallServer&) = delete;

  // Before Start, each path once. What `opener` refers to must outlive this.
  void Add(const std::string& path, Wire::Opener opener);

  // Serves by what `builder` has been told, on so many threads. False if gRPC does not start.
  bool Start(grpc::ServerBuilder& builder, int threads);

  // Takes no new calls, waits up to `grace` for those under way, then cancels the rest, and returns when none is left.
  // Nothing if it has not started or has stopped.
  void Stop(absl::Duration grace);

  // Ends the grace of a Stop on another thread.
  void CancelCalls();

  // How often a thread that takes calls had no rest and was helped, since the start.
  int64_t helped() const { return helped_.load(std::memory_order_relaxed); }

 private:
  friend class Wire;

  struct Apart {
    std::size_t bytes = 0;
    std::function<void()> work;
  };

  // Each wire: a call, or what waits for the next one.
  void Enter() { wires_.fetch_add(1, std::memory_order_relaxed); }
  void Leave();
  // Runs what reads a message of so many bytes on a thread apart; 0: what helps. False if too much waits for these:
  // then who has read it is to do the work, and so takes nothing more from the network meanwhile. Never so for what
  // helps.
  bool RunApart(std::size_t bytes, std::function<void()> work);
  void WorkApart();
  void Work(grpc::CompletionQueue& queue);
  // Does what comes by the queue, beside its own thread, for as long as there is much.
  static void Help(grpc::CompletionQueue& queue);
  void TakeNext(grpc::ServerCompletionQueue& queue) { Wire::TakeNext(*this, calls_, queue); }
  void Begin(Wire& wire);

  const Wire::Opener other_;
  absl::flat_hash_map<std::string, Wire::Opener> openers_;
  grpc::AsyncGenericService calls_;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::thread> threads_;
  std::vector<std::thread> apart_threads_;
  std::atomic<int> wires_ = 0;
  std::atomic<int64_t> helped_ = 0;

  storage::Mutex mutex_;
  storage::CondVar changed_;
  std::deque<Apart> apart_ GUARDED_BY(mutex_);
  std::size_t apart_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALL_SERVER_H_
