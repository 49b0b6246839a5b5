// The streams that are open.
#ifndef INVENTORY_SERVER_RPC_STREAMS_H_
#define INVENTORY_SERVER_RPC_STREAMS_H_

#include <cstddef>
#include <set>

#include "absl/status/status.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Streams last long and keep memory and threads of the database busy, so only so many are open at once, and all are
// told when the server stops. Thread-safe.
class Streams {
 public:
  // An open stream.
  class Stream {
   public:
    // The server stops: end with Stopping() as soon as what has begun is through. Called at most once, on any thread,
    // and must not block.
    virtual void EndSoon() = 0;

   protected:
    ~Stream() = default;
  };

  // Most streams at once.
  static constexpr std::size_t kMostOpen = 16;

  // RESOURCE_EXHAUSTED, reason TOO_MANY_STREAMS, if as many as may be are open; Stopping() after Stop. If OK, `stream`
  // must be removed before it ends.
  absl::Status Add(Stream* stream);

  // EndSoon is not running any more when this returns, and won't be called.
  void Remove(Stream* stream);

  // Has all streams end soon and refuses new ones.
  void Stop();

  // UNAVAILABLE, reason STOPPING: what a stream ends with that could have gone on.
  static absl::Status Stopping();

 private:
  storage::Mutex mutex_;
  std::set<Stream*> open_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAMS_H_
