#include <cstdint>
#include <deque>

#include "absl/strings/str_cat.h"
#include "storage/mutex.h"
#include "tests/faults/workload.h"

namespace inventory::faults {
namespace {

using client::InventoryClient;

constexpr int64_t kStockPerSku = 10;
constexpr std::size_t kRecentOrders = 40;

class OrderWorkload : public Workload {
 public:
  explicit OrderWorkload(const std::string& prefix)
      : Workload(prefix, {"scarce-1", "scarce-2"}, kStockPerSku, {"brief"}) {}

  void Step(Caller& caller) override {
    switch (caller.Pick(12)) {
      case 0:
      case 1:
        return Change(caller, &InventoryClient::ConfirmReservation, v1::ConfirmReservationRequest());
      case 2:
      case 3:
        return Change(caller, &InventoryClient::CancelReservation, v1::CancelReservationRequest());
      case 4:
      case 5:
        return Ship(caller);
      case 6:
        return Add(caller);
      case 7:
      case 8:
        return caller.ReadAvailability(sku(caller.Pick(2)), kChannel);
      case 9:
        return HoldBriefly(caller);
      default:
        return Order(caller);
    }
  }

 private:
  // Of one SKU or of two at once; some are paid already, others are held for longer than any clock jumps.
  void Order(Caller& caller) {
    v1::ReserveStockRequest request;
    request.set_reservation_id(caller.NewId());
    request.set_channel_id(kChannel);
    request.set_on_shortfall(v1::SHORTFALL_POLICY_REJECT);
    history::Write write;
    const int first = caller.Pick(2);
    const int lines = 1 + caller.Pick(2);
    for (int i = 0; i < lines; ++i) {
      v1::OrderLine& line = *request.add_lines();
      line.set_sku(sku((first + i) % 2));
      line.set_quantity(1 + caller.Pick(3));
      write.together.insert(line.sku());
    }
    request.set_commit(caller.Pick(2) == 0);
    if (!request.commit()) request.mutable_ttl()->set_seconds(int64_t{24} * 3600);
    write.reserves = request.reservation_id();
    caller.Write(&InventoryClient::ReserveStock, request, write).status().IgnoreError();
    Remember(request.reservation_id());
  }

  void HoldBriefly(Caller& caller) {
    v1::ReserveStockRequest request;
    request.set_reservation_id(caller.NewId());
    request.set_channel_id(kChannel);
    v1::OrderLine& line = *request.add_lines();
    line.set_sku(sku(2));
    line.set_quantity(1 + caller.Pick(2));
    request.mutable_ttl()->set_nanos(100'000'000 + caller.Pick(600'000'000));
    history::Write write;
    write.reserves = request.reservation_id();
    caller.Write(&InventoryClient::ReserveStock, request, write).status().IgnoreError();
    if (caller.Pick(2) == 0) Remember(request.reservation_id());
  }

  template <typename Method, typename Request>
  void Change(Caller& caller, Method method, Request request) {
    request.set_reservation_id(AnyOrder(caller));
    if (request.reservation_id().empty()) return Order(caller);
    caller.Write(method, request).status().IgnoreError();
  }

  void Ship(Caller& caller) {
    v1::CreateShipmentRequest pack;
    pack.set_reservation_id(AnyOrder(caller));
    if (pack.reservation_id().empty()) return Order(caller);
    pack.set_shipment_id(caller.NewId());
    pack.set_warehouse_id(AnyWarehouse(caller));
    if (!caller.Write(&InventoryClient::CreateShipment, pack).ok()) return;
    v1::ShipShipmentRequest ship;
    ship.set_shipment_id(pack.shipment_id());
    caller.Write(&InventoryClient::ShipShipment, ship).status().IgnoreError();
  }

  // So that there is something to sell again. All SKUs at once or none.
  void Add(Caller& caller) {
    v1::BatchUpdateStockRequest request;
    history::Write write;
    for (int i = 0; i < 2; ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(sku(i));
      update.set_warehouse_id(AnyWarehouse(caller));
      update.set_adjust_on_hand(1 + caller.Pick(4));
      write.together.insert(sku(i));
    }
    caller.Write(&InventoryClient::BatchUpdateStock, request, write).status().IgnoreError();
  }

  void Remember(const std::string& reservation_id) {
    storage::MutexLock lock(mutex_);
    orders_.push_back(reservation_id);
    if (orders_.size() > kRecentOrders) orders_.pop_front();
  }
  // Empty if there are none yet.
  std::string AnyOrder(Caller& caller) {
    storage::MutexLock lock(mutex_);
    return orders_.empty() ? "" : orders_[caller.Pick(static_cast<int>(orders_.size()))];
  }

  storage::Mutex mutex_;
  std::deque<std::string> orders_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Workload> MakeOrderWorkload(const std::string& prefix) {
  return std::make_unique<OrderWorkload>(prefix);
}

}  // namespace inventory::faults
