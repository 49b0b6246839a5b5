// What becomes of orders: reserved, confirmed, packed and shipped, or cancelled.
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "server/rpc/ids.h"
#include "tests/bench/cases.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/steps.h"
#include "tests/bench/stock_changes.h"

namespace inventory::bench {
namespace {

constexpr Method<v1::ConfirmReservationRequest, v1::ConfirmReservationResponse> kConfirm(
    "/inventory.v1.InventoryService/ConfirmReservation");
constexpr Method<v1::CancelReservationRequest, v1::CancelReservationResponse> kCancel(
    "/inventory.v1.InventoryService/CancelReservation");
constexpr Method<v1::CreateShipmentRequest, v1::CreateShipmentResponse> kCreateShipment(
    "/inventory.v1.InventoryService/CreateShipment");
constexpr Method<v1::MarkShipmentReadyRequest, v1::MarkShipmentReadyResponse> kMarkReady(
    "/inventory.v1.InventoryService/MarkShipmentReady");
constexpr Method<v1::ShipShipmentRequest, v1::ShipShipmentResponse> kShip(
    "/inventory.v1.InventoryService/ShipShipment");

constexpr Workload kSold = Workload::kUniform;
constexpr int kFlows = 256;

// Of all orders; the others stay held.
constexpr double kShipped = 0.7;
constexpr double kCancelled = 0.2;

// What a load of orders has in common.
struct Shop {
  StockChanges changes;
  Steps steps;
};

// One order after another: the requests of its steps, and what their answers must be. Each method that takes the end of
// a call says whether the order goes on.
class Order {
 public:
  Order(Shop& shop, Load& load) : shop_(shop), load_(load) {}

  // Starts anew.
  void Begin() {
    sku_ = absl::Uniform(random_, 0, SkuCount(kSold));
    fate_ = absl::Uniform(random_, 0.0, 1.0);
    start_ = absl::Now();
    FillRequest(Sku(kSold, sku_), reserve);
  }

  bool Reserved(CallEnd call) {
    if (call.status.ok()) call.status = CheckAnswer(reserve, reserved);
    if (!Count("reserve", std::move(call), true, reserved)) return false;
    shop_.changes.Reserve(sku_);
    confirm.set_request_id(rpc::NewId());
    confirm.set_reservation_id(reserved.reservation().reservation_id());
    cancel.set_request_id(confirm.request_id());
    cancel.set_reservation_id(confirm.reservation_id());
    return true;
  }

  // What becomes of it.
  bool IsToBeShipped() const { return fate_ < kShipped; }
  bool IsToBeCancelled() const { return !IsToBeShipped() && fate_ < kShipped + kCancelled; }

  bool Confirmed(CallEnd call) {
    pack.set_request_id(rpc::NewId());
    pack.set_reservation_id(confirm.reservation_id());
    pack.set_warehouse_id(kWarehouse);
    const bool right = confirmed.reservation().state() == v1::RESERVATION_STATE_COMMITTED;
    return Count("confirm", std::move(call), right, confirmed);
  }

  bool Packed(CallEnd call) {
    mark.set_request_id(rpc::NewId());
    mark.set_shipment_id(packed.shipment().shipment_id());
    const bool right = packed.shipment().lines_size() == 1 && packed.shipment().lines(0).quantity() == 1;
    return Count("create_shipment", std::move(call), right, packed);
  }

  bool Marked(CallEnd call) {
    ship.set_request_id(rpc::NewId());
    ship.set_shipment_id(mark.shipment_id());
    const bool right = marked.shipment().state() == v1::SHIPMENT_STATE_READY_TO_SHIP;
    return Count("mark_ready", std::move(call), right, marked);
  }

  bool Shipped(CallEnd call) {
    const bool right = shipped.shipment().state() == v1::SHIPMENT_STATE_SHIPPED && shipped.movements_size() == 1 &&
                       shipped.reservation().state() == v1::RESERVATION_STATE_FULFILLED;
    if (!Count("ship", std::move(call), right, shipped)) return false;
    shop_.changes.Ship(sku_);
    return true;
  }

  bool Cancelled(CallEnd call) {
    const bool right =
        cancelled.reservation().state() == v1::RESERVATION_STATE_CANCELLED && cancelled.movements_size() == 1;
    if (!Count("cancel", std::move(call), right, cancelled)) return false;
    shop_.changes.Release(sku_);
    return true;
  }

  // Counts the whole of it.
  void End() { shop_.steps.Add("order", start_, absl::Now(), load_.window()); }

  // Of the next step that the order takes, and of the last one.
  v1::ReserveStockRequest reserve;
  v1::ReserveStockResponse reserved;
  v1::ConfirmReservationRequest confirm;
  v1::ConfirmReservationResponse confirmed;
  v1::CreateShipmentRequest pack;
  v1::CreateShipmentResponse packed;
  v1::MarkShipmentReadyRequest mark;
  v1::MarkShipmentReadyResponse marked;
  v1::ShipShipmentRequest ship;
  v1::ShipShipmentResponse shipped;
  v1::CancelReservationRequest cancel;
  v1::CancelReservationResponse cancelled;

 private:
  bool Count(const char* step, CallEnd call, bool right, const google::protobuf::Message& response) {
    if (call.status.ok() && !right) {
      call.status = absl::InternalError(absl::StrCat("a wrong answer to ", step, ": ", response.ShortDebugString()));
    }
    if (!load_.Count(call)) return false;
    shop_.steps.Add(step, call.start, call.end, load_.window());
    return true;
  }

  Shop& shop_;
  Load& load_;
  absl::BitGen random_;
  int sku_ = 0;
  double fate_ = 0;
  absl::Time start_;
};

// The steps of an order follow each other at once, and so do orders.
Flow KeepOrdering(Shop& shop, Load& load) {
  Client& client = load.client();
  Order order(shop, load);
  while (load.Open()) {
    order.Begin();
    if (!order.Reserved(co_await client.Call(kReserveStock, order.reserve, order.reserved))) co_return;
    if (order.IsToBeShipped()) {
      if (!order.Confirmed(co_await client.Call(kConfirm, order.confirm, order.confirmed))) co_return;
      if (!order.Packed(co_await client.Call(kCreateShipment, order.pack, order.packed))) co_return;
      if (!order.Marked(co_await client.Call(kMarkReady, order.mark, order.marked))) co_return;
      if (!order.Shipped(co_await client.Call(kShip, order.ship, order.shipped))) co_return;
    } else if (order.IsToBeCancelled()) {
      if (!order.Cancelled(co_await client.Call(kCancel, order.cancel, order.cancelled))) co_return;
    }
    order.End();
  }
}

absl::StatusOr<Sample> RunOrders(Site& site, const Timing& timing) {
  absl::StatusOr<StockChanges> changes = StockChanges::Begin(site, kSold);
  if (!changes.ok()) return changes.status();
  Shop shop{.changes = *std::move(changes), .steps = {}};
  absl::StatusOr<Sample> sample =
      DriveFlows(site.server_address(), kFlows, timing, [&shop](Load& load) { KeepOrdering(shop, load); });
  if (!sample.ok()) return sample;
  shop.steps.Report(timing, *sample);
  absl::Status settled = shop.changes.Settle(site);
  if (!settled.ok()) return settled;
  return sample;
}

}  // namespace

std::vector<Case> OrderCases() {
  return {{.id = "mix-orders",
           .series = "",
           .kind = Kind::kOther,
           .workload = {},
           .concurrency = kFlows,
           .description = absl::StrCat("calls of the lives of orders, ", kFlows, " in flight"),
           .run = RunOrders}};
}

}  // namespace inventory::bench
