// Random writes of shipments and returns.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_requests.h"

namespace inventory::model {

template <typename Write>
Requests::Request Requests::OnShipment() {
  auto request = std::make_unique<Write>();
  request->set_shipment_id(ShipmentId());
  const auto found = model_.state().shipments.find(request->shipment_id());
  if (found != model_.state().shipments.end()) request->set_etag(Etag(found->second.version));
  return request;
}

void Requests::AddShipmentMakers() {
  Add(60, [this] { return CreateShipment(); });
  Add(15, [this] { return OnShipment<v1::MarkShipmentReadyRequest>(); });
  Add(25, [this] { return OnShipment<v1::ShipShipmentRequest>(); });
  Add(10, [this] { return OnShipment<v1::DeliverShipmentRequest>(); });
  Add(20, [this] { return OnShipment<v1::CancelShipmentRequest>(); });
  Add(20, [this] { return ReturnStock(); });
}

std::string Requests::ShipmentId() {
  std::vector<std::string> open;
  for (const auto& [id, shipment] : model_.state().shipments) {
    if (shipment.open()) open.push_back(id);
  }
  if (!open.empty() && !OneIn(3)) return OneOf(open);
  const auto count = static_cast<int64_t>(model_.state().shipments.size());
  if (count == 0 || OneIn(40)) return "s0";
  return absl::StrCat("s", count - Below(std::min<int64_t>(count, OneIn(4) ? count : 5)));
}

std::string Requests::ShippedId() {
  std::vector<std::string> shipped;
  for (const auto& [id, reservation] : model_.state().reservations) {
    for (const auto& [sku, line] : reservation.lines) {
      if (line.shipped > line.returned) shipped.push_back(id);
    }
  }
  return shipped.empty() || OneIn(8) ? ReservationId() : OneOf(shipped);
}

Requests::Request Requests::CreateShipment() {
  auto request = std::make_unique<v1::CreateShipmentRequest>();
  const bool known = OneIn(30) && !model_.state().shipments.empty();
  request->set_shipment_id(known ? ShipmentId() : absl::StrCat("s", model_.state().shipments.size() + 1));
  request->set_reservation_id(ReservationId());
  request->set_warehouse_id(WarehouseId());
  request->set_allow_reallocation(OneIn(2));
  request->set_external_reference_code(DocumentCode(model_.state().shipments.size()));
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found == model_.state().reservations.end() || OneIn(3)) return request;
  for (const auto& [sku, line] : found->second.lines) {
    if (OneIn(3)) continue;
    v1::OrderLine& shipped = *request->add_lines();
    shipped.set_sku(sku);
    shipped.set_quantity(std::max<int64_t>(1, OneIn(2) ? line.unbound() : Below(line.unbound() + 2)));
  }
  return request;
}

Requests::Request Requests::ReturnStock() {
  auto request = std::make_unique<v1::ReturnStockRequest>();
  const bool known = OneIn(10) && !model_.state().returns.empty();
  request->set_return_id(absl::StrCat("b", model_.state().returns.size() + (known ? 0 : 1)));
  request->set_reservation_id(ShippedId());
  const auto add = [&](const std::string& sku, int64_t quantity) {
    v1::ReturnLine& line = *request->add_lines();
    line.set_sku(sku);
    line.set_quantity(std::max<int64_t>(1, quantity));
    line.set_warehouse_id(WarehouseId());
    line.set_disposition(
        OneOf<v1::Disposition>({v1::DISPOSITION_RESTOCK, v1::DISPOSITION_DAMAGED, v1::DISPOSITION_QUALITY_CONTROL}));
  };
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) {
    for (const auto& [sku, line] : found->second.lines) {
      const int64_t left = line.shipped - line.returned;
      if (left == 0 && !OneIn(8)) continue;
      add(sku, OneIn(3) ? left : Below(left + 2));
      if (OneIn(3)) add(sku, 1);
    }
  }
  if (request->lines().empty()) add(Sku(), 1);
  return request;
}

}  // namespace inventory::model
