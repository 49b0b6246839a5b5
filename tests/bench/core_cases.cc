#include "tests/bench/core_cases.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/echo_server.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {

std::function<void(v1::ReserveStockRequest&)> RequestsOf(Workload workload) {
  return [workload](v1::ReserveStockRequest& request) {
    thread_local std::map<Workload, SkuSource> sources;
    FillRequest(sources.try_emplace(workload, workload).first->second.Next(), request);
  };
}

Case EchoCase(int in_flight) {
  return {.id = absl::StrCat("a-", in_flight),
          .series = "a",
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
                                          .next = RequestsOf(Workload::kUniform),
                                          .check =
                                              [](const Message& request, const Message& response) {
                                                const bool same = request.request_id() == response.request_id();
                                                return same ? absl::OkStatus() : absl::InternalError("a wrong echo");
                                              }},
                timing);
          }};
}

Case TransactionsCase(Workload workload, int connections, Travel travel) {
  const std::string way = travel == Travel::kSingly ? "singly" : "packed";
  return {.id = absl::StrCat("b-", ShortName(workload), "-", connections, "-", way),
          .series = absl::StrCat("b-", ShortName(workload), "-", way),
          .kind = Kind::kTransactions,
          .workload = workload,
          .concurrency = connections,
          .description = absl::StrCat("raw SQL transactions, ", way, ", ", connections,
                                      connections == 1 ? " connection" : " connections"),
          .run = [=](Site& site, const Timing& timing) {
            return RunTransactions(site.database(), site.pattern(), workload, connections, travel, timing);
          }};
}

Case BatchesCase(Workload workload, int connections, int batch) {
  return {.id = absl::StrCat("c-", ShortName(workload), "-", batch, "x", connections),
          .series = absl::StrCat("c-", ShortName(workload), "-", batch),
          .kind = Kind::kBatches,
          .workload = workload,
          .concurrency = connections,
          .description = absl::StrCat("raw SQL batches of ", batch, ", ", connections,
                                      connections == 1 ? " connection" : " connections"),
          .run = [=](Site& site, const Timing& timing) {
            return RunBatches(site.database(), site.pattern(), workload, connections, batch, timing);
          }};
}

Case ServerCase(Workload workload, int in_flight) {
  return {.id = absl::StrCat("d-", ShortName(workload), "-", in_flight),
          .series = absl::StrCat("d-", ShortName(workload)),
          .kind = Kind::kServer,
          .workload = workload,
          .concurrency = in_flight,
          .description = absl::StrCat("ReserveStock, ", in_flight, " in flight"),
          .run = [=](Site& site, const Timing& timing) {
            return Drive(Traffic<v1::ReserveStockRequest, v1::ReserveStockResponse>{.address = site.server_address(),
                                                                                    .method = kReserveStock,
                                                                                    .in_flight = in_flight,
                                                                                    .next = RequestsOf(workload),
                                                                                    .check = CheckAnswer},
                         timing);
          }};
}

std::vector<Case> CoreCases() {
  std::vector<Case> cases = {EchoCase(1), EchoCase(kManyInFlight)};
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    for (const int connections : {1, 16}) {
      cases.push_back(TransactionsCase(workload, connections, Travel::kSingly));
      cases.push_back(TransactionsCase(workload, connections, Travel::kPacked));
    }
    for (const int batch : {64, 256}) {
      for (const int connections : {1, 2, 4}) cases.push_back(BatchesCase(workload, connections, batch));
    }
    for (const int in_flight : {1, kManyInFlight}) cases.push_back(ServerCase(workload, in_flight));
  }
  return cases;
}

}  // namespace inventory::bench
