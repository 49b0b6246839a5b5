// A page of a list reads about as many rows as it gives, however many others there are: an index has them in order.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/backorder_repository.h"
#include "storage/movement_repository.h"
#include "storage/quota_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

// The first rows are "early" and look common, yet there are none later. Of the last ones every kRareRow-th is "rare".
// So a walk through all rows has to go far for the last page of the former, and for any page of the latter.
constexpr int kRowsOfList = 4000;
constexpr int kEarly = 1500;
constexpr int kRareRow = 400;
constexpr int64_t kPage = 3;
// What a page may read. The statements that count it read rows too: MySQL keeps its counters in tables.
constexpr int64_t kMostReadsOfPage = 2000;

std::string Which(int i) {
  if (i < kEarly) return "early";
  return i >= kRowsOfList / 2 && i % kRareRow == 0 ? "rare" : absl::StrCat("other", i % 2);
}

class ListReadsTest : public RepositoriesTest {
 protected:
  void SetUp() override {
    RepositoriesTest::SetUp();
    std::vector<ReservationRecord> reservations;
    std::vector<ReservationLineRecord> lines;
    std::vector<AllocationRecord> allocations;
    std::vector<BackorderRecord> backorders;
    std::vector<ShipmentRecord> shipments;
    std::vector<ShipmentLineRecord> shipment_lines;
    std::vector<ReturnRecord> returns;
    std::vector<ReturnLineRecord> return_lines;
    std::vector<ReplenishmentRecord> replenishments;
    std::vector<TransferRecord> transfers;
    std::vector<TransferLineRecord> transfer_lines;
    std::vector<QuotaRecord> quotas;
    std::vector<MovementRecord> movements;
    for (int i = 0; i < kRowsOfList; ++i) {
      const std::string id = absl::StrFormat("r%05d", i);
      const std::string which = Which(i);
      ReservationRecord reservation = Reservation(id, ReservationState::kCommitted);
      reservation.channel_id = which;
      reservation.order_reference = which;
      reservations.push_back(std::move(reservation));
      lines.push_back({id, which, 1, 1, 0, 0});
      // Of the early ones most are shipped.
      const int64_t open = which != "early" || i % 100 == 0 ? 1 : 0;
      for (const char* sku : {"a", "b"}) allocations.push_back({id, sku, which, open, 0, 1 - open});
      // Where its line is, as often as not, and elsewhere.
      allocations.push_back({id, which, absl::StrCat("other", i / 2 % 2), open, 0, 1 - open});
      backorders.push_back({"hot", i + 1, id, which, 1, {}, kTime});
      backorders.push_back({"sku" + id, 1, id, which, 1, {}, kTime});
      const ShipmentState state = i % 2 == 0 ? ShipmentState::kDelivered : ShipmentState::kCancelled;
      shipments.push_back({"s" + id, which, which, state, "", "", "", 1, kTime, kTime});
      for (const char* from : {"w1", "w2"}) shipment_lines.push_back({"s" + id, which, from, 1});
      returns.push_back({"b" + id, which, "", kTime});
      for (const Disposition disposition : {Disposition::kRestock, Disposition::kDamaged}) {
        return_lines.push_back({"b" + id, which, which, disposition, 1});
      }
      const auto ordered = i % 2 == 0 ? ReplenishmentState::kOpen : ReplenishmentState::kClosed;
      replenishments.push_back({"p" + id, which, which, 1, 0, {}, ordered, "", "", 1, kTime, kTime});
      const auto sent = which == "rare" ? TransferState::kInTransit : TransferState::kReceived;
      transfers.push_back({"t" + id, which, which, sent, {}, "", "", 1, kTime, kTime});
      transfer_lines.push_back({"t" + id, which, 1, 0, 0, ""});
      quotas.push_back({id, which, 1, 0, 1, kTime, kTime});
      quotas.push_back({which, "c" + id, 1, 0, 1, kTime, kTime});
      movements.push_back(Movement(absl::StrCat("sku", i % 40), i, "w1", i, 1));
      movements.back().document_id = which;
      movements.push_back(Movement("hot", i + 1, "w1", i + 1, 1));
    }
    Insert(reservations);
    Insert(lines);
    Insert(allocations);
    Insert(backorders);
    Insert(shipments);
    Insert(shipment_lines);
    Insert(returns);
    Insert(return_lines);
    Insert(replenishments);
    Insert(transfers);
    Insert(transfer_lines);
    Insert(quotas);
    Insert(movements);
    Run([](Sql& sql) {
      sql.Raw(
          "ANALYZE TABLE reservation, reservation_line, allocation, backorder, shipment, shipment_line, stock_return, "
          "stock_return_line, replenishment, "
          "transfer, transfer_line, quota, movement");
      return true;
    });
  }

