// The end of the event logs, read once for all who watch it.
#ifndef INVENTORY_SERVER_FEED_TAIL_H_
#define INVENTORY_SERVER_FEED_TAIL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/feed/chunk.h"
#include "server/feed/cut.h"
#include "storage/connection.h"
#include "storage/mutex.h"

namespace inventory::feed {

// Follows the event logs while somebody watches: reads what is new on one connection and keeps the last of it in
// memory, in pages that are numbered. Whoever does not come to a page before it is dropped is too slow,
// and holds up nobody. Thread-safe.
class Tail {
 public:
  struct Options {
    storage::DatabaseOptions database;
    absl::Duration interval = absl::Milliseconds(25);  // Between looks for what other servers commit. Default 25ms.
    std::size_t most_bytes = std::size_t{64} << 20;    // Of the pages that are kept. Default 64 MiB.
  };

  // Somebody who watches.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    // There is something new, or a quarter of a second has passed. Called on the tail's thread; must not block.
    virtual void Wake() = 0;
  };

  struct NumberedPage {
    Cut begin;
    Page page;
    std::size_t bytes = 0;
  };

  explicit Tail(Options options);
  ~Tail();

  // Wakes the watcher from now on, for as long as it exists.
  void Enter(std::weak_ptr<Watcher> watcher);

  // Has the tail look at once. Cheap if nobody watches.
  void Poke();

  // Where the last page ends; nothing before the first look.
  std::optional<Cut> end() const;
  // The number of the first page, there or to come, that may have what somebody lacks who has been told all up to `at`,
  // and perhaps some that was; nothing if pages that are gone had some, too.
  std::optional<int64_t> PageAfter(const Cut& at) const;
  // The page, or null if there is none yet. OUT_OF_RANGE if it was dropped.
  absl::StatusOr<std::shared_ptr<const NumberedPage>> Find(int64_t number) const;

  std::size_t watchers() const;

  // Wakes nobody any more.
  void Stop();

 private:
  void Run();
  // Returns false if the tail is stopped.
  bool AwaitWatchers();
  void Look();
  absl::Status ReadOn();
  absl::Status StartOver(const Cut& end);
  void Append(const Cut& begin, Page page);
  void WakeAll();
  void Rest();

  const Options options_;
  std::unique_ptr<storage::Connection> connection_;  // The thread's.
  bool failing_ = false;                             // The thread's.

  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  std::vector<std::weak_ptr<Watcher>> watchers_ GUARDED_BY(mutex_);
  std::optional<Cut> end_ GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<const NumberedPage>> pages_ GUARDED_BY(mutex_);
  int64_t first_page_ GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  bool poked_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::atomic<bool> watched_ = false;
  std::thread thread_;
};

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_TAIL_H_
