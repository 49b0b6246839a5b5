#include "tests/unit/bench/made_up_run.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::bench {
namespace {

Result Server(const std::string& workload, int in_flight, double per_second, double p50_ms) {
  Result result = MadeUp(absl::StrCat("d-", workload, "-", in_flight), per_second, p50_ms);
  result.what.series = absl::StrCat("d-", workload);
  result.what.concurrency = in_flight;
  result.what.description = absl::StrCat("ReserveStock, ", in_flight, " in flight");
  result.batches = {.batches = 100,
                    .commands = 2000,
                    .seconds = 1,
                    .commit_seconds = 0.5,
                    .retries = 0,
                    .by_commands = {{1, 10}, {2, 20}, {4, 70}, {8, 0}}};
  return result;
}

Result Peer(const std::string& workload, int in_flight, double per_second, double p50_ms) {
  Result result = Server(workload, in_flight, per_second, p50_ms);
  result.what.id[0] = result.what.series[0] = 'p';
  result.what.kind = Kind::kPeer;
  result.batches = {};
  return result;
}

Result Raw(const std::string& id, const std::string& series, int connections, double per_second, double p50_ms) {
  Result result = MadeUp(id, per_second, p50_ms);
  result.what.series = series;
  result.what.concurrency = connections;
  return result;
}

Result At(Place place, Result result) {
  result.what.place = place;
  return result;
}

Result OfSize(double skus, Result result) {
  for (Sample& sample : result.rounds) sample.more["skus"] = skus;
  return result;
}

void AddCore(const std::string& workload, double best, std::vector<Result>& run) {
  run.push_back(Raw(absl::StrCat("b-", workload, "-1-packed"), absl::StrCat("b-", workload, "-packed"), 1, 400, 2.5));
  run.push_back(Raw(absl::StrCat("b-", workload, "-16-packed"), absl::StrCat("b-", workload, "-packed"), 16, 500, 32));
  run.push_back(Raw(absl::StrCat("c-", workload, "-64x1"), "c", 1, 6000, 10));
  run.push_back(Raw(absl::StrCat("c-", workload, "-256x4"), "c", 4, 10'000, 100));
  run.push_back(Server(workload, 1, 300, 3));
  run.push_back(Server(workload, 64, best / 2, 20));
  run.push_back(Server(workload, 256, best, 50));
  run.push_back(Peer(workload, 1, 320, 3));
  run.push_back(Peer(workload, 256, 600, 400));
}

Result Open(const std::string& series, int percent, double served, double refused) {
  Result result = MadeUp(absl::StrCat(series, "-", percent), served, 10);
  result.what.workload = series == "open-hot" ? Workload::kHot : Workload::kUniform;
  result.what.concurrency = 0;
  for (Sample& sample : result.rounds) {
    sample.offered_per_second = served + refused;
    sample.refused_per_second = refused;
    if (refused > 0) sample.refused_p50_ms = 4;
    sample.more["peak_per_second"] = 5000;
    sample.more["target_per_second"] = 50.0 * percent;
    sample.more["offered_percent"] = (served + refused) / 50;
    for (const char* name : {"unsent_per_second", "send_lag_p99_ms", "outstanding_most", "from_send_p50_ms"}) {
      sample.more[name] = 1;
    }
  }
  return result;
}

}  // namespace

Result MadeUp(const std::string& id, double per_second, double p50_ms) {
  Result result;
  result.what.id = id;
  const std::string kinds = "abcdp";
  const bool other = id.size() < 2 || id[1] != '-' || kinds.find(id[0]) == std::string::npos;
  result.what.kind = other ? Kind::kOther : static_cast<Kind>(id[0]);
  if (absl::StrContains(id, "-hot")) result.what.workload = Workload::kHot;
  if (absl::StrContains(id, "-uniform-")) result.what.workload = Workload::kUniform;
  result.what.description = absl::StrCat("case ", id);
  result.what.concurrency = 1;
  result.timing = MadeUpFacts().timing;
  for (const double factor : {1.0, 0.98, 1.04}) {
    result.rounds.push_back({.per_second = factor * per_second,
                             .p50_ms = p50_ms,
                             .p99_ms = 2 * p50_ms,
                             .p999_ms = 3 * p50_ms,
                             .acknowledged = 1000,
                             .more = {{"server_memory_mib", 57 * factor}},
                             .cpu_us = {.client = 80, .server = 110, .database = 120}});
  }
  return result;
}

std::vector<Result> MadeUpRun() {
  std::vector<Result> run = {Raw("a-1", "a", 1, 3000, 0.3), Raw("a-64", "a", 64, 16'000, 4),
                             Raw("a-256", "a", 256, 20'000, 12)};
  AddCore("hot", 5000, run);
  AddCore("uniform", 4000, run);
  run.push_back(MadeUp("zipf-256", 1500, 100));
  for (Sample& sample : run.back().rounds) sample.more["lines_per_second"] = 3 * sample.per_second;
  run.push_back(MadeUp("read-20", 12'000, 5));
  for (const char* series : {"open-hot", "open"}) {
    run.push_back(Open(series, 50, 2500, 0));
    run.push_back(Open(series, 80, 4000, 0));
    run.push_back(Open(series, 200, 4500, 5500));
  }
  run.push_back(At(Place::kSmall, OfSize(10'000, MadeUp("growth-10k", 4000, 60))));
  run.push_back(At(Place::kLarge, OfSize(1'000'000, MadeUp("growth-1m", 3400, 70))));
  run.push_back(At(Place::kSmall, OfSize(10'000, MadeUp("growth-read-10k", 9000, 4))));
  run.push_back(At(Place::kImport, MadeUp("import-new", 40'000, 0)));
  run.push_back(At(Place::kReplicas, MadeUp("replicas-2-hot", 4200, 60)));
  run.push_back(At(Place::kMySql, MadeUp("mysql-d-hot-256", 3000, 80)));
  run.push_back(At(Place::kMySql, MadeUp("mysql-b-hot-16-packed", 400, 40)));
  return run;
}

RunFacts MadeUpFacts() {
  return {.facts = {{"machine", "2 cores, a \"fast\" one"},
                    {"file system", "ext4"},
                    {"MariaDB", "version=1, innodb_flush_log_at_trx_commit=1"}},
          .rounds = 3,
          .timing = {.warmup = absl::Milliseconds(500), .measured = absl::Milliseconds(2500)}};
}

}  // namespace inventory::bench
