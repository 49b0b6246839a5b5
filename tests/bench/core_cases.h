// The cases of the comparison, each for any number of calls in flight or connections.
#ifndef INVENTORY_TESTS_BENCH_CORE_CASES_H_
#define INVENTORY_TESTS_BENCH_CORE_CASES_H_

#include <functional>

#include "inventory/v1/reservation.pb.h"
#include "tests/bench/cases.h"
#include "tests/bench/raw_sql.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// As many calls in flight as the bars are about.
inline constexpr int kManyInFlight = 256;

// Fills requests for SKUs of the workload. Called by several threads.
std::function<void(v1::ReserveStockRequest&)> RequestsOf(Workload workload);

// (a)
Case EchoCase(int in_flight);

// (b)
Case TransactionsCase(Workload workload, int connections, Travel travel);

// (c): transactions of `batch` reservations.
Case BatchesCase(Workload workload, int connections, int batch);

// (d)
Case ServerCase(Workload workload, int in_flight);

// (p)
Case PeerCase(Workload workload, int in_flight);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CORE_CASES_H_
