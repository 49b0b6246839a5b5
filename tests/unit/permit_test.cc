// Goal: a grant reaches what it is for and nothing else, whatever way a call names its warehouses and channels.
#include "server/auth/permit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "inventory/v1/bulk.pb.h"
#include "inventory/v1/event.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "server/errors.h"
#include "server/pipeline/guard.h"

namespace inventory::auth {
namespace {

const Grant kReader = {.role = Role::kReader};
const Grant kSeller = {.role = Role::kSeller};
const Grant kOperator = {.role = Role::kOperator};
const Grant kAdmin = {.role = Role::kAdmin};
const Grant kBerlin = {.role = Role::kOperator, .warehouses = {{"ber-1", "ber-2"}}};
const Grant kRotterdam = {.role = Role::kOperator, .warehouses = {{"rtm-1"}}};
const Grant kWeb = {.role = Role::kSeller, .channels = {{"web"}}};

const Requirement& Of(const std::string& rpc) { return *FindRequirement(absl::StrCat("inventory.v1.", rpc)); }

absl::StatusOr<Permit> PermitFor(const std::string& rpc, const std::vector<Grant>& grants) {
  return Permit::For(
      std::make_shared<const Caller>(Caller{{.name = "jwt:a", .source = Identity::Source::kToken}, grants}), Of(rpc));
}

// The reason of the refusal by role, or by request; empty if there is none.
std::string Ask(const std::string& rpc, const std::vector<Grant>& grants, const google::protobuf::Message& request) {
  absl::StatusOr<Permit> permit = PermitFor(rpc, grants);
  if (permit.ok()) permit = permit->ForRequest(request);
  if (permit.ok()) return "";
  EXPECT_TRUE(absl::IsPermissionDenied(permit.status()));
  return ReasonOf(permit.status());
}

v1::SetStockRequest SetStock(const std::string& warehouse) {
  v1::SetStockRequest request;
  request.set_sku("A");
  request.set_warehouse_id(warehouse);
  return request;
}

v1::BatchUpdateStockRequest Batch(const std::vector<std::string>& warehouses) {
  v1::BatchUpdateStockRequest request;
  for (const std::string& warehouse : warehouses) request.add_updates()->set_warehouse_id(warehouse);
  return request;
}

TEST(Permit, AWatchWithinAGrantNamesWhatIsWatched) {
  const auto watch = [](const std::vector<std::string>& warehouses, const std::vector<std::string>& channels) {
    v1::WatchRequest request;
    for (const std::string& id : warehouses) request.mutable_filter()->add_warehouse_ids(id);
    for (const std::string& id : channels) request.mutable_filter()->add_channel_ids(id);
    return request;
  };
  const std::string rpc = "InventoryService.Watch";
  EXPECT_EQ(Ask(rpc, {kReader}, watch({}, {})), "");
  EXPECT_EQ(Ask(rpc, {kBerlin}, watch({"ber-1", "ber-2"}, {})), "");
  EXPECT_EQ(Ask(rpc, {kBerlin}, watch({"ber-1", "rtm-1"}, {})), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin}, watch({}, {"web"})), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kWeb}, watch({}, {"web"})), "");
  EXPECT_EQ(Ask(rpc, {kWeb}, watch({}, {})), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kWeb}, watch({"ber-1"}, {"shop"})), "OUT_OF_SCOPE");
}

TEST(Permit, NeedsTheRole) {
  const v1::SetStockRequest request = SetStock("ber-1");
  for (const auto& [grants, expected] :
       std::vector<std::pair<std::vector<Grant>, std::string>>{{{}, "ROLE_REQUIRED"},
                                                               {{kReader}, "ROLE_REQUIRED"},
                                                               {{kSeller}, "ROLE_REQUIRED"},
                                                               {{kReader, kSeller}, "ROLE_REQUIRED"},
                                                               {{kOperator}, ""},
                                                               {{kReader, kOperator}, ""},
                                                               {{kAdmin}, ""}}) {
    EXPECT_EQ(Ask("InventoryService.SetStock", grants, request), expected);
  }
  const absl::Status refused = PermitFor("InventoryService.SetStock", {kReader}).status();
  EXPECT_NE(refused.message().find("operator"), absl::string_view::npos) << refused;
  for (const Grant& grant : {kReader, kSeller, kOperator, kAdmin}) {
    EXPECT_EQ(Ask("InventoryService.GetItem", {grant}, v1::SetStockRequest()), "");
  }
  EXPECT_EQ(Ask("InventoryService.ReserveStock", {kOperator}, v1::ReserveStockRequest()), "ROLE_REQUIRED");
  EXPECT_EQ(Ask("ChannelService.CreateChannel", {kOperator, kSeller}, v1::ReserveStockRequest()), "ROLE_REQUIRED");
}

