// Time that passes from event to event.
#ifndef INVENTORY_TESTS_BENCH_SCALING_SIMULATOR_H_
#define INVENTORY_TESTS_BENCH_SCALING_SIMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace inventory::bench::scaling {

// The clock and all that is still to happen. What is due at the same moment happens in the order in which it was asked
// for, so that a run is the same every time. Not thread-safe.
class Simulator {
 public:
  using Action = std::function<void()>;

  double now_us() const { return now_us_; }

  // Lets something happen after so long, 0 or more.
  void After(double delay_us, Action action);

  // Lets happen all that is due until then.
  void RunUntil(double time_us);

 private:
  struct Event {
    double time_us;
    uint64_t number;
    std::size_t place;  // Of its action.

    bool operator>(const Event& other) const {
      return time_us > other.time_us || (time_us == other.time_us && number > other.number);
    }
  };

  double now_us_ = 0;
  uint64_t events_so_far_ = 0;
  std::vector<Event> events_;  // A heap with the first at its front.
  // Not in the heap, where they would be moved again and again.
  std::vector<Action> actions_;
  std::vector<std::size_t> free_places_;
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_SIMULATOR_H_
