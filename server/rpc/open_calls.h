// The calls that are under way.
#ifndef INVENTORY_SERVER_RPC_OPEN_CALLS_H_
#define INVENTORY_SERVER_RPC_OPEN_CALLS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

struct grpc_call;

namespace inventory::rpc {

// Counts calls and the bytes of their requests by caller, so that one who has many under way leaves room to others, and
// cuts those whose answers nobody takes. What it keeps is bounded by the calls that are under way. Thread-safe.
class OpenCalls {
 public:
  struct Options {
    int most_of_a_caller = 1000;  // 0: any number. Default 1000.
    // Of all requests, in memory, and of all answers that are not taken yet, together. One caller may have as much as
    // it leaves free, so half of it if nobody else has any, and there is room for the next one. At least twice what one
    // request may take. Default 256 MiB.
    std::size_t most_bytes = std::size_t{256} << 20;
    absl::Duration patience = absl::Minutes(1);  // For callers to take an answer. Default 1m.
  };

  enum class Verdict {
    kAdmitted,
    kTooManyCalls,
    kTooManyBytes,
    // Very many calls of the caller were refused, and it takes no answers: this one needs none.
    kFlood,
  };

  // A call's place among those that are under way; gives it back when it ends. Its address must not change.
  class Place {
   public:
    // `call`, whose request takes so many bytes, lives as long as the place.
    Place(OpenCalls& calls, std::string caller, std::size_t bytes, grpc_call* call);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Otherwise the call must be refused.
    Verdict verdict() const { return verdict_; }

    // The request is gone, and an answer of so many bytes is there instead. False: there is no room for it, so that it
    // must not be sent; never so if it is not `refusable`.
    bool Answer(std::size_t bytes, bool refusable);

    // From now on the caller is to take the answer. Of a flood nobody is: the call is cancelled.
    void AwaitCaller();

   private:
    friend class OpenCalls;

    OpenCalls& calls_;
    const std::string caller_;
    std::size_t bytes_;  // Guarded by the mutex of calls_.
    grpc_call* const call_;
    std::atomic<int64_t> awaiting_since_;  // In microseconds of SteadyNow.
    const Verdict verdict_;
  };

  explicit OpenCalls(Options options) : options_(options) {}

  // Cancels calls whose callers have not taken the answer for too long; returns how many. To be called again and again.
  int CutSlow();

 private:
  struct Share {
    int places = 0;  // Those of refused calls, too.
    int calls = 0;
    std::size_t bytes = 0;
  };

  Verdict Enter(Place& place);
  Verdict Judge(const Share& share, std::size_t bytes) const REQUIRES(mutex_);
  bool Fits(const Share& share, std::size_t bytes) const REQUIRES(mutex_);
  bool Exchange(Place& place, std::size_t bytes, bool refusable);
  void Leave(Place& place);

  const Options options_;
  storage::Mutex mutex_;
  absl::flat_hash_map<std::string, Share> of_caller_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  absl::flat_hash_set<Place*> places_ GUARDED_BY(mutex_);
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_OPEN_CALLS_H_
