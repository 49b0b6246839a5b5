// Databases that have been in use for a while: many SKUs, each with a history.
#ifndef INVENTORY_TESTS_BENCH_HISTORY_H_
#define INVENTORY_TESTS_BENCH_HISTORY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "storage/connection.h"

namespace inventory::bench {

// What these SKUs, and no others, begin with.
inline constexpr char kHistoryPrefix[] = "history-";

// What each of them has behind it: a count and corrections, orders that were cancelled and orders that wait for their
// shipment.
inline constexpr int kHistoryMovements = 10;
inline constexpr int kHistoryReservations = 4;
inline constexpr int kHistoryReserved = 2;

// The SKU with this number, from 0 and below 10 million.
std::string HistorySku(int64_t number);

// "10k" or "1m": a name for so many SKUs.
std::string ShortCount(int64_t skus);

// Makes SKUs 0 to skus - 1. The first one lives its life through the server; its rows are then copied for the others,
// with SKUs, ids and references of their own and of the same length, by two connections. `report` hears how far it is.
absl::Status FillHistory(v1::InventoryService::Stub& inventory, const storage::DatabaseOptions& database, int64_t skus,
                         const std::function<void(const std::string&)>& report);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_HISTORY_H_
