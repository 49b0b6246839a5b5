// What the tests of shipments share.
#ifndef INVENTORY_TESTS_INTEGRATION_SHIPMENTS_FIXTURE_H_
#define INVENTORY_TESTS_INTEGRATION_SHIPMENTS_FIXTURE_H_

#include <string>
#include <vector>

#include "tests/integration/server_fixture.h"

namespace inventory::integration {

class ShipmentsTest : public ServerTest {
 protected:
  // A committed reservation of these lines.
  static std::string Committed(const std::vector<Line>& lines) {
    return Must(Reserve(client(), lines, {.commit = true})).reservation().reservation_id();
  }
  static std::string Shipped(const std::string& reservation_id, const std::vector<Line>& lines = {}) {
    std::string id = Processing(reservation_id, lines);
    Must(Ship(client(), id));
    return id;
  }
  // An open shipment from w1.
  static std::string Processing(const std::string& reservation_id, const std::vector<Line>& lines = {}) {
    return Must(CreateShipment(client(), reservation_id, "w1", lines)).shipment().shipment_id();
  }
  static absl::StatusOr<v1::CreateShipmentResponse> Create(const std::string& reservation_id,
                                                           const std::string& fields) {
    return client().Call(
        Pb<v1::CreateShipmentRequest>(absl::Substitute("reservation_id: '$0' $1", reservation_id, fields)));
  }
  static v1::Shipment ShipmentOf(const std::string& shipment_id) {
    return Must(client().Call(Named<v1::GetShipmentRequest>(shipment_id)));
  }
  template <typename Request>
  static Request Named(const std::string& shipment_id, const std::string& etag = "") {
    return Pb<Request>(etag.empty() ? absl::Substitute("shipment_id: '$0'", shipment_id)
                                    : absl::Substitute("shipment_id: '$0' etag: '$1'", shipment_id, etag));
  }
  // "PROCESSING from w1: a 2, b 1"
  static std::string Show(const v1::Shipment& shipment) {
    std::string shown = absl::StrCat(v1::ShipmentState_Name(shipment.state()).substr(sizeof("SHIPMENT_STATE_") - 1),
                                     " from ", shipment.warehouse_id(), ":");
    for (const v1::OrderLine& line : shipment.lines()) {
      absl::StrAppend(&shown, &line == &shipment.lines(0) ? " " : ", ", line.sku(), " ", line.quantity());
    }
    return shown;
  }
  static std::string ShowLevel(const std::string& sku, const std::string& warehouse_id = "w1") {
    return integration::Show(LevelOf(sku, warehouse_id));
  }
  static std::string ShowReservation(const std::string& id) { return integration::Show(ReservationOf(id)); }

  // The ids that a list with this filter gives.
  static std::vector<std::string> Listed(const std::string& filter, int page_size = 0) {
    auto request = Pb<v1::ListShipmentsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> ids;
    for (const v1::Shipment& shipment : ListAll(client(), request, &v1::ListShipmentsResponse::shipments)) {
      ids.push_back(shipment.shipment_id());
    }
    return ids;
  }
};

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_SHIPMENTS_FIXTURE_H_
