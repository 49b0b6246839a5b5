// The stock that cases reserve from, and what sells it.
#ifndef INVENTORY_TESTS_BENCH_STOCK_H_
#define INVENTORY_TESTS_BENCH_STOCK_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// Of each SKU: more than any run reserves.
inline constexpr int64_t kUnitsOfEachSku = 1'000'000'000'000;

// Makes the warehouse, and the channel that sells from it.
absl::Status Configure(const std::shared_ptr<grpc::Channel>& channel);

// Counts kUnitsOfEachSku of each SKU of the workload.
absl::Status LoadStock(v1::InventoryService::Stub& inventory, Workload workload);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_STOCK_H_