TEST(Permit, IsWithinTheWarehousesOfTheRequest) {
  const std::string rpc = "InventoryService.SetStock";
  EXPECT_EQ(Ask(rpc, {kBerlin}, SetStock("ber-1")), "");
  EXPECT_EQ(Ask(rpc, {kBerlin}, SetStock("rtm-1")), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin}, SetStock("ber")), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin}, SetStock("BER-1")), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin}, SetStock("")), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin, kRotterdam}, SetStock("rtm-1")), "");
  EXPECT_EQ(Ask(rpc, {kBerlin, kAdmin}, SetStock("lej-1")), "");
}

TEST(Permit, HoldsForEveryRow) {
  const std::string rpc = "InventoryService.BatchUpdateStock";
  EXPECT_EQ(Ask(rpc, {kBerlin}, Batch({"ber-1", "ber-2", "ber-1"})), "");
  EXPECT_EQ(Ask(rpc, {kBerlin}, Batch({"ber-1", "rtm-1"})), "OUT_OF_SCOPE");
  EXPECT_EQ(Ask(rpc, {kBerlin}, Batch({})), "OUT_OF_SCOPE");
  // One grant must cover all.
  EXPECT_EQ(Ask(rpc, {kBerlin, kRotterdam}, Batch({"ber-1", "rtm-1"})), "OUT_OF_SCOPE");
  v1::ImportInventoryRequest import;
  // Its first and its last message bring no rows.
  EXPECT_EQ(Ask("InventoryService.ImportInventory", {kBerlin}, import), "");
  import.mutable_chunk()->add_stock_updates()->set_warehouse_id("ber-1");
  EXPECT_EQ(Ask("InventoryService.ImportInventory", {kBerlin}, import), "");
  import.mutable_chunk()->add_stock_updates()->set_warehouse_id("rtm-1");
  EXPECT_EQ(Ask("InventoryService.ImportInventory", {kBerlin}, import), "OUT_OF_SCOPE");
}

TEST(Permit, RowsOfTheConfigurationAreForAdmins) {
  v1::ImportInventoryRequest items;
  items.mutable_chunk()->add_items()->set_sku("A");
  v1::ImportInventoryRequest warehouses;
  warehouses.mutable_chunk()->add_warehouses()->set_warehouse_id("ber-1");
  const Grant within = {.role = Role::kAdmin, .warehouses = {{"ber-1"}}};
  for (const auto& request : {items, warehouses}) {
    EXPECT_EQ(Ask("InventoryService.ImportInventory", {kOperator}, request), "ROLE_REQUIRED");
    EXPECT_EQ(Ask("InventoryService.ImportInventory", {kBerlin}, request), "ROLE_REQUIRED");
    EXPECT_EQ(Ask("InventoryService.ImportInventory", {within}, request), "ROLE_REQUIRED");
    EXPECT_EQ(Ask("InventoryService.ImportInventory", {kOperator, kAdmin}, request), "");
  }
}

TEST(Permit, DoesNotReachWhatItCanNotBeHeldTo) {
  EXPECT_EQ(Ask("InventoryService.ReserveStock", {{.role = Role::kSeller, .warehouses = {{"ber-1"}}}},
                v1::ReserveStockRequest()),
            "SCOPE_NOT_SUPPORTED");
  EXPECT_EQ(Ask("InventoryService.SetStock", {{.role = Role::kOperator, .channels = {{"web"}}}}, SetStock("ber-1")),
            "SCOPE_NOT_SUPPORTED");
  EXPECT_EQ(Ask("InventoryService.VerifyStock", {{.role = Role::kAdmin, .warehouses = {{"ber-1"}}}}, SetStock("ber-1")),
            "SCOPE_NOT_SUPPORTED");
  EXPECT_EQ(Ask("WarehouseService.ListWarehouses", {kBerlin}, SetStock("ber-1")), "SCOPE_NOT_SUPPORTED");
}