  void ExpectFewReads(const ReservationFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListReservations(sql, filter, "", kPage); });
    ExpectPage([&](Sql& sql) { return AppendListReservations(sql, filter, "r01498", kPage); });
  }

  void ExpectFewReads(const ShipmentFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListShipments(sql, filter, "", kPage); });
    ExpectPage([&](Sql& sql) { return AppendListShipments(sql, filter, "sr01498", kPage); });
  }

  void ExpectFewReads(const ReturnFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListReturns(sql, filter, "", kPage); });
    ExpectPage([&](Sql& sql) { return AppendListReturns(sql, filter, "br01498", kPage); });
  }

  void ExpectFewReads(const ReplenishmentFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListReplenishments(sql, filter, "", kPage); });
    ExpectPage([&](Sql& sql) { return AppendListReplenishments(sql, filter, "pr01498", kPage); });
  }

  void ExpectFewReads(const TransferFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListTransfers(sql, filter, "", kPage); });
    ExpectPage([&](Sql& sql) { return AppendListTransfers(sql, filter, "tr01498", kPage); });
  }

  void ExpectFewReads(const QuotaFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListLiveQuotas(sql, filter, {}, kPage); });
    ExpectPage([&](Sql& sql) { return AppendListLiveQuotas(sql, filter, {"r01498", ""}, kPage); });
    ExpectPage([&](Sql& sql) { return AppendListLiveQuotas(sql, filter, {"other1", "cr03990"}, kPage); });
  }

  void ExpectFewReads(const MovementFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListMovements(sql, filter, {"", 0}, kPage); });
    ExpectPage([&](Sql& sql) { return AppendListMovements(sql, filter, {"hot", kRowsOfList - 5}, kPage); });
  }

  void ExpectFewReads(const BackorderFilter& filter) {
    ExpectPage([&](Sql& sql) { return AppendListBackorders(sql, filter, {"", 0}, kPage); });
    ExpectPage([&](Sql& sql) { return AppendListBackorders(sql, filter, {"skur03900", 1}, kPage); });
  }

  void ExpectFewReads(const BackorderFilter& filter, const BackorderRecord::Key& after) {
    ExpectPage([&](Sql& sql) { return AppendListBackorders(sql, filter, after, kPage); });
  }

  void ExpectFewReadsOfWaiting(int64_t after_place, const std::vector<std::string>& channel_ids) {
    ExpectPage([&](Sql& sql) { return AppendSelectWaiting(sql, "hot", after_place, channel_ids, kPage); });
  }

 private:
  template <typename Append>
  void ExpectPage(Append append) {
    const int64_t before = Reads();
    Run(append);
    Sql sql;
    append(sql);
    EXPECT_LT(Reads() - before, kMostReadsOfPage) << sql.text();
  }
};

TEST_F(ListReadsTest, Reservations) {
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(ReservationFilter{.channel_id = which});
    ExpectFewReads(ReservationFilter{.channel_id = which, .state = ReservationState::kCommitted});
    ExpectFewReads(ReservationFilter{.order_reference = which});
    ExpectFewReads(ReservationFilter{.sku = which});
    ExpectFewReads(ReservationFilter{.warehouse_id = which});
    ExpectFewReads(ReservationFilter{.state = ReservationState::kCommitted, .warehouse_id = which});
    ExpectFewReads(ReservationFilter{.state = ReservationState::kFulfilled, .warehouse_id = which});
    ExpectFewReads(ReservationFilter{.channel_id = which, .warehouse_id = which});
    ExpectFewReads(ReservationFilter{.order_reference = which, .warehouse_id = which});
  }
}

