// Random writes of reservations.
#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_requests.h"

namespace inventory::model {
namespace {

int64_t TotalOf(const Line& line) { return line.outstanding() + line.shipped; }

}  // namespace

void Requests::AddReservationMakers() {
  Add(100, [this] { return ReserveStock(); });
  Add(30, [this] { return ConfirmReservation(); });
  Add(12, [this] { return ExtendReservation(); });
  Add(40, [this] { return AmendReservation(); });
  Add(30, [this] { return CancelReservation(); });
  Add(16, [this] { return ReallocateReservation(); });
  Add(8, [this] { return SetQuota(); });
  Add(4, [this] { return DeleteQuota(); });
}

std::string Requests::ReservationId() {
  std::vector<std::string> live;
  for (const auto& [id, reservation] : model_.state().reservations) {
    const v1::ReservationState state = reservation.StateAt(model_.state().now);
    if (state == v1::RESERVATION_STATE_HELD || state == v1::RESERVATION_STATE_COMMITTED) live.push_back(id);
  }
  if (!live.empty() && !OneIn(4)) return OneOf(live);
  const auto count = static_cast<int64_t>(model_.state().reservations.size());
  if (count == 0 || OneIn(40)) return "r0";
  return absl::StrCat("r", count - Below(std::min<int64_t>(count, OneIn(4) ? count : 8)));
}

google::protobuf::Duration Requests::Ttl() {
  google::protobuf::Duration ttl;
  ttl.set_seconds(OneOf<int64_t>({0, 5, 60, 600}));
  ttl.set_nanos(1'000'000);
  return ttl;
}

Requests::Request Requests::ReserveStock() {
  auto request = std::make_unique<v1::ReserveStockRequest>();
  const bool known = OneIn(30) && !model_.state().reservations.empty();
  request->set_reservation_id(known ? ReservationId() : absl::StrCat("r", model_.state().reservations.size() + 1));
  request->set_channel_id(ChannelId());
  for (auto lines = OneOf<int64_t>({1, 1, 1, 2, 2, 3}); lines > 0; --lines) {
    v1::OrderLine& line = *request->add_lines();
    line.set_sku(Sku());
    line.set_quantity(OneIn(80) ? 0 : 1 + Below(OneIn(3) ? 12 : 4));
  }
  request->set_commit(OneIn(3));
  if (request->commit() ? OneIn(40) : OneIn(2)) *request->mutable_ttl() = Ttl();
  request->set_on_shortfall(OneOf<v1::ShortfallPolicy>(
      {v1::SHORTFALL_POLICY_UNSPECIFIED, v1::SHORTFALL_POLICY_REJECT, v1::SHORTFALL_POLICY_PARTIAL,
       v1::SHORTFALL_POLICY_PARTIAL, v1::SHORTFALL_POLICY_BACKORDER, v1::SHORTFALL_POLICY_BACKORDER}));
  if (patient_ && !OneIn(4)) request->set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  while (OneIn(5)) request->add_warehouse_ids(WarehouseId());
  if (OneIn(3)) request->set_sourcing_strategy(Strategy());
  const bool nearest = request->sourcing_strategy() == v1::SOURCING_STRATEGY_NEAREST;
  if (nearest ? !OneIn(20) : OneIn(3)) *request->mutable_destination() = Place();
  request->set_validate_only(OneIn(12));
  request->set_external_reference_code(DocumentCode(model_.state().reservations.size()));
  return request;
}

Requests::Request Requests::ConfirmReservation() {
  auto request = std::make_unique<v1::ConfirmReservationRequest>();
  request->set_reservation_id(ReservationId());
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::ExtendReservation() {
  auto request = std::make_unique<v1::ExtendReservationRequest>();
  request->set_reservation_id(ReservationId());
  if (OneIn(2)) *request->mutable_ttl() = Ttl();
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::AmendReservation() {
  auto request = std::make_unique<v1::AmendReservationRequest>();
  request->set_reservation_id(ReservationId());
  if (OneIn(2)) request->set_on_shortfall(OneIn(30) ? v1::SHORTFALL_POLICY_PARTIAL : v1::SHORTFALL_POLICY_BACKORDER);
  std::set<std::string> skus;
  for (int64_t lines = 1 + Below(3); lines > 0; --lines) skus.insert(Sku());
  const auto found = model_.state().reservations.find(request->reservation_id());
  for (const std::string& sku : skus) {
    auto& line = *request->add_lines();
    line.set_sku(sku);
    line.set_quantity(OneIn(5) ? 0 : Below(13));
    if (found == model_.state().reservations.end() || !found->second.lines.contains(sku)) continue;
    if (OneIn(2)) line.set_quantity(std::max<int64_t>(0, TotalOf(found->second.lines.at(sku)) + Below(5) - 2));
  }
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::CancelReservation() {
  auto request = std::make_unique<v1::CancelReservationRequest>();
  request->set_reservation_id(ReservationId());
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found == model_.state().reservations.end()) return request;
  request->set_etag(Etag(found->second.version));
  if (OneIn(2)) return request;
  for (const auto& [sku, line] : found->second.lines) {
    if (OneIn(3)) continue;
    v1::OrderLine& cancelled = *request->add_lines();
    cancelled.set_sku(sku);
    cancelled.set_quantity(std::max<int64_t>(1, OneIn(3) ? line.outstanding() : Below(line.outstanding() + 2)));
  }
  return request;
}

Requests::Request Requests::ReallocateReservation() {
  auto request = std::make_unique<v1::ReallocateReservationRequest>();
  request->set_reservation_id(ReservationId());
  std::set<std::string> from;
  if (OneIn(2)) from.insert(WarehouseId());
  if (OneIn(4)) from.insert(WarehouseId());
  for (const std::string& warehouse : from) request->add_from_warehouse_ids(warehouse);
  while (OneIn(4)) {
    const std::string to = WarehouseId();
    if (!from.contains(to) || OneIn(20)) request->add_to_warehouse_ids(to);
  }
  if (OneIn(3)) request->set_sourcing_strategy(Strategy());
  request->set_on_shortfall(OneOf<v1::ShortfallPolicy>({v1::SHORTFALL_POLICY_UNSPECIFIED, v1::SHORTFALL_POLICY_REJECT,
                                                        v1::SHORTFALL_POLICY_PARTIAL, v1::SHORTFALL_POLICY_BACKORDER}));
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

int64_t Requests::QuotaVersion(const std::string& sku, const std::string& channel) const {
  const auto quota = model_.state().quotas.find({sku, channel});
  return quota == model_.state().quotas.end() ? 0 : quota->second.version;
}

Requests::Request Requests::SetQuota() {
  auto request = std::make_unique<v1::SetQuotaRequest>();
  request->set_sku(Sku());
  request->set_channel_id(ChannelId());
  request->set_quantity(OneIn(4) ? 0 : Below(13));
  request->set_etag(Etag(QuotaVersion(request->sku(), request->channel_id())));
  return request;
}

Requests::Request Requests::DeleteQuota() {
  auto request = std::make_unique<v1::DeleteQuotaRequest>();
  request->set_sku(Sku());
  request->set_channel_id(ChannelId());
  // Mostly one that is there.
  if (!model_.state().quotas.empty() && !OneIn(4)) {
    auto quota = model_.state().quotas.begin();
    std::advance(quota, Below(static_cast<int64_t>(model_.state().quotas.size())));
    request->set_sku(quota->first.first);
    request->set_channel_id(quota->first.second);
  }
  request->set_etag(Etag(QuotaVersion(request->sku(), request->channel_id())));
  return request;
}

}  // namespace inventory::model
