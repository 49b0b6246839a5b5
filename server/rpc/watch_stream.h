// Streams that tell what happens.
#ifndef INVENTORY_SERVER_RPC_WATCH_STREAM_H_
#define INVENTORY_SERVER_RPC_WATCH_STREAM_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "inventory/v1/event.pb.h"
#include "server/feed/chunk.h"
#include "server/feed/cut.h"
#include "server/feed/filter.h"
#include "server/feed/tail.h"
#include "server/rpc/runtime.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/streams.h"
#include "server/rpc/wire.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// One call of Watch. It first reads what it has to tell from the database, page by page, and goes over to the tail's
// pages once it has been told all before one of them. A page and a message are all that it has in memory. Ends if it
// comes to a page that the tail has dropped.
//
// What is next is decided by Advance, whoever has made it possible: the tail, a read that is through, a message that
// was taken. One message at a time is sent; while a page is read, or waits for its turn, heartbeats are.
class WatchStream final : public Reactor,
                          private Streams::Stream,
                          public feed::Tail::Watcher,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // `checked` is what the request is to be refused with, if it is. The first two must outlive the stream.
  static void Start(Runtime& runtime, const MethodFacts& facts, Wire& wire, Admission admission,
                    v1::WatchRequest request, absl::Status checked);

  // Use Start.
  WatchStream(Runtime& runtime, const MethodFacts& facts, Wire& wire, Admission admission, v1::WatchRequest request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override {
    call_.Leave();
    self_.reset();
  }
  void Wake() override { Advance(); }

 private:
  // What Advance has decided on.
  enum class Next { kNothing, kRead, kSend, kEnd };

  void Begin(absl::Status checked);
  void ReadStart();
  // Goes on as far as there is something to do.
  void Advance();
  Next Decide() REQUIRES(mutex_);
  Next DecideOnFollowing() REQUIRES(mutex_);
  // Takes chunks of the page, from next_chunk_ on, into the message; false if it is full before the page's end.
  bool Collect(const feed::Page& page) REQUIRES(mutex_);
  Next Send() REQUIRES(mutex_);
  Next DecideOnHeartbeat() REQUIRES(mutex_);
  Next EndWith(absl::Status status) REQUIRES(mutex_);
  void Do(Next next);
  // Reads up to read_to_ once it is this stream's turn.
  void ReadOn();
  // Returns false if there is nobody to read for any more.
  bool ReadPage();
  void ReadIs(const absl::Status& status, feed::Page& page);
  // Calls a Read... again after a while.
  void ReadAgain(void (WatchStream::*read)());
  absl::Status TooSlow() const REQUIRES(mutex_);

  void Cut() override { context().TryCancel(); }
  void EndSoon() override;

  Runtime& runtime_;
  v1::WatchRequest request_;  // Without what filter_ has of it.
  const feed::Filter filter_;
  const absl::Duration heartbeat_;
  std::shared_ptr<WatchStream> self_;  // Until gRPC is done with it.

  storage::Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = true;      // It begins, sends a message or ends.
  bool reading_ GUARDED_BY(mutex_) = false;  // A page is read or is to be, whose end calls Advance.
  bool broken_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  feed::Cut at_ GUARDED_BY(mutex_);                      // All before was told or is in message_.
  std::optional<int64_t> next_page_ GUARDED_BY(mutex_);  // Of the tail; unset while it reads by itself.
  feed::Page read_ GUARDED_BY(mutex_);                   // Otherwise.
  std::size_t next_chunk_ GUARDED_BY(mutex_) = 0;        // Of the page.
  std::chrono::steady_clock::time_point last_sent_ GUARDED_BY(mutex_);
  feed::Cut read_to_ GUARDED_BY(mutex_);
  absl::Status read_failure_ GUARDED_BY(mutex_);
  absl::Status end_ GUARDED_BY(mutex_);
  // Theirs alone by whom a message is sent, or who decides on it.
  v1::WatchResponse message_;
  std::size_t message_bytes_ = 0;

  StreamCall call_;  // The last member: see EndSoon in streams.h.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_WATCH_STREAM_H_
