// A small shop for the tests of rules.
#ifndef INVENTORY_TESTS_UNIT_RULE_FIXTURE_H_
#define INVENTORY_TESTS_UNIT_RULE_FIXTURE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "inventory/v1/stock.pb.h"
#include "storage/records.h"
#include "tests/unit/rule_runner.h"

namespace inventory {

// An answer in words: "OK", or the code, the reason, the metadata in order of their keys, and the fields with
// violations, for example "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a".
std::string Answer(const absl::Status& status);
template <typename T>
std::string Answer(const absl::StatusOr<T>& result) {
  return Answer(result.status());
}

// Copies of all rows of a table.
template <typename Record>
std::vector<Record> Copy(const pipeline::Table<Record>& table) {
  std::vector<Record> copies;
  for (const Record* record : table.All()) copies.push_back(*record);
  return copies;
}

// The active warehouses w1, w2 and w3, and the channel "shop" that sells from them in this order.
class RuleTest : public testing::Test {
 protected:
  // SKU and quantity each.
  using Lines = std::vector<std::pair<std::string, int64_t>>;

  RuleTest();

  void AddWarehouse(const std::string& id, bool active = true);
  void AddChannel(const std::string& id, const std::vector<std::string>& warehouses, bool active = true);
  // The warehouse for changing.
  storage::WarehouseRecord& Warehouse(const std::string& id) { return runner_.rows.warehouses.Edit(id); }
  // The SKU's configuration for changing; made if there is none.
  storage::ItemRecord& Item(const std::string& sku);

  // Counts the level.
  void Stock(const std::string& sku, const std::string& warehouse_id, int64_t on_hand);

  // A reservation that must succeed, for 15 minutes or for good.
  void Hold(const std::string& id, const Lines& lines);
  void Commit(const std::string& id, const Lines& lines);

  // Requests for more particular wishes.
  static v1::ReserveStockRequest Order(const std::string& id, const Lines& lines);
  static v1::CreateShipmentRequest Parcel(const std::string& id, const std::string& reservation_id,
                                          const std::string& warehouse_id, const Lines& lines = {});
  static v1::CreateShipmentRequest Anywhere(v1::CreateShipmentRequest request) {
    request.set_allow_reallocation(true);
    return request;
  }

  absl::StatusOr<v1::ReserveStockResponse> Reserve(const v1::ReserveStockRequest& request);
  absl::StatusOr<v1::ConfirmReservationResponse> Confirm(const std::string& id, const std::string& etag = "");
  absl::StatusOr<v1::ExtendReservationResponse> Extend(const std::string& id, absl::Duration ttl,
                                                       const std::string& etag = "");
  absl::StatusOr<v1::AmendReservationResponse> Amend(const std::string& id, const Lines& lines,
                                                     const std::string& etag = "");
  absl::StatusOr<v1::CancelReservationResponse> Cancel(const std::string& id, const Lines& lines = {},
                                                       const std::string& etag = "");
  absl::StatusOr<v1::CreateShipmentResponse> CreateShipment(const v1::CreateShipmentRequest& request);
  absl::StatusOr<v1::MarkShipmentReadyResponse> MarkReady(const std::string& id, const std::string& etag = "");
  absl::StatusOr<v1::ShipShipmentResponse> Ship(const std::string& id, const std::string& etag = "");
  absl::StatusOr<v1::DeliverShipmentResponse> Deliver(const std::string& id, const std::string& etag = "");
  absl::StatusOr<v1::CancelShipmentResponse> CancelShipment(const std::string& id, const std::string& etag = "");

  // Everything stored that units are counted in, but for numbers and times.
  struct Stored {
    std::map<storage::LevelRecord::Key, storage::Quantities> levels;
    std::vector<storage::ReservationLineRecord> lines;
    std::vector<storage::AllocationRecord> allocations;  // Those with units.
    std::vector<storage::ReservationState> states;
    bool operator==(const Stored&) const = default;
  };
  Stored Now() const;

  // What is stored; all zero if there is no such row.
  storage::Quantities At(const std::string& sku, const std::string& warehouse_id) const;
  storage::ReservationLineRecord LineOf(const std::string& id, const std::string& sku) const;
  storage::AllocationRecord PartOf(const std::string& id, const std::string& sku,
                                   const std::string& warehouse_id) const;
  storage::ReservationState StateOf(const std::string& id) const;
  // Units reserved in each warehouse, where there are any.
  std::vector<std::pair<std::string, int64_t>> ReservedIn(const std::string& id, const std::string& sku) const;

  RuleRunner runner_;
};

}  // namespace inventory

#endif  // INVENTORY_TESTS_UNIT_RULE_FIXTURE_H_
