// What all commands share.
#include "tests/unit/model.h"

#include <algorithm>

#include "tests/unit/model_malformed.h"

namespace inventory::model {
namespace {

// Whether it only asks what would happen.
bool IsTrial(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("validate_only");
  return field != nullptr && request.GetReflection()->GetBool(request, field);
}

}  // namespace

bool Configures(const google::protobuf::Message& request) {
  const google::protobuf::FileDescriptor* file = request.GetDescriptor()->file();
  return file == v1::Channel::descriptor()->file() || file == v1::Warehouse::descriptor()->file() ||
         file == v1::AvailabilityEstimate::descriptor()->file();
}

std::string TextOf(const google::protobuf::Message& message, const std::string& field) {
  const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
  return descriptor == nullptr ? "" : message.GetReflection()->GetString(message, descriptor);
}

bool Names(const google::protobuf::FieldMask& mask, const google::protobuf::Message& changes,
           const std::string& field) {
  const auto* descriptor = changes.GetDescriptor()->FindFieldByName(field);
  const google::protobuf::Reflection& reflection = *changes.GetReflection();
  if (mask.paths().empty()) {
    return descriptor->is_repeated() ? reflection.FieldSize(changes, descriptor) > 0
                                     : reflection.HasField(changes, descriptor);
  }
  return std::any_of(mask.paths().begin(), mask.paths().end(),
                     [&field](const std::string& path) { return path == "*" || path == field; });
}

Outcome NotFound(const std::string& what) { return {absl::StatusCode::kNotFound, what + "_NOT_FOUND"}; }

Outcome Precondition(const std::string& reason) { return {absl::StatusCode::kFailedPrecondition, reason}; }

Outcome CheckEtag(const std::string& etag, int64_t version) {
  if (etag.empty() || etag == std::to_string(version)) return {};
  return {absl::StatusCode::kAborted, "ETAG_MISMATCH"};
}

template <typename Request>
bool Model::RunIf(const google::protobuf::Message& message, Outcome& outcome) {
  const auto* request = dynamic_cast<const Request*>(&message);
  if (request == nullptr) return false;
  if (Malformed(*request) || NamesBadUnit(*request)) {
    outcome = {absl::StatusCode::kInvalidArgument, "INVALID_FIELDS"};
    return true;
  }
  outcome = RunOnce(*request);
  return true;
}

template <typename Request>
Outcome Model::RunOnce(const Request& request) {
  const std::string& id = request.request_id();
  const std::string payload = request.GetTypeName() + " " + request.ShortDebugString();
  if (const auto first = answers_.find(id); first != answers_.end()) {
    const bool same = first->second.first == payload;
    return same ? first->second.second : Outcome{absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"};
  }
  touched_ = SkusOf(request);
  State before;
  Outcome outcome;
  std::set<std::string> entered;
  do {
    entered = touched_;
    Enter(entered);
    before = state_;
    rechecked_.clear();
    Request converted = request;
    outcome = ConvertUnits(converted);
    if (outcome.ok()) outcome = Do(converted);
    if (touched_ != entered) state_ = before;
  } while (touched_ != entered);
  if (IsTrial(request)) {
    answered_ = state_;
    state_ = before;
    return outcome;
  }
  if (outcome.ok()) {
    if (Configures(request)) state_.unfollowed = true;
    Leave(entered, before);
  } else {
    state_ = before;
  }
  if (!id.empty()) answers_[id] = {payload, outcome};
  return outcome;
}

Outcome Model::Run(const google::protobuf::Message& request, const std::string& fresh_id) {
  fresh_id_ = fresh_id;
  Outcome outcome{absl::StatusCode::kUnimplemented};
  const auto try_all = [&]<typename... Requests>(std::tuple<Requests...>*) {
    return (RunIf<Requests>(request, outcome) || ...);
  };
  using Writes = std::tuple<
      v1::RetryLowStockEventRequest, v1::CreateAvailabilityEstimateRequest, v1::UpdateAvailabilityEstimateRequest,
      v1::DeleteAvailabilityEstimateRequest, v1::CreateLowStockRuleRequest, v1::UpdateLowStockRuleRequest,
      v1::DeleteLowStockRuleRequest, v1::ReallocateReservationRequest, v1::CreateItemRequest, v1::UpdateItemRequest,
      v1::DeleteItemRequest, v1::SetStockRequest, v1::AdjustStockRequest, v1::ReclassifyStockRequest,
      v1::SetSafetyStockRequest, v1::BatchUpdateStockRequest, v1::ReserveStockRequest, v1::SetQuotaRequest,
      v1::DeleteQuotaRequest, v1::ConfirmReservationRequest, v1::ExtendReservationRequest, v1::AmendReservationRequest,
      v1::CancelReservationRequest, v1::CreateShipmentRequest, v1::MarkShipmentReadyRequest, v1::ShipShipmentRequest,
      v1::DeliverShipmentRequest, v1::CancelShipmentRequest, v1::ReturnStockRequest, v1::CreateReplenishmentRequest,
      v1::UpdateReplenishmentRequest, v1::ReceiveReplenishmentRequest, v1::CloseReplenishmentRequest,
      v1::CreateTransferRequest, v1::ReceiveTransferRequest, v1::CreateWarehouseRequest, v1::UpdateWarehouseRequest,
      v1::DeleteWarehouseRequest, v1::UndeleteWarehouseRequest, v1::CreateChannelRequest, v1::UpdateChannelRequest,
      v1::DeleteChannelRequest, v1::UndeleteChannelRequest, v1::AttachWarehouseRequest, v1::DetachWarehouseRequest>;
  try_all(static_cast<Writes*>(nullptr));
  return outcome;
}

}  // namespace inventory::model
