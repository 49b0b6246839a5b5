#include "tests/bench/scaling/simulator.h"

#include <algorithm>
#include <utility>

namespace inventory::bench::scaling {

void Simulator::After(double delay_us, Action action) {
  if (free_places_.empty()) {
    free_places_.push_back(actions_.size());
    actions_.emplace_back();
  }
  const std::size_t place = free_places_.back();
  free_places_.pop_back();
  actions_[place] = std::move(action);
  events_.push_back({now_us_ + delay_us, events_so_far_++, place});
  std::push_heap(events_.begin(), events_.end(), std::greater<>());
}

void Simulator::RunUntil(double time_us) {
  while (!events_.empty() && events_.front().time_us <= time_us) {
    const Event event = events_.front();
    std::pop_heap(events_.begin(), events_.end(), std::greater<>());
    events_.pop_back();
    const Action action = std::move(actions_[event.place]);
    free_places_.push_back(event.place);
    now_us_ = event.time_us;
    action();
  }
  now_us_ = time_us;
}

}  // namespace inventory::bench::scaling
