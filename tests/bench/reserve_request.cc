#include "tests/bench/reserve_request.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/ids.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

void FillRequest(std::string sku, v1::ReserveStockRequest& request) {
  request.set_request_id(rpc::NewId());
  request.set_order_reference(request.request_id());
  if (request.lines_size() == 0) {
    request.set_channel_id(kChannel);
    request.mutable_ttl()->set_seconds(24 * 3600);
    request.add_lines()->set_quantity(1);
  }
  request.mutable_lines(0)->set_sku(std::move(sku));
}

absl::Status CheckAnswer(const v1::ReserveStockRequest& request, const v1::ReserveStockResponse& response) {
  const v1::Reservation& reservation = response.reservation();
  if (reservation.state() == v1::RESERVATION_STATE_HELD && response.line_results_size() == 1 &&
      response.line_results(0).sku() == request.lines(0).sku() &&
      response.line_results(0).reserved_quantity() == request.lines(0).quantity() && response.movements_size() == 1) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("a reservation got a wrong answer: ", response.ShortDebugString()));
}

}  // namespace inventory::bench
