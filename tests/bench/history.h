// Databases that have been in use for a while: many SKUs, each with a history.
#ifndef INVENTORY_TESTS_BENCH_HISTORY_H_
#define INVENTORY_TESTS_BENCH_HISTORY_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "storage/connection.h"
#include "tests/bench/stock.h"

namespace inventory::bench {

// What these SKUs, and no others, begin with.
inline constexpr char kHistoryPrefix[] = "history-";

// What each of them has behind it: a count and corrections, orders that were cancelled and orders that wait for their
// shipment.
inline constexpr int kHistoryMovements = 10;
inline constexpr int kHistoryReservations = 4;
inline constexpr int kHistoryReserved = 2;

// What each of them has available in the end.
inline constexpr std::array<int64_t, 3> kHistoryCorrections = {12, -1, 3};
inline constexpr int64_t kHistoryAvailable =
    kUnitsOfEachSku + kHistoryCorrections[0] + kHistoryCorrections[1] + kHistoryCorrections[2] - kHistoryReserved;

// The SKU with this number, from 0 and below 10 million.
std::string HistorySku(int64_t number);

// The number in such a SKU.
std::size_t NumberOfHistorySku(const std::string& sku);

// "10k" or "1m": a name for so many SKUs.
std::string ShortCount(int64_t skus);

// How much memory for pages holds the tables of so many SKUs and what a run adds to them, in MiB; but at most half of
// the machine's memory.
int BufferPoolMib(int64_t skus);

// Makes SKUs 0 to skus - 1. The first one lives its life through the server; its rows are then copied for the others,
// with SKUs, ids and references of their own and of the same length, by two connections. `report` hears how far it is.
absl::Status FillHistory(v1::InventoryService::Stub& inventory, const storage::DatabaseOptions& database, int64_t skus,
                         const std::function<void(const std::string&)>& report);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_HISTORY_H_