TEST(Permit, OfAListNeedsItsFilter) {
  v1::ListReservationsRequest request;
  EXPECT_EQ(Ask("InventoryService.ListReservations", {kWeb}, request), "OUT_OF_SCOPE");
  request.mutable_filter()->set_order_reference("1");
  EXPECT_EQ(Ask("InventoryService.ListReservations", {kWeb}, request), "OUT_OF_SCOPE");
  request.mutable_filter()->set_channel_id("shop");
  EXPECT_EQ(Ask("InventoryService.ListReservations", {kWeb}, request), "OUT_OF_SCOPE");
  request.mutable_filter()->set_channel_id("web");
  EXPECT_EQ(Ask("InventoryService.ListReservations", {kWeb}, request), "");
  EXPECT_EQ(Ask("InventoryService.ListReservations", {kBerlin}, request), "OUT_OF_SCOPE");
}

TEST(Permit, OfATransferNeedsBothEndsToSendItAndOneToSeeIt) {
  v1::CreateTransferRequest create;
  create.set_from_warehouse_id("ber-1");
  create.set_to_warehouse_id("rtm-1");
  EXPECT_EQ(Ask("WarehouseService.CreateTransfer", {kBerlin}, create), "OUT_OF_SCOPE");
  create.set_to_warehouse_id("ber-2");
  EXPECT_EQ(Ask("WarehouseService.CreateTransfer", {kBerlin}, create), "");
  v1::ListTransfersRequest list;
  EXPECT_EQ(Ask("WarehouseService.ListTransfers", {kBerlin}, list), "OUT_OF_SCOPE");
  list.mutable_filter()->set_from_warehouse_id("rtm-1");
  EXPECT_EQ(Ask("WarehouseService.ListTransfers", {kBerlin}, list), "OUT_OF_SCOPE");
  list.mutable_filter()->set_to_warehouse_id("ber-1");
  EXPECT_EQ(Ask("WarehouseService.ListTransfers", {kBerlin}, list), "");
}

TEST(Permit, ChecksWhatAReadAnswers) {
  const auto permit = PermitFor("InventoryService.GetReservation", {kWeb})->ForRequest(v1::GetReservationRequest());
  ASSERT_TRUE(permit.ok() && permit->checks_response());
  v1::Reservation reservation;
  reservation.set_channel_id("web");
  EXPECT_TRUE(permit->CheckResponse(reservation).ok());
  reservation.set_channel_id("shop");
  EXPECT_EQ(ReasonOf(permit->CheckResponse(reservation)), "OUT_OF_SCOPE");
  EXPECT_FALSE(PermitFor("InventoryService.GetReservation", {kSeller})->checks_response());
  // A document of two warehouses is shown to both.
  const auto berlin = PermitFor("InventoryService.GetReservation", {kBerlin});
  EXPECT_EQ(ReasonOf(berlin->CheckResponse(reservation)), "OUT_OF_SCOPE");
  reservation.add_lines()->add_allocations()->set_warehouse_id("rtm-1");
  EXPECT_EQ(ReasonOf(berlin->CheckResponse(reservation)), "OUT_OF_SCOPE");
  reservation.add_lines()->add_allocations()->set_warehouse_id("ber-2");
  EXPECT_TRUE(berlin->CheckResponse(reservation).ok());
}

// What commands work on.
class Documents {
 public:
  Documents() {
    AddReservation("of-web", "web");
    AddReservation("of-shop", "shop");
    AddShipment("berlin", "of-web", "ber-1");
    AddShipment("rotterdam", "of-shop", "rtm-1");
    storage::TransferRecord transfer;
    transfer.transfer_id = "t";
    transfer.from_warehouse_id = "rtm-1";
    transfer.to_warehouse_id = "ber-1";
    rows.transfers.Add(transfer);
    storage::ReplenishmentRecord replenishment;
    replenishment.replenishment_id = "r";
    replenishment.warehouse_id = "rtm-1";
    rows.replenishments.Add(replenishment);
  }

  pipeline::Rows rows;

