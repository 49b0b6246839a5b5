#include "inventory/v1/reservation.pb.h"
#include "server/commands/external_references.h"
#include "server/queries/reservations.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/reservation_repository.h"

namespace inventory::queries {
namespace {

using storage::ReservationRecord;
using storage::ReservationState;

struct ListReservations {
  using Request = v1::ListReservationsRequest;
  using Response = v1::ListReservationsResponse;
  using Key = ReservationRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(filter.external_reference_code(), "filter.external_reference_code", violations);
    rpc::CheckText(filter.order_reference(), 128, "filter.order_reference", violations);
    rpc::CheckOptionalId(filter.channel_id(), "filter.channel_id", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
    rpc::CheckEnum<v1::ReservationState_IsValid>(filter.state(), "filter.state", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    reading::Snapshot snapshot(reader.connection());
    const auto listed = snapshot.Read([&](storage::Sql& sql) {
      storage::AppendListReservations(sql, FilterOf(request.filter()), page.after(), page.fetch());
    });
    if (!listed.ok()) return listed.status();
    std::vector<ReservationRecord> reservations = storage::ParseAll<ReservationRecord>((*listed)[0]);
    if (reservations.empty()) return absl::OkStatus();
    response.set_next_page_token(page.Cut(reservations));

    std::vector<std::string> ids;
    for (const ReservationRecord& reservation : reservations) ids.push_back(reservation.reservation_id);
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) { AppendReservationParts(sql, ids); });
    if (!results.ok()) return results.status();
    const ReservationParts parts((*results)[0], (*results)[1]);
    for (const ReservationRecord& reservation : reservations) parts.Show(reservation, *response.add_reservations());
    return absl::OkStatus();
  }

 private:
  static storage::ReservationFilter FilterOf(const Request::Filter& filter) {
    storage::ReservationFilter wanted = {
        .order_reference = filter.order_reference(), .channel_id = filter.channel_id(), .sku = filter.sku()};
    if (filter.state() != v1::RESERVATION_STATE_UNSPECIFIED) {
      wanted.state = static_cast<ReservationState>(filter.state());
    }
    wanted.external_reference_code = filter.external_reference_code();
    wanted.warehouse_id = filter.warehouse_id();
    return wanted;
  }
};

const rpc::Registered<ListReservations> kListReservations;

}  // namespace
}  // namespace inventory::queries
