// The calls whose requests are on their way.
#ifndef INVENTORY_SERVER_RPC_AWAITED_REQUESTS_H_
#define INVENTORY_SERVER_RPC_AWAITED_REQUESTS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

struct grpc_call;

namespace inventory::rpc {

// Knows since when each call waits for its request, cuts those that wait for too long, and bounds how many there are.
// Who calls is not known yet, so they are told apart by host. Nearly all requests come along with the headers of their
// calls, so that few wait, whatever their number; hosts are looked at only where many do. Thread-safe.
class AwaitedRequests {
 public:
  struct Options {
    // So many may wait, whoever they are from, and as many of each host beyond that. 0: any number. Default 1000.
    std::size_t most = 1000;
    absl::Duration patience = absl::Minutes(1);  // For a request to come. Default 1m.
  };

  // A place in the order in which calls came.
  struct Link {
    Link* before = this;
    Link* after = this;
  };

  // A call's place among those that wait; gives it back when it ends. Its address must not change.
  class Place : private Link {
   public:
    // `call` lives as long as the place. `host` is asked for where many wait.
    Place(AwaitedRequests& requests, grpc_call* call, absl::FunctionRef<std::string()> host);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Otherwise too many of its host wait, and the call must end.
    bool admitted() const { return admitted_; }

   private:
    friend class AwaitedRequests;

    AwaitedRequests& requests_;
    grpc_call* const call_;
    absl::Time since_;
    std::optional<std::string> host_;  // That it counts for, if any.
    bool cut_ = false;
    const bool admitted_;
  };

  explicit AwaitedRequests(Options options) : most_(options.most), patience_(options.patience) {}

  // Cancels calls that have waited for too long; returns how many. To be called again and again.
  int CutSlow();

  // The server stops: from now on a second is too long.
  void Stop();

 private:
  bool Enter(Place& place, absl::FunctionRef<std::string()> host);
  void Add(Place& place) REQUIRES(mutex_);
  void Leave(Place& place);

  const std::size_t most_;
  storage::Mutex mutex_;
  Link places_ GUARDED_BY(mutex_);  // A circle: its first is after it.
  absl::Duration patience_ GUARDED_BY(mutex_);
  std::size_t uncounted_ GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, std::size_t> of_host_ GUARDED_BY(mutex_);
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_AWAITED_REQUESTS_H_
