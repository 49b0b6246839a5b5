// The streams that are open.
#ifndef INVENTORY_SERVER_RPC_STREAMS_H_
#define INVENTORY_SERVER_RPC_STREAMS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Streams last long and keep memory and threads of the database busy, so only so many are open at once, fewer of one
// caller and no more than that leaves free, so that a few callers never have all, and all are told when the server
// stops. One whose caller neither sends nor takes anything for long is cut. Thread-safe.
class Streams {
 public:
  // An open stream.
  class Stream {
   public:
    // The server stops: end with Stopping() as soon as what has begun is through. Called at most once, on any thread,
    // and must not block.
    virtual void EndSoon() = 0;

    // Its caller is too slow: end the call. Called at most once, on any thread, and must not block.
    virtual void Cut() = 0;

   protected:
    ~Stream() = default;

    // From now on it is the caller who must do something, until AtWork.
    void AwaitCaller() { awaiting_since_.store(absl::ToUnixMicros(absl::Now()), std::memory_order_relaxed); }
    // It is the server that must do something.
    void AtWork() { awaiting_since_.store(kAtWork, std::memory_order_relaxed); }

   private:
    friend class Streams;
    static constexpr int64_t kAtWork = std::numeric_limits<int64_t>::max();

    std::atomic<int64_t> awaiting_since_ = kAtWork;
  };

  struct Options {
    std::string what = "imports and exports";    // In refusals.
    std::string metric = "stream";               // What inventory_limit_refusals_total calls one of them.
    std::size_t most = 16;                       // Default 16.
    std::size_t most_of_a_caller = 8;            // Default 8.
    absl::Duration patience = absl::Minutes(1);  // For callers to do what they must do next. Default 1m.
  };

  explicit Streams(Options options) : options_(std::move(options)) {}

  // RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS, if as many as may be are open, of all or of this caller; Stopping()
  // after Stop. If OK, `stream` must be removed before it ends.
  absl::Status Add(Stream* stream, const std::string& caller);

  // EndSoon and Cut are not running any more when this returns, and won't be called.
  void Remove(Stream* stream);

  // Cuts those whose callers are too slow; returns how many. To be called again and again.
  int CutSlow();

  absl::Duration patience() const { return options_.patience; }
  const std::string& metric() const { return options_.metric; }

  // Has all streams end soon and refuses new ones.
  void Stop();

  // UNAVAILABLE, reason STOPPING: what a stream ends with that could have gone on.
  static absl::Status Stopping();

 private:
  struct Open {
    std::string caller;
    bool cut = false;
  };

  const Options options_;
  storage::Mutex mutex_;
  std::map<Stream*, Open> open_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAMS_H_
