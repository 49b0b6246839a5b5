// The queue of a server.
#ifndef INVENTORY_TESTS_BENCH_SCALING_LANE_QUEUE_H_
#define INVENTORY_TESTS_BENCH_SCALING_LANE_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tests/bench/scaling/load.h"

namespace inventory::bench::scaling {

// What server/pipeline/command_queue.h does for reservations of one SKU, but with room for any number: a lane takes all
// that wait and whose SKUs no other lane of the server has in flight, first in first out, up to a limit.
class LaneQueue {
 public:
  explicit LaneQueue(std::size_t max_batch) : max_batch_(max_batch) {}

  void Push(Sku sku);
  // The SKU of each command that is taken, in their order. Each is in flight from then on.
  std::vector<Sku> Take();
  // Says that SKUs, each of them named once, are not in flight any more.
  void Release(const std::vector<Sku>& skus);

  // Whether there is something that could be taken.
  bool ready() const { return !ready_.empty(); }

 private:
  // Commands are numbered in the order of their coming.
  using Number = uint64_t;
  // A SKU that is not in flight, behind the number of its first command.
  using Ready = std::pair<Number, Sku>;

  const std::size_t max_batch_;
  Number next_ = 0;
  // The commands of each SKU that is in flight or has some.
  absl::flat_hash_map<Sku, std::vector<Number>> waiting_;
  std::vector<Ready> ready_;  // A heap with the least at its front.
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_LANE_QUEUE_H_
