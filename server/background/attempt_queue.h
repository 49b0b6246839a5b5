// Which low-stock event of an activity is carried out next.
#ifndef INVENTORY_SERVER_BACKGROUND_ATTEMPT_QUEUE_H_
#define INVENTORY_SERVER_BACKGROUND_ATTEMPT_QUEUE_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/mutex.h"
#include "storage/records.h"

namespace inventory::background {

// The events of one activity that are due, by destination. Destinations take turns, and no more than a share of the
// threads works for one of them, so that a slow one leaves room for the others. Thread-safe.
class AttemptQueue {
 public:
  using Key = storage::LowStockEventRecord::Key;

  struct Event {
    Key key;
    std::string destination;  // Empty: none in particular, and no limit.
  };

  // At most `share` events of one destination are under way at once.
  explicit AttemptQueue(int share) : share_(share) {}

  // Replaces all that wait by these, in this order for each destination, but for those that are under way.
  void SetWaiting(std::vector<Event> events);

  // Waits for an event that may be carried out, and takes it; Done must follow. Nothing once stopped.
  std::optional<Event> Take();

  void Done(const Event& event);

  // Whoever waits in Take, or comes to it, gets nothing from now on.
  void Stop();

 private:
  using Destinations = std::map<std::string, std::deque<Key>>;

  Destinations::iterator Next() REQUIRES(mutex_);
  bool HasRoom(const std::string& destination) const REQUIRES(mutex_);

  const int share_;
  storage::Mutex mutex_;
  storage::CondVar changed_;
  Destinations waiting_ GUARDED_BY(mutex_);             // None of the lists is empty.
  std::set<Key> under_way_ GUARDED_BY(mutex_);          //
  std::map<std::string, int> busy_ GUARDED_BY(mutex_);  // How many are under way, by destination; none is 0.
  std::string last_ GUARDED_BY(mutex_);                 // The destination whose turn was last.
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_ATTEMPT_QUEUE_H_
