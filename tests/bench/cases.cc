#include "tests/bench/cases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/echo_server.h"
#include "tests/bench/load.h"
#include "tests/bench/raw_sql.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {
namespace {

const char* ShortName(Workload workload) { return workload == Workload::kHot ? "hot" : "uniform"; }

// Requests of the workload, drawn by several threads.
std::function<void(v1::ReserveStockRequest&)> Requests(Workload workload) {
  return [workload](v1::ReserveStockRequest& request) {
    thread_local std::map<Workload, SkuSource> sources;
    FillRequest(sources.try_emplace(workload, workload).first->second.Next(), request);
  };
}

Case Echo(int in_flight) {
  return {.id = absl::StrCat("a-", in_flight),
          .kind = Kind::kEcho,
          .workload = {},
          .concurrency = in_flight,
          .description = absl::StrCat("gRPC echo, ", in_flight, " in flight"),
          .run = [in_flight](Site& site, const Timing& timing) {
            using Message = v1::ReserveStockRequest;
            return Drive(
                Traffic<Message, Message>{.address = site.echo_address(),
                                          .method = kEchoMethod,
                                          .in_flight = in_flight,
                                          .next = Requests(Workload::kUniform),
                                          .check =
                                              [](const Message& request, const Message& response) {
                                                const bool same = request.request_id() == response.request_id();
                                                return same ? absl::OkStatus() : absl::InternalError("a wrong echo");
                                              }},
                timing);
          }};
}

Case Transactions(Workload workload, int connections, Travel travel) {
  const std::string way = travel == Travel::kSingly ? "singly" : "packed";
  return {.id = absl::StrCat("b-", ShortName(workload), "-", connections, "-", way),
          .kind = Kind::kTransactions,
          .workload = workload,
          .concurrency = connections,
          .description = absl::StrCat("raw SQL, one transaction each, ", way, ", ", connections,
                                      connections == 1 ? " connection" : " connections"),
          .run = [=](Site& site, const Timing& timing) {
            return RunTransactions(site.database(), site.pattern(), workload, connections, travel, timing);
          }};
}

Case Batches(Workload workload, int connections, int batch) {
  return {.id = absl::StrCat("c-", ShortName(workload), "-", batch, "x", connections),
          .kind = Kind::kBatches,
          .workload = workload,
          .concurrency = connections,
          .description = absl::StrCat("raw SQL, batches of ", batch, ", ", connections,
                                      connections == 1 ? " connection" : " connections"),
          .run = [=](Site& site, const Timing& timing) {
            return RunBatches(site.database(), site.pattern(), workload, connections, batch, timing);
          }};
}

Case Server(Workload workload, int in_flight) {
  return {.id = absl::StrCat("d-", ShortName(workload), "-", in_flight),
          .kind = Kind::kServer,
          .workload = workload,
          .concurrency = in_flight,
          .description = absl::StrCat("ReserveStock, ", in_flight, " in flight"),
          .run = [=](Site& site, const Timing& timing) {
            return Drive(
                Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse>{
                    .address = site.server_address(),
                    .method = "/inventory.v1.InventoryService/ReserveStock",
                    .in_flight = in_flight,
                    .next = Requests(workload),
                    .check = CheckAnswer},
                timing);
          }};
}

Cpu CpuForOne(const Cpu& before, const Cpu& after, int64_t operations) {
  const double microseconds = 1e6 / static_cast<double>(std::max<int64_t>(operations, 1));
  return {.client = (after.client - before.client) * microseconds,
          .server = (after.server - before.server) * microseconds,
          .database = (after.database - before.database) * microseconds};
}

absl::Status RunOnce(Site& site, const Timing& timing, Result& result) {
  const Case& what = result.what;
  absl::StatusOr<BatchFigures> before = site.ReadBatchFigures();
  if (!before.ok()) return before.status();
  const Cpu idle = site.ReadCpu();
  absl::StatusOr<Sample> sample = what.run(site, timing);
  if (!sample.ok()) return sample.status();
  sample->cpu_us = CpuForOne(idle, site.ReadCpu(), sample->acknowledged);
  result.rounds.push_back(*sample);
  if (!what.workload) return absl::OkStatus();
  site.Acknowledge(*what.workload, sample->acknowledged);
  if (what.kind != Kind::kServer) return absl::OkStatus();
  absl::StatusOr<BatchFigures> after = site.ReadBatchFigures();
  if (!after.ok()) return after.status();
  result.batches = Together(result.batches, Between(*before, *after));
  return site.CheckReserved(*what.workload);
}

}  // namespace

std::vector<Case> AllCases() {
  std::vector<Case> cases = {Echo(1), Echo(256)};
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int connections : {1, 16}) {
      cases.push_back(Transactions(workload, connections, Travel::kSingly));
      cases.push_back(Transactions(workload, connections, Travel::kPacked));
    }
    for (const int batch : {64, 256}) {
      for (const int connections : {1, 2, 4}) cases.push_back(Batches(workload, connections, batch));
    }
    for (const int in_flight : {1, 256}) cases.push_back(Server(workload, in_flight));
  }
  return cases;
}

absl::StatusOr<std::vector<Result>> RunCases(Site& site, const std::vector<Case>& cases, int rounds,
                                             const Timing& timing,
                                             const std::function<void(const std::string&)>& report) {
  std::vector<Result> results;
  for (const Case& what : cases) results.push_back({.what = what, .rounds = {}, .batches = {}});
  for (int round = 1; round <= rounds; ++round) {
    for (Result& result : results) {
      absl::Status status = RunOnce(site, timing, result);
      if (!status.ok()) return absl::Status(status.code(), absl::StrCat(result.what.id, ": ", status.message()));
      report(absl::StrFormat("round %d of %d  %-20s %8.0f /s", round, rounds, result.what.id,
                             result.rounds.back().per_second));
    }
  }
  return results;
}

double MedianOf(const Result& result, double Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) values.push_back(sample.*figure);
  return Median(std::move(values));
}

Cpu MedianCpu(const Result& result) {
  const auto median = [&result](double Cpu::*figure) {
    std::vector<double> values;
    for (const Sample& sample : result.rounds) values.push_back(sample.cpu_us.*figure);
    return Median(std::move(values));
  };
  return {.client = median(&Cpu::client), .server = median(&Cpu::server), .database = median(&Cpu::database)};
}

}  // namespace inventory::bench
