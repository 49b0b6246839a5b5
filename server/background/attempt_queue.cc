#include "server/background/attempt_queue.h"

#include <utility>

namespace inventory::background {

void AttemptQueue::SetWaiting(std::vector<Event> events) {
  storage::MutexLock lock(mutex_);
  waiting_.clear();
  for (Event& event : events) {
    if (!under_way_.contains(event.key)) waiting_[event.destination].push_back(std::move(event.key));
  }
  changed_.NotifyAll();
}

std::optional<AttemptQueue::Event> AttemptQueue::Take() {
  storage::MutexLock lock(mutex_);
  Destinations::iterator next;
  while (!stopped_ && (next = Next()) == waiting_.end()) changed_.Wait(mutex_);
  if (stopped_) return std::nullopt;
  Event event{std::move(next->second.front()), next->first};
  next->second.pop_front();
  if (next->second.empty()) waiting_.erase(next);
  under_way_.insert(event.key);
  ++busy_[event.destination];
  last_ = event.destination;
  return event;
}

void AttemptQueue::Done(const Event& event) {
  storage::MutexLock lock(mutex_);
  under_way_.erase(event.key);
  if (--busy_[event.destination] == 0) busy_.erase(event.destination);
  changed_.NotifyAll();
}

void AttemptQueue::Stop() {
  storage::MutexLock lock(mutex_);
  stopped_ = true;
  changed_.NotifyAll();
}

// The first one with room after the last one, and from the start again.
AttemptQueue::Destinations::iterator AttemptQueue::Next() {
  const auto after = waiting_.upper_bound(last_);
  for (auto it = after; it != waiting_.end(); ++it) {
    if (HasRoom(it->first)) return it;
  }
  for (auto it = waiting_.begin(); it != after; ++it) {
    if (HasRoom(it->first)) return it;
  }
  return waiting_.end();
}

bool AttemptQueue::HasRoom(const std::string& destination) const {
  const auto busy = busy_.find(destination);
  return destination.empty() || busy == busy_.end() || busy->second < share_;
}

}  // namespace inventory::background
