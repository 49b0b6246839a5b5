// Which cores have the load, and which what serves it.
#ifndef INVENTORY_TESTS_BENCH_CORES_H_
#define INVENTORY_TESTS_BENCH_CORES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace inventory::bench {

struct CoreSplit {
  std::vector<int> load;
  std::vector<int> server;  // And its database.
};

// The cores that a thread may use, in their order; by default the one that calls.
std::vector<int> UsableCores(int thread = 0);

// A quarter of the cores, the last ones and at least one, is for the load. None if there is only one core.
std::optional<CoreSplit> SplitCores(const std::vector<int>& cores);

// For people: "load on core 3, server and database on cores 0, 1 and 2".
std::string Describe(const std::optional<CoreSplit>& split);

// Takes the server's cores from the load as long as it lives: a load that comes whether it is answered or not would
// otherwise take from the server what it lacks in an overload. This program then runs on the load's cores, and the
// processes that serve on the others, with all their threads. All have all cores before and afterwards. Nothing is done
// where there is only one core. There must be one of these at a time.
class LoadApart {
 public:
  // `serving` are ids of processes, which live as long as this does.
  explicit LoadApart(std::vector<int> serving);
  ~LoadApart();
  LoadApart(const LoadApart&) = delete;
  LoadApart& operator=(const LoadApart&) = delete;

  // INTERNAL if it was not possible.
  const absl::Status& status() const { return status_; }
  // How many cores the load has to itself; 0 if it shares all.
  std::size_t load_cores() const { return split_ ? split_->load.size() : 0; }

 private:
  const std::vector<int> serving_;
  const std::vector<int> all_;
  const std::optional<CoreSplit> split_;
  absl::Status status_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CORES_H_
