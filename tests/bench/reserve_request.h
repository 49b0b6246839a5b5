// The call that is measured.
#ifndef INVENTORY_TESTS_BENCH_RESERVE_REQUEST_H_
#define INVENTORY_TESTS_BENCH_RESERVE_REQUEST_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "inventory/v1/reservation.pb.h"
#include "tests/bench/flow.h"

namespace inventory::bench {

inline constexpr Method<v1::ReserveStockRequest, v1::ReserveStockResponse> kReserveStock(
    "/inventory.v1.InventoryService/ReserveStock");

// Makes it an order of one unit under a fresh request id and order number, held for longer than any run takes.
// `request` is empty or one that this function has filled before.
void FillRequest(const std::string& sku, v1::ReserveStockRequest& request);

// The same for one unit of each of several SKUs, which must be as many as `request` was filled with before.
void FillRequest(absl::Span<const std::string> skus, v1::ReserveStockRequest& request);

// INTERNAL unless exactly what was asked for is held, for this order and no other.
absl::Status CheckAnswer(const v1::ReserveStockRequest& request, const v1::ReserveStockResponse& response);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_RESERVE_REQUEST_H_
