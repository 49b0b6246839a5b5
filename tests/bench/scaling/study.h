// What is simulated.
#ifndef INVENTORY_TESTS_BENCH_SCALING_STUDY_H_
#define INVENTORY_TESTS_BENCH_SCALING_STUDY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/scaling/cluster.h"
#include "tests/bench/scaling/measured.h"

namespace inventory::bench::scaling {

// The same once measured and once simulated.
struct Check {
  Measured measured;
  Outcome simulated;

  // How much more was simulated, as a share of what was measured.
  double Off() const { return simulated.per_second / measured.per_second - 1; }
};
std::vector<Check> CheckAgainst(const std::vector<Measured>& all, uint64_t seed);

struct CommitKind {
  std::string name;
  double replication_us = 0;
};
// On the disk of each node, and until others have it as well, within a region.
std::vector<CommitKind> CommitKinds();

// Throughput against something that is varied.
struct Curve {
  std::string name;
  bool dashed = false;  // The same as the one before, but for a detail.
  std::vector<std::pair<int, Outcome>> points = {};
};
struct Curves {
  CommitKind commit;
  std::vector<Curve> curves;
};

// Against the nodes of the database, with a server for each.
inline constexpr int kNodes[] = {1, 2, 4, 8, 16, 32};
std::vector<Curves> AgainstNodes(uint64_t seed);

// One SKU, against the most commands of a batch, on one node.
inline constexpr int kBatches[] = {32, 64, 128, 256, 512, 1024};
std::vector<Curves> AgainstBatches(uint64_t seed);

// One SKU's stock as so many SKUs, on kPartNodes nodes.
inline constexpr int kParts[] = {1, 2, 4, 8, 16, 32};
inline constexpr int kPartNodes = 8;
std::vector<Curves> AgainstParts(uint64_t seed);

struct Findings {
  uint64_t seed = 0;
  std::vector<Check> checks;
  std::vector<Curves> nodes;
  std::vector<Curves> batches;
  std::vector<Curves> parts;
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_STUDY_H_
