// Where the keys of tokens come from.
#ifndef INVENTORY_SERVER_AUTH_KEY_SOURCE_H_
#define INVENTORY_SERVER_AUTH_KEY_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/auth/key_set.h"
#include "server/auth/watched_file.h"
#include "storage/mutex.h"

namespace inventory::auth {

// Keeps the keys of a JWKS file or https URL fresh. A file is read when it has changed, a URL every `refresh`, and both
// when a token names a key that is not known, at most every `min_refresh`. Keys that can't be had or used leave those
// before them in place, until nothing has confirmed these for `max_age`. Every time is by SteadyNow, so that a clock
// that is set back keeps no key alive and no new one away. Thread-safe; only Refresh blocks.
class KeySource {
 public:
  struct Options {
    std::string location;                            // Path or https URL.
    std::string ca_file;                             // For a URL; see Fetch.
    absl::Duration refresh = absl::Minutes(5);       // Default 5m.
    absl::Duration min_refresh = absl::Seconds(10);  // Default 10s.
    absl::Duration max_age = absl::Hours(24);        // Default 24h.
  };

  explicit KeySource(Options options);

  struct Keys {
    std::shared_ptr<const KeySet> set;  // Null: there are none, or they are too old.
    uint64_t generation = 0;            // Of other keys another one.
  };
  Keys Current(absl::Time now) const;

  // When the keys were last had; the infinite past if never.
  absl::Time confirmed() const;

  // A token names a key that is not known. True if that is being looked for: it may be known soon.
  bool AskFor(absl::Time now);

  // Looks for keys if it is time, and says what was wrong if that failed: never the location. Called about every
  // second, by one thread.
  absl::Status Refresh(absl::Time now);

  // How long to wait until the next Refresh; less if keys are asked for.
  static constexpr absl::Duration kPause = absl::Milliseconds(500);

  // Ends a Refresh under way soon.
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }

 private:
  bool from_url() const { return !file_.has_value(); }
  bool IsTime(absl::Time now);
  // The text of the keys; nothing if it is the same as before.
  absl::StatusOr<std::optional<std::string>> Read();
  absl::Status Take(std::optional<std::string> text, absl::Time now);

  const Options options_;
  std::optional<WatchedFile> file_;  // Used by Refresh, like the next.
  std::string text_;                 // Of the keys.
  std::atomic<bool> stopped_ = false;
  mutable storage::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ GUARDED_BY(mutex_);
  uint64_t generation_ GUARDED_BY(mutex_) = 0;
  absl::Time confirmed_ GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time next_ GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time asked_ GUARDED_BY(mutex_) = absl::InfinitePast();
  bool looking_ GUARDED_BY(mutex_) = false;  // Asked for, and not looked for since.
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_KEY_SOURCE_H_
