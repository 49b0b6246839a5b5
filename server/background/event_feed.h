// Posts events to somebody outside.
#ifndef INVENTORY_SERVER_BACKGROUND_EVENT_FEED_H_
#define INVENTORY_SERVER_BACKGROUND_EVENT_FEED_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "inventory/v1/event.pb.h"
#include "server/background/backoff.h"
#include "server/feed/chunk.h"
#include "server/feed/cut.h"
#include "server/periodic.h"
#include "storage/connection_pool.h"
#include "storage/sql.h"

namespace inventory::background {

// Posts all events, in the order in which a watcher is told them, as batches of CloudEvents over HTTP, each at least
// once: the next batch is sent once the receiver has answered the last with 2xx, and where it has got is stored with
// the database. Of the servers that have the same feed one at a time does it; another goes on when its lease has
// passed. A receiver that fails is tried again for ever, because what comes later must not overtake.
//
// A new feed begins with what happens from then on. One whose next event is not kept any more goes on with the first
// that is, and says so in the log.
class EventFeed {
 public:
  struct Options {
    std::string url;
    std::string feed_id = "default";
    std::string secret_file = {};                      // Default empty: not signed.
    std::string ca_file = {};                          // Default empty: the system's authorities.
    int batch = 100;                                   // Most events in one post. Default 100.
    absl::Duration interval = absl::Milliseconds(25);  // Between looks. Default 25ms.
    absl::Duration timeout = absl::Seconds(10);        // Of a post. Default 10s.
    absl::Duration lease = absl::Seconds(30);          // Default 30s.
    Backoff backoff = {.first = absl::Milliseconds(500), .most = absl::Minutes(1)};  // Default 500ms to 1m.
  };

  // The pool must outlive the feed.
  EventFeed(Options options, storage::ConnectionPool& pool);

  // Ends the post under way and gives the feed up.
  void Stop();

  // Whether this server posts, and how many posts in a row have failed.
  bool owned() const { return owned_; }
  int failures() const { return failures_; }
  // How old the oldest event is that was read and is not posted yet; zero if there is none.
  absl::Duration lag() const;

 private:
  absl::Duration Step();
  absl::Status Begin();
  absl::Status Make(storage::Sql& sql);
  absl::StatusOr<feed::Page> ReadPage();
  absl::StatusOr<bool> PostPage();
  absl::Status PostChunks(const feed::Page& page);
  absl::Status Post(const std::vector<v1::Event>& events);
  absl::Status MoveTo(const feed::Cut& cut);
  absl::Duration AfterFailure(const absl::Status& status);

  const Options options_;
  const std::string owner_;
  storage::ConnectionPool& pool_;
  bool made_ = false;
  feed::Cut at_;
  absl::BitGen random_;
  // By a clock that doesn't jump: until when a failure is waited out, and when the lease is to be renewed.
  std::chrono::steady_clock::time_point not_before_ = {};
  std::chrono::steady_clock::time_point renew_at_ = {};
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> owned_ = false;
  std::atomic<int> failures_ = 0;
  std::atomic<int64_t> oldest_unposted_ = 0;  // In microseconds since the epoch; 0: there is none.
  server::Periodic periodic_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_EVENT_FEED_H_
