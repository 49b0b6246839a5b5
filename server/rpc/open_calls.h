// The calls that are under way.
#ifndef INVENTORY_SERVER_RPC_OPEN_CALLS_H_
#define INVENTORY_SERVER_RPC_OPEN_CALLS_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

struct grpc_call;

namespace inventory::rpc {

// Counts calls by caller, so that one who has many under way leaves room to others, and cuts those whose answers nobody
// takes. What it keeps is bounded by the calls that are under way. Thread-safe.
class OpenCalls {
 public:
  struct Options {
    int most_of_a_caller = 1000;                 // 0: any number. Default 1000.
    absl::Duration patience = absl::Minutes(1);  // For callers to take an answer. Default 1m.
  };

  // A call's place among those that are under way; gives it back when it ends. Its address must not change.
  class Place {
   public:
    // `call` lives as long as the place. Too many of the caller's calls are under way already if it is not admitted().
    Place(OpenCalls& calls, std::string caller, grpc_call* call);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool admitted() const { return admitted_; }

    // From now on the caller is to take the answer.
    void Answering();

   private:
    friend class OpenCalls;

    OpenCalls& calls_;
    const std::string caller_;
    grpc_call* const call_;
    std::atomic<int64_t> answering_since_;  // In Unix microseconds.
    bool admitted_ = false;
  };

  explicit OpenCalls(Options options) : options_(options) {}

  // Cancels calls whose callers have not taken the answer for too long; returns how many. To be called again and again.
  int CutSlow();

 private:
  bool Enter(Place& place);
  void Leave(Place& place);

  const Options options_;
  storage::Mutex mutex_;
  absl::flat_hash_map<std::string, int> of_caller_ GUARDED_BY(mutex_);
  absl::flat_hash_set<Place*> places_ GUARDED_BY(mutex_);
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_OPEN_CALLS_H_
