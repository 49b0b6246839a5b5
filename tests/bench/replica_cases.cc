// Two servers on one database: the same load on one of them, and half of it on each.
#include <map>

#include "absl/strings/str_cat.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/bench/cases.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/site.h"

namespace inventory::bench {
namespace {

constexpr int kReplicaInFlight = 256;
constexpr int kThreads = 2;  // Each has a server, or both the same.

Case ReplicasCase(Workload workload, int servers) {
  const bool hot = workload == Workload::kHot;
  return {.id = absl::StrCat("replicas-", servers, hot ? "-hot" : "-uniform"),
          .series = "",
          .kind = Kind::kOther,
          .workload = workload,
          .concurrency = kReplicaInFlight,
          .description = absl::StrCat(servers == 1 ? "all calls to one server" : "half of the calls to each server",
                                      ", ", kReplicaInFlight, " in flight"),
          .run =
              [=](Site& site, const Timing& timing) {
                return Measure(kThreads, timing, [&](int thread, const Window& window, Recorder& recorder) {
                  Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse> traffic{
                      .address = site.server_address(static_cast<std::size_t>(thread % servers)),
                      .method = kReserveStock,
                      .next = RequestsOf(workload),
                      .check = CheckAnswer};
                  Client client(traffic.address);
                  Load load(client, window, recorder);
                  for (int i = 0; i < kReplicaInFlight / kThreads; ++i) RepeatCall(traffic, load);
                  client.NoMoreFlows();
                  client.Run();
                  return load.error();
                });
              },
          .place = Place::kReplicas};
}

}  // namespace

std::vector<Case> ReplicaCases() {
  std::vector<Case> cases;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int servers : {1, 2}) cases.push_back(ReplicasCase(workload, servers));
  }
  return cases;
}

}  // namespace inventory::bench