// A SKU that few have ordered, in a warehouse where much is reserved.
TEST_F(ListReadsTest, ReservationsOfARareSkuInABusyWarehouse) {
  ExpectFewReads(ReservationFilter{.sku = "rare", .warehouse_id = "other1"});
  ExpectFewReads(ReservationFilter{.sku = "rare", .state = ReservationState::kCommitted, .warehouse_id = "other1"});
}

TEST_F(ListReadsTest, Backorders) {
  ExpectFewReads(BackorderFilter{});
  ExpectFewReads(BackorderFilter{.reservation_id = "r03999"});
  ExpectFewReads(BackorderFilter{}, {"hot", 3500});
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(BackorderFilter{.channel_id = which});
    ExpectFewReads(BackorderFilter{.channel_id = which}, {"hot", 3500});
    ExpectFewReadsOfWaiting(0, {which});
    ExpectFewReadsOfWaiting(1498, {which});
  }
  ExpectFewReadsOfWaiting(0, {"rare", "other1", "none"});
}

TEST_F(ListReadsTest, Shipments) {
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(ShipmentFilter{.warehouse_id = which});
    ExpectFewReads(ShipmentFilter{.warehouse_id = which, .state = ShipmentState::kDelivered});
    ExpectFewReads(ShipmentFilter{.reservation_id = which});
    ExpectFewReads(ShipmentFilter{.sku = which});
    ExpectFewReads(ShipmentFilter{.warehouse_id = which, .sku = which});
    ExpectFewReads(ShipmentFilter{.reservation_id = which, .sku = which});
  }
}

TEST_F(ListReadsTest, Returns) {
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(ReturnFilter{.reservation_id = which});
    ExpectFewReads(ReturnFilter{.sku = which});
    ExpectFewReads(ReturnFilter{.warehouse_id = which});
    ExpectFewReads(ReturnFilter{.sku = which, .warehouse_id = which});
    ExpectFewReads(ReturnFilter{.reservation_id = which, .sku = which});
  }
}

TEST_F(ListReadsTest, Replenishments) {
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(ReplenishmentFilter{.sku = which});
    ExpectFewReads(ReplenishmentFilter{.sku = which, .state = ReplenishmentState::kOpen});
    ExpectFewReads(ReplenishmentFilter{.warehouse_id = which});
    ExpectFewReads(ReplenishmentFilter{.warehouse_id = which, .state = ReplenishmentState::kOpen});
  }
  ExpectFewReads(ReplenishmentFilter{.state = ReplenishmentState::kReceived});
}

TEST_F(ListReadsTest, Transfers) {
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(TransferFilter{.sku = which});
    ExpectFewReads(TransferFilter{.from_warehouse_id = which});
    ExpectFewReads(TransferFilter{.from_warehouse_id = which, .state = TransferState::kInTransit});
    ExpectFewReads(TransferFilter{.to_warehouse_id = which});
    ExpectFewReads(TransferFilter{.to_warehouse_id = which, .state = TransferState::kInTransit});
  }
  ExpectFewReads(TransferFilter{.state = TransferState::kInTransit});
}

TEST_F(ListReadsTest, Quotas) {
  ExpectFewReads(QuotaFilter{});
  for (const char* which : {"rare", "early", "other1"}) {
    ExpectFewReads(QuotaFilter{.sku = which});
    ExpectFewReads(QuotaFilter{.channel_id = which});
    ExpectFewReads(QuotaFilter{.sku = which, .channel_id = "cr01499"});
  }
}

TEST_F(ListReadsTest, Movements) {
  ExpectFewReads(MovementFilter{});
  ExpectFewReads(MovementFilter{.sku = "sku7"});
  ExpectFewReads(MovementFilter{.sku = "hot"});
  ExpectFewReads(MovementFilter{.document_id = "rare"});
}

}  // namespace
}  // namespace inventory::storage
