// The standard health service.
#ifndef INVENTORY_SERVER_RPC_HEALTH_SERVICE_H_
#define INVENTORY_SERVER_RPC_HEALTH_SERVICE_H_

#include <cstddef>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/call_server.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/runtime.h"
#include "server/rpc/wire.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Answers grpc.health.v1.Health, to everybody, with one state for all services, because all need the same database.
// gRPC's own health service never ends a Watch: one watcher would make every stop last for the whole grace.
// Thread-safe.
class HealthService {
 public:
  // Watchers at once; more are answered with RESOURCE_EXHAUSTED.
  struct Limits {
    std::size_t watchers = 10000;           // Default 10000.
    std::size_t watchers_of_a_host = 1000;  // Default 1000; 0 is any number.
  };

  // Knows these services. NOT_SERVING at first. Calls are counted in `runtime`, but never refused for that; it must
  // outlive the server.
  HealthService(std::set<std::string> services, const Limits& limits, Runtime& runtime);

  // Must outlive the server.
  void AddTo(CallServer& server);

  // Sets the state and tells every watcher.
  void SetServing(bool serving);

  // NOT_SERVING for good: SetServing does nothing any more.
  void Drain();

  // After Drain: ends every Watch with UNAVAILABLE once it has been told, and those that are still to come.
  void EndWatches();

 private:
  struct Watcher;
  using Request = grpc::health::v1::HealthCheckRequest;
  using Response = grpc::health::v1::HealthCheckResponse;
  using State = grpc::health::v1::HealthCheckResponse::ServingStatus;

  void Check(Wire& wire, grpc::ByteBuffer& sent);
  void Watch(Wire& wire, grpc::ByteBuffer& sent);

  // A new watcher, of a service that is known or is not; null if it would be one too many.
  Watcher* Enter(Wire& wire, const std::string& host, bool known);
  // Begins what there is to begin of all watchers, or of one that gRPC is not done with before this returns.
  void TellAll();
  void Tell(Watcher& watcher);
  // Prepares that what the watcher does not know yet is written, or that its call ends if that is over. Returns whether
  // either is to begin.
  bool Advance(Watcher& watcher) REQUIRES(mutex_);
  // Begins that. Without the mutex, which nobody shall hold for as long as that takes.
  static void Begin(Watcher& watcher);
  // What gRPC reports of a watcher.
  void Written(Watcher& watcher, bool ok);
  void Cancelled(Watcher& watcher);
  void Done(Watcher* watcher);

  const std::set<std::string> services_;
  const Limits limits_;
  Runtime& runtime_;
  storage::Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = grpc::health::v1::HealthCheckResponse::NOT_SERVING;
  bool draining_ GUARDED_BY(mutex_) = false;
  bool watches_ended_ GUARDED_BY(mutex_) = false;
  std::set<Watcher*> watchers_ GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::size_t> watchers_of_ GUARDED_BY(mutex_);  // Each host.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_HEALTH_SERVICE_H_
