// Which of the low-stock events that are due a look takes note of.
#ifndef INVENTORY_SERVER_BACKGROUND_DUE_EVENTS_H_
#define INVENTORY_SERVER_BACKGROUND_DUE_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/activities/activity.h"
#include "server/background/attempt_queue.h"
#include "storage/low_stock_repository.h"

namespace inventory::background {

// The events of one activity, read page by page, the longest due first. Of one destination no more than kEnough are
// taken note of, so that one which has stalled and has thousands does not keep out those of others. Not thread-safe.
class DueEvents {
 public:
  // Events of a page.
  static constexpr int64_t kPage = 200;
  // A look reads no further, which limits what it costs.
  static constexpr int kMaxPages = 50;
  // Of one destination. No destination in particular can't stall, and has no limit.
  static constexpr std::size_t kEnough = 50;

  // `activity` may be one that this server does not have, or empty: then no event has a destination.
  explicit DueEvents(const std::string& activity) : activity_(activities::Find(activity)) {}

  void Add(std::vector<storage::DueEvent> page);

  // Whether the next page is to be read: after the last event that was added.
  bool WantsMore() const;
  const storage::DueEvent& last() const { return last_; }

  // All that were taken note of, once.
  std::vector<AttemptQueue::Event> Take() { return std::move(events_); }

 private:
  std::string DestinationOf(const storage::DueEvent& event) const;

  const activities::Activity* const activity_;
  int pages_ = 0;
  bool complete_ = false;
  storage::DueEvent last_;
  std::map<std::string, std::size_t> counts_;  // Of events_, by destination.
  std::vector<AttemptQueue::Event> events_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_DUE_EVENTS_H_