 private:
  void AddReservation(const std::string& id, const std::string& channel) {
    storage::ReservationRecord reservation;
    reservation.reservation_id = id;
    reservation.channel_id = channel;
    rows.reservations.Add(reservation);
  }
  void AddShipment(const std::string& id, const std::string& reservation, const std::string& warehouse) {
    storage::ShipmentRecord shipment;
    shipment.shipment_id = id;
    shipment.reservation_id = reservation;
    shipment.warehouse_id = warehouse;
    rows.shipments.Add(shipment);
  }
};

TEST(Guard, JudgesByTheDocumentsOfACommand) {
  const Documents documents;
  const auto allows = [&](const std::string& rpc, const Grant& grant, const pipeline::Needs& needs) {
    const auto guard = PermitFor(rpc, {grant})->guard();
    return guard == nullptr || guard->CheckRows(needs, documents.rows).ok();
  };
  const std::string confirm = "InventoryService.ConfirmReservation";
  EXPECT_TRUE(allows(confirm, kWeb, {.reservations = {"of-web"}}));
  EXPECT_FALSE(allows(confirm, kWeb, {.reservations = {"of-shop"}}));
  EXPECT_FALSE(allows(confirm, kWeb, {.reservations = {"of-web", "of-shop"}}));
  EXPECT_TRUE(allows(confirm, kSeller, {.reservations = {"of-shop"}}));
  // The command says that there is none.
  EXPECT_TRUE(allows(confirm, kWeb, {.reservations = {"nothing"}}));
  const std::string ship = "InventoryService.ShipShipment";
  EXPECT_TRUE(allows(ship, kBerlin, {.shipments = {"berlin"}}));
  EXPECT_FALSE(allows(ship, kBerlin, {.shipments = {"rotterdam"}}));
  const Grant both = {.role = Role::kOperator, .warehouses = {{"ber-1", "rtm-1"}}, .channels = {{"web"}}};
  EXPECT_TRUE(allows(ship, both, {.shipments = {"berlin"}}));
  EXPECT_FALSE(allows(ship, both, {.shipments = {"rotterdam"}}));
  EXPECT_TRUE(allows("WarehouseService.ReceiveTransfer", kBerlin, {.transfers = {"t"}}));
  EXPECT_FALSE(allows("WarehouseService.ReceiveTransfer", kRotterdam, {.transfers = {"t"}}));
  EXPECT_FALSE(allows("InventoryService.CloseReplenishment", kBerlin, {.replenishments = {"r"}}));
  EXPECT_TRUE(allows("InventoryService.CloseReplenishment", kRotterdam, {.replenishments = {"r"}}));
}

TEST(Guard, JudgesByWhatACommandHasMoved) {
  const Documents documents;
  v1::CreateShipmentRequest request;
  request.set_warehouse_id("ber-1");
  const auto guard = PermitFor("InventoryService.CreateShipment", {kBerlin})->ForRequest(request)->guard();
  ASSERT_NE(guard, nullptr);
  storage::MovementRecord berlin;
  berlin.warehouse_id = "ber-1";
  storage::MovementRecord rotterdam;
  rotterdam.warehouse_id = "rtm-1";
  EXPECT_TRUE(guard->CheckMovements({}, documents.rows, {&berlin}).ok());
  EXPECT_EQ(ReasonOf(guard->CheckMovements({}, documents.rows, {&berlin, &rotterdam})), "OUT_OF_SCOPE");
  // The grant that covers the documents must be the one that covers the movements.
  const Grant of_web = {.role = Role::kOperator, .warehouses = {{"ber-1"}}, .channels = {{"web"}}};
  const Grant of_shop = {.role = Role::kOperator, .warehouses = {{"ber-1", "rtm-1"}}, .channels = {{"shop"}}};
  const auto two = PermitFor("InventoryService.CreateShipment", {of_web, of_shop})->ForRequest(request)->guard();
  const pipeline::Needs web{.reservations = {"of-web"}};
  const pipeline::Needs shop{.reservations = {"of-shop"}};
  EXPECT_TRUE(two->CheckMovements(web, documents.rows, {&berlin}).ok());
  EXPECT_FALSE(two->CheckMovements(web, documents.rows, {&rotterdam}).ok());
  EXPECT_TRUE(two->CheckMovements(shop, documents.rows, {&rotterdam}).ok());
}

}  // namespace
}  // namespace inventory::auth
