#include "tests/bench/reserve_request.h"

#include "absl/strings/str_cat.h"
#include "server/rpc/ids.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

void FillRequest(absl::Span<const std::string> skus, v1::ReserveStockRequest& request) {
  request.set_request_id(rpc::NewId());
  request.set_order_reference(request.request_id());
  if (request.lines_size() == 0) {
    request.set_channel_id(kChannel);
    request.mutable_ttl()->set_seconds(int64_t{24} * 3600);
    for (std::size_t i = 0; i < skus.size(); ++i) request.add_lines()->set_quantity(1);
  }
  for (std::size_t i = 0; i < skus.size(); ++i) request.mutable_lines(static_cast<int>(i))->set_sku(skus[i]);
}

void FillRequest(const std::string& sku, v1::ReserveStockRequest& request) { FillRequest({&sku, 1}, request); }

absl::Status CheckAnswer(const v1::ReserveStockRequest& request, const v1::ReserveStockResponse& response) {
  bool right = response.reservation().state() == v1::RESERVATION_STATE_HELD &&
               response.reservation().order_reference() == request.order_reference() &&
               response.line_results_size() == request.lines_size() &&
               response.movements_size() == request.lines_size();
  for (int i = 0; right && i < request.lines_size(); ++i) {
    const v1::LineResult& result = response.line_results(i);
    right = result.sku() == request.lines(i).sku() && result.reserved_quantity() == request.lines(i).quantity();
  }
  if (right) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("a reservation got a wrong answer: ", response.ShortDebugString()));
}

}  // namespace inventory::bench
