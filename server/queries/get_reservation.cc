#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "server/queries/reservations.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/reservation_repository.h"

namespace inventory::queries {
namespace {

using storage::ReservationRecord;

struct GetReservation {
  using Request = v1::GetReservationRequest;
  using Response = v1::Reservation;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.reservation_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendSelectLiveReservations(sql, ids);
      AppendReservationParts(sql, ids);
    });
    if (!results.ok()) return results.status();
    const auto reservations = storage::ParseAll<ReservationRecord>((*results)[0]);
    if (reservations.empty()) {
      return NotFound("RESERVATION_NOT_FOUND", absl::StrCat("there is no reservation ", ids[0]),
                      {{"reservation_id", ids[0]}});
    }
    ReservationParts((*results)[1], (*results)[2]).Show(reservations[0], response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetReservation> kGetReservation;

}  // namespace
}  // namespace inventory::queries
