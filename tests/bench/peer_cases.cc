// What a conventional service makes of the same calls.
#include "absl/strings/str_cat.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {

Case PeerCase(Workload workload, int in_flight) {
  const std::string series = absl::StrCat("p-", ShortName(workload));
  return {.id = absl::StrCat(series, "-", in_flight),
          .series = series,
          .kind = Kind::kPeer,
          .workload = workload,
          .concurrency = in_flight,
          .description = absl::StrCat("conventional service, ", in_flight, " in flight"),
          .run = [=](Site& site, const Timing& timing) {
            return Drive(Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse>{.address = site.peer_address(),
                                                                                    .method = kReserveStock,
                                                                                    .in_flight = in_flight,
                                                                                    .next = RequestsOf(workload),
                                                                                    .check = CheckAnswer},
                         timing);
          }};
}

std::vector<Case> PeerCases() {
  std::vector<Case> cases;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int in_flight : {1, 256}) cases.push_back(PeerCase(workload, in_flight));
  }
  return cases;
}

}  // namespace inventory::bench
