#include "tests/bench/scaling/study.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"

namespace inventory::bench::scaling {
namespace {

constexpr uint32_t kSkus = 1'000'000;
constexpr double kZipfExponent = 1.0;

// How long it takes to settle, and how long is then measured.
struct Duration {
  double warmup_us;
  double measured_us;
};
constexpr Duration kShort = {.warmup_us = 50'000, .measured_us = 100'000};
// Until callers have gathered at the SKUs that all wait for. The more there are, the longer it takes: see WithNodes.
constexpr Duration kLong = {.warmup_us = 1'000'000, .measured_us = 500'000};
// Batches of one SKU, one after another: a few dozen in a second.
constexpr Duration kLongest = {.warmup_us = 1'000'000, .measured_us = 2'000'000};

// A server for each node.
Scenario WithNodes(int nodes, uint64_t seed, const CommitKind& commit, const Duration& duration) {
  constexpr double kNodesThatSettle = 16;
  return {.nodes = nodes,
          .replication_us = commit.replication_us,
          .servers = nodes,
          .warmup_us = duration.warmup_us * std::max(1.0, nodes / kNodesThatSettle),
          .measured_us = duration.measured_us,
          .seed = seed};
}

template <typename Values>
Curve CurveOf(std::string name, const Values& values, const std::function<Outcome(int)>& outcome_of) {
  Curve curve = {.name = std::move(name)};
  for (const int value : values) curve.points.emplace_back(value, outcome_of(value));
  return curve;
}

// For each kind of commit.
std::vector<Curves> ForCommits(const std::function<std::vector<Curve>(const CommitKind&)>& curves_of) {
  std::vector<Curves> all;
  for (const CommitKind& commit : CommitKinds()) all.push_back({commit, curves_of(commit)});
  return all;
}

}  // namespace

std::vector<CommitKind> CommitKinds() {
  return {{.name = "commit on local disks, as measured", .replication_us = 0},
          {.name = "commit replicated in 1 ms", .replication_us = 1000}};
}

std::vector<Check> CheckAgainst(const std::vector<Measured>& all, uint64_t seed) {
  constexpr uint32_t kBenchSkus = 10'000;
  std::vector<Check> checks;
  for (const Measured& measured : all) {
    const Scenario scenario = {.node_cores = 2,
                               .servers = measured.servers,
                               .lanes = 3,
                               .callers = measured.in_flight / measured.servers,
                               .one_machine = true,
                               .warmup_us = 300'000,
                               .measured_us = 1'000'000,
                               .seed = seed};
    checks.push_back({measured, Simulate(scenario, Load::Uniform(measured.hot ? 1 : kBenchSkus))});
  }
  return checks;
}

std::vector<Curves> AgainstNodes(uint64_t seed) {
  const Load uniform = Load::Uniform(kSkus);
  const Load zipf = Load::Zipf(kSkus, kZipfExponent);
  const Load hot = Load::Uniform(1);
  return ForCommits([&](const CommitKind& commit) {
    const auto curve = [&](const char* name, const Load& load, const Duration& duration, const Scenario& like) {
      Curve curve = CurveOf(name, kNodes, [&](int nodes) {
        Scenario scenario = WithNodes(nodes, seed, commit, duration);
        scenario.by_sku = like.by_sku;
        scenario.rising_ids = like.rising_ids;
        return Simulate(scenario, load);
      });
      curve.dashed = like.rising_ids;
      return curve;
    };
    return std::vector<Curve>{
        curve("uniform, by SKU", uniform, kShort, {.by_sku = true}),
        curve("uniform, rising ids", uniform, kShort, {.rising_ids = true, .by_sku = true}),
        curve("uniform, any server", uniform, kShort, {}),
        curve("Zipf, by SKU", zipf, kLong, {.by_sku = true}),
        curve("Zipf, any server", zipf, kLong, {}),
        curve("one hot SKU", hot, kLongest, {}),
    };
  });
}

std::vector<Curves> AgainstBatches(uint64_t seed) {
  const Load hot = Load::Uniform(1);
  return ForCommits([&](const CommitKind& commit) {
    return std::vector<Curve>{CurveOf("one hot SKU", kBatches, [&](int batch) {
      Scenario scenario = WithNodes(1, seed, commit, kLongest);
      scenario.max_batch = batch;
      scenario.callers = 4 * batch;
      return Simulate(scenario, hot);
    })};
  });
}

std::vector<Curves> AgainstParts(uint64_t seed) {
  return ForCommits([&](const CommitKind& commit) {
    std::vector<Curve> curves;
    for (const bool by_sku : {true, false}) {
      curves.push_back(CurveOf(by_sku ? "each part on one server" : "any server", kParts, [&](int parts) {
        Scenario scenario = WithNodes(kPartNodes, seed, commit, kLong);
        scenario.by_sku = by_sku;
        return Simulate(scenario, Load::Parts(static_cast<uint32_t>(parts)));
      }));
    }
    return curves;
  });
}

}  // namespace inventory::bench::scaling
