// Stock that was read and still holds, so that it need not be read again.
#ifndef INVENTORY_SERVER_READING_KNOWN_STOCK_H_
#define INVENTORY_SERVER_READING_KNOWN_STOCK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/feed/cut.h"
#include "storage/connection.h"
#include "storage/incoming_repository.h"
#include "storage/mutex.h"
#include "storage/records.h"

namespace inventory::reading {

// What the availability of a SKU follows from, and no more: a server keeps tens of thousands, and using one is mostly
// waiting for its memory. The defaults are those of a SKU of which nothing is stored.
struct SkuStock {
  struct Level {
    std::string warehouse_id;
    int64_t available = 0;  // Below zero where there is a deficit.
  };
  struct Quota {
    std::string channel_id;
    int64_t left = 0;  // Never below zero.
  };

  bool tracked = true;
  bool published = true;
  bool display_availability = false;
  bool display_stock_quantity = false;
  storage::BackorderPolicy backorder_policy = storage::BackorderPolicy::kNone;
  int64_t backorder_limit = 0;
  int64_t backordered = 0;
  absl::InlinedVector<Level, 2> levels = {};
  std::vector<storage::Component> components = {};  // Not empty: it is a kit.
  std::string availability_estimate = {};           // The uid; empty if there is none.
  std::vector<Quota> quotas = {};
  std::vector<std::string> low_channels = {};  // Where a low-stock rule is low; empty text: in all.
  std::vector<storage::Incoming> incoming = {};
};

// Keeps the stock of SKUs that were read last. Which of it still holds is told by the event logs: a commit that may
// have changed a row of a SKU names the SKU there (storage/event_repository.h). So each look begins by asking for the
// ends of the logs, and misses nothing that was committed before; see server/adr/0019-known-stock.md. Thread-safe.
class KnownStock {
 public:
  struct Options {
    std::size_t most_bytes = std::size_t{32} << 20;  // Of memory, about. Default 32 MiB.
    // What changes without being named, by hand say, is seen by then. Default 1m.
    absl::Duration longest = absl::Minutes(1);
  };
  struct Stats {
    int64_t found = 0;   // SKUs that were looked for and known.
    int64_t missed = 0;  // SKUs that were not.
    std::size_t bytes = 0;
  };

  // The right to begin a look. Movable.
  class Turn;
  // What is known at one moment. Not thread-safe.
  class Look;

  explicit KnownStock(Options options) : options_(options) {}

  // One at a time has it, as the next can ask for all who wait meanwhile. Collect what to look for when it is there.
  // Nobody's if it does not come in time: the database may be slow, or away, for whoever has it.
  Turn AwaitTurn(absl::Duration patience = absl::Milliseconds(100));

  // Asks the database what has changed: one round trip, two if something has. The turn is not nobody's, and the
  // connection is to the primary. This and the connection must outlive the look.
  static absl::StatusOr<std::unique_ptr<Look>> Begin(const Turn& turn, storage::Connection& connection);

  Stats stats() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::unique_ptr<const SkuStock> stock;
    std::size_t bytes = 0;
    absl::Time until;  // By the database's clock.
    Clock::time_point read;
  };
  using Entries = absl::flat_hash_map<std::string, Entry>;

  // What looks up to this one may still use.
  struct Gone {
    int64_t last_look = 0;
    Entries entries = {};
    std::unique_ptr<const SkuStock> stock = {};
  };

  // SKUs that have changed since a look began: what it has read of them may be older.
  struct Changed {
    bool all = false;
    absl::flat_hash_set<std::string> skus = {};
  };

  void EndTurn();
  absl::StatusOr<std::unique_ptr<Look>> Begin(storage::Connection& connection);
  absl::Status ReadChanges(storage::Connection& connection, const feed::Cut& heads, Changed& changed);
  void Apply(const Changed& changed);
  void Drop(const std::string& sku) REQUIRES(mutex_);
  void Drop(const std::string& sku, Entries& entries, std::size_t& bytes) REQUIRES(mutex_);
  void DropAll() REQUIRES(mutex_);
  void DropOlder() REQUIRES(mutex_);
  Entries::iterator Keep(std::string_view sku, Entry entry) REQUIRES(mutex_);
  const SkuStock* Find(std::string_view sku, absl::Time now, Clock::time_point clock) REQUIRES(mutex_);
  void Prefetch(std::string_view sku) const REQUIRES(mutex_);

  const Options options_;

  // Of whoever has the turn.
  std::optional<feed::Cut> seen_;  // What has changed since is not known yet.
  int64_t newest_connection_ = 0;

  mutable storage::Mutex mutex_;
  storage::CondVar turn_ended_;
  bool turn_taken_ GUARDED_BY(mutex_) = false;
  std::vector<Look*> looks_ GUARDED_BY(mutex_);  // In the order in which they began.
  int64_t last_look_ GUARDED_BY(mutex_) = 0;
  std::deque<Gone> gone_ GUARDED_BY(mutex_);
  // What is used moves to the first; when that is full it becomes the second, and what was there is forgotten.
  Entries recent_ GUARDED_BY(mutex_);
  Entries older_ GUARDED_BY(mutex_);
  std::size_t recent_bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t older_bytes_ GUARDED_BY(mutex_) = 0;
  int64_t found_ GUARDED_BY(mutex_) = 0;
  int64_t missed_ GUARDED_BY(mutex_) = 0;
};

class KnownStock::Turn {
 public:
  // Nobody's.
  Turn() = default;
  Turn(Turn&& other) noexcept : known_(std::exchange(other.known_, nullptr)) {}
  Turn& operator=(Turn&& other) noexcept {
    End();
    known_ = std::exchange(other.known_, nullptr);
    return *this;
  }
  ~Turn() { End(); }

  // Null if it is nobody's, or over.
  KnownStock* known() const { return known_; }
  void End() {
    if (known_ != nullptr) std::exchange(known_, nullptr)->EndTurn();
  }

 private:
  friend class KnownStock;
  explicit Turn(KnownStock& known) : known_(&known) {}

  KnownStock* known_ = nullptr;
};

class KnownStock::Look {
 public:
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;
  ~Look();

  // By the database's clock, and the version of the configuration.
  absl::Time now() const { return now_; }
  int64_t configuration_version() const { return configuration_version_; }

  // What is known of each of the SKUs, null if nothing is. It lives as long as the look, or longer.
  std::vector<const SkuStock*> Find(std::span<const std::string_view> skus);

  // Keeps what was read of the SKU, all of it by statements that were sent on the look's connection after it had begun.
  // It holds, unless its rows change, until that moment. Takes `stock` only if it is kept.
  void Keep(const std::string& sku, std::unique_ptr<const SkuStock>& stock, absl::Time until);

 private:
  friend class KnownStock;
  Look(KnownStock& known, int64_t number, absl::Time now, int64_t configuration_version)
      : known_(known), number_(number), now_(now), configuration_version_(configuration_version) {}

  KnownStock& known_;
  const int64_t number_;
  const absl::Time now_;
  const int64_t configuration_version_;
  const Clock::time_point began_ = Clock::now();
  Changed changed_;  // Guarded by the mutex of what it looks into.
};

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_KNOWN_STOCK_H_
