// The streams that are open.
#ifndef INVENTORY_SERVER_RPC_STREAMS_H_
#define INVENTORY_SERVER_RPC_STREAMS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Streams last long and keep memory and threads of the database busy, so only so many are open at once, and all are
// told when the server stops. One that nothing has happened to for long, because its caller neither sends nor takes
// anything, makes room for a new one. Thread-safe.
class Streams {
 public:
  // An open stream.
  class Stream {
   public:
    // The server stops: end with Stopping() as soon as what has begun is through. Called at most once, on any thread,
    // and must not block.
    virtual void EndSoon() = 0;

    // Another stream needs its place: cancel the call. Called at most once, on any thread, and must not block.
    virtual void Evict() = 0;

   protected:
    ~Stream() = default;

    // Something has happened to it.
    void Touch() { touched_.store(absl::ToUnixMicros(absl::Now()), std::memory_order_relaxed); }

   private:
    friend class Streams;
    absl::Time touched() const { return absl::FromUnixMicros(touched_.load(std::memory_order_relaxed)); }

    std::atomic<int64_t> touched_ = absl::ToUnixMicros(absl::Now());
  };

  // Most streams at once.
  static constexpr std::size_t kMostOpen = 16;

  // A stream may be evicted that nothing has happened to for `idle`.
  explicit Streams(absl::Duration idle = absl::Minutes(1)) : idle_(idle) {}

  // RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS, if as many as may be are open and none can be evicted; Stopping()
  // after Stop. If OK, `stream` must be removed before it ends.
  absl::Status Add(Stream* stream);

  // EndSoon and Evict are not running any more when this returns, and won't be called.
  void Remove(Stream* stream);

  // Has all streams end soon and refuses new ones.
  void Stop();

  // UNAVAILABLE, reason STOPPING: what a stream ends with that could have gone on.
  static absl::Status Stopping();

 private:
  bool EvictOne() REQUIRES(mutex_);

  const absl::Duration idle_;
  storage::Mutex mutex_;
  std::set<Stream*> open_ GUARDED_BY(mutex_);
  std::set<Stream*> evicted_ GUARDED_BY(mutex_);  // On their way out.
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAMS_H_
