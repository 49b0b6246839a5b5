// Who carries out what low-stock events set off.
#ifndef INVENTORY_SERVER_BACKGROUND_DISPATCHER_H_
#define INVENTORY_SERVER_BACKGROUND_DISPATCHER_H_

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/activities/activity.h"
#include "server/background/attempt_queue.h"
#include "server/background/backoff.h"
#include "server/background/low_stock_attempt.h"
#include "server/periodic.h"
#include "server/pipeline/group_committer.h"
#include "storage/connection_pool.h"
#include "storage/mutex.h"

namespace inventory::background {

// Carries out the activities of low-stock events. An event is taken by a command, which gives it a lease; then its
// activity runs on one of a few threads, with no lock and no transaction; then another command records the outcome, so
// that any number of instances may share the work of one database. An instance that dies leaves its events to the
// others, once their leases have ended: each event is carried out at least once, and those of a rule in order.
//
// Each activity has a queue and threads of its own, so that none holds up another. Events of an activity that this
// server does not have wait for one that does.
class Dispatcher {
 public:
  struct Options {
    absl::Duration interval = absl::Milliseconds(250);  // Between looks for events that are due. Default 250ms.
    int threads = 4;                                    // Events of one activity that run at once. Default 4.
    absl::Duration timeout = absl::Seconds(10);         // How long an activity may run. Default 10s.
    absl::Duration lease = absl::Seconds(30);           // Longer than that. Default 30s.
    int max_attempts = 20;                              // Before an event is dead. Default 20.
    Backoff backoff;                                    // Between attempts. Default up to 1s, doubled up to 1h.
    activities::Options activities;                     // What activities may do.
  };

  // Hears of every attempt: the activity and "done", "retry" or "dead".
  using Observer = std::function<void(const std::string& activity, std::string_view outcome)>;

  // All references must outlive the dispatcher.
  Dispatcher(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer, Observer observer);
  ~Dispatcher() { Stop(); }

  // Begins no more and returns when what is under way has ended; webhooks give up at once.
  void Stop();

  // How old the oldest event is whose activity has not been carried out, dead ones apart; zero if there is none. As of
  // the last look, at most kLookForOldest ago; the last value that was known while the database is away.
  absl::Duration oldest_waiting() const { return absl::Microseconds(oldest_waiting_.load()); }

 private:
  static constexpr absl::Duration kLookForOldest = absl::Seconds(10);

  using Key = storage::LowStockEventRecord::Key;

  // An activity's share of the server.
  struct Lane {
    Lane(std::string key, int threads) : activity(std::move(key)), queue(std::max(1, threads / 2)) {}

    const std::string activity;
    AttemptQueue queue;
    std::vector<std::thread> workers = {};
  };

  void StartLane(std::string activity);
  absl::Duration Look();
  absl::Duration LookForOldest();
  void Work(Lane& lane);
  void CarryOut(const Lane& lane, const Key& key);
  absl::Status Execute(const BeginAttempt::Taken& taken);
  void Record(const Key& key, const BeginAttempt::Taken& taken, const absl::Status& status);
  EndAttempt::Outcome OutcomeOf(const BeginAttempt::Taken& taken, const absl::Status& status) const;
  absl::Duration PauseAfter(int attempt, const absl::Status& status);

  const Options options_;
  storage::ConnectionPool& pool_;
  pipeline::GroupCommitter& committer_;
  const Observer observer_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> oldest_waiting_ = 0;  // In microseconds.

  storage::Mutex mutex_;
  absl::BitGen random_ GUARDED_BY(mutex_);

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::optional<server::Periodic> look_;
  std::optional<server::Periodic> look_for_oldest_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_DISPATCHER_H_
