// Calls to a server, for tests.
#ifndef INVENTORY_TESTS_INTEGRATION_CLIENT_H_
#define INVENTORY_TESTS_INTEGRATION_CLIENT_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/credentials.h"
#include "inventory/v1/channel_service.pb.h"
#include "inventory/v1/inventory_service.pb.h"
#include "inventory/v1/warehouse_service.pb.h"

namespace inventory::integration {

// Declared only: the response of the RPC that takes each request.
namespace answer {
v1::Item To(const v1::CreateItemRequest&);
v1::Item To(const v1::GetItemRequest&);
v1::ListItemsResponse To(const v1::ListItemsRequest&);
v1::Item To(const v1::UpdateItemRequest&);
v1::DeleteItemResponse To(const v1::DeleteItemRequest&);
v1::StockLevel To(const v1::GetStockLevelRequest&);
v1::ListStockLevelsResponse To(const v1::ListStockLevelsRequest&);
v1::SetStockResponse To(const v1::SetStockRequest&);
v1::AdjustStockResponse To(const v1::AdjustStockRequest&);
v1::ReclassifyStockResponse To(const v1::ReclassifyStockRequest&);
v1::SetSafetyStockResponse To(const v1::SetSafetyStockRequest&);
v1::BatchUpdateStockResponse To(const v1::BatchUpdateStockRequest&);
v1::GetAvailabilityResponse To(const v1::GetAvailabilityRequest&);
v1::GetAvailableToPromiseResponse To(const v1::GetAvailableToPromiseRequest&);
v1::ReserveStockResponse To(const v1::ReserveStockRequest&);
v1::ConfirmReservationResponse To(const v1::ConfirmReservationRequest&);
v1::ExtendReservationResponse To(const v1::ExtendReservationRequest&);
v1::AmendReservationResponse To(const v1::AmendReservationRequest&);
v1::ReallocateReservationResponse To(const v1::ReallocateReservationRequest&);
v1::CancelReservationResponse To(const v1::CancelReservationRequest&);
v1::Reservation To(const v1::GetReservationRequest&);
v1::ListReservationsResponse To(const v1::ListReservationsRequest&);
v1::ListBackordersResponse To(const v1::ListBackordersRequest&);
v1::CreateShipmentResponse To(const v1::CreateShipmentRequest&);
v1::Shipment To(const v1::GetShipmentRequest&);
v1::ListShipmentsResponse To(const v1::ListShipmentsRequest&);
v1::MarkShipmentReadyResponse To(const v1::MarkShipmentReadyRequest&);
v1::ShipShipmentResponse To(const v1::ShipShipmentRequest&);
v1::DeliverShipmentResponse To(const v1::DeliverShipmentRequest&);
v1::CancelShipmentResponse To(const v1::CancelShipmentRequest&);
v1::ReturnStockResponse To(const v1::ReturnStockRequest&);
v1::StockReturn To(const v1::GetReturnRequest&);
v1::ListReturnsResponse To(const v1::ListReturnsRequest&);
v1::CreateReplenishmentResponse To(const v1::CreateReplenishmentRequest&);
v1::Replenishment To(const v1::GetReplenishmentRequest&);
v1::ListReplenishmentsResponse To(const v1::ListReplenishmentsRequest&);
v1::UpdateReplenishmentResponse To(const v1::UpdateReplenishmentRequest&);
v1::ReceiveReplenishmentResponse To(const v1::ReceiveReplenishmentRequest&);
v1::CloseReplenishmentResponse To(const v1::CloseReplenishmentRequest&);
v1::AvailabilityEstimate To(const v1::CreateAvailabilityEstimateRequest&);
v1::AvailabilityEstimate To(const v1::GetAvailabilityEstimateRequest&);
v1::ListAvailabilityEstimatesResponse To(const v1::ListAvailabilityEstimatesRequest&);
v1::AvailabilityEstimate To(const v1::UpdateAvailabilityEstimateRequest&);
v1::DeleteAvailabilityEstimateResponse To(const v1::DeleteAvailabilityEstimateRequest&);
v1::LowStockRule To(const v1::CreateLowStockRuleRequest&);
v1::LowStockRule To(const v1::GetLowStockRuleRequest&);
v1::ListLowStockRulesResponse To(const v1::ListLowStockRulesRequest&);
v1::LowStockRule To(const v1::UpdateLowStockRuleRequest&);
v1::DeleteLowStockRuleResponse To(const v1::DeleteLowStockRuleRequest&);
v1::ListLowStockEventsResponse To(const v1::ListLowStockEventsRequest&);
v1::RetryLowStockEventResponse To(const v1::RetryLowStockEventRequest&);
v1::ListLowStockActivitiesResponse To(const v1::ListLowStockActivitiesRequest&);
v1::ListMovementsResponse To(const v1::ListMovementsRequest&);
v1::VerifyStockResponse To(const v1::VerifyStockRequest&);
v1::Warehouse To(const v1::CreateWarehouseRequest&);
v1::Warehouse To(const v1::GetWarehouseRequest&);
v1::ListWarehousesResponse To(const v1::ListWarehousesRequest&);
v1::Warehouse To(const v1::UpdateWarehouseRequest&);
v1::Warehouse To(const v1::DeleteWarehouseRequest&);
v1::Warehouse To(const v1::UndeleteWarehouseRequest&);
v1::CreateTransferResponse To(const v1::CreateTransferRequest&);
v1::Transfer To(const v1::GetTransferRequest&);
v1::ListTransfersResponse To(const v1::ListTransfersRequest&);
v1::ReceiveTransferResponse To(const v1::ReceiveTransferRequest&);
v1::Channel To(const v1::CreateChannelRequest&);
v1::Channel To(const v1::GetChannelRequest&);
v1::ListChannelsResponse To(const v1::ListChannelsRequest&);
v1::Channel To(const v1::UpdateChannelRequest&);
v1::Channel To(const v1::DeleteChannelRequest&);
v1::Channel To(const v1::UndeleteChannelRequest&);
v1::Channel To(const v1::AttachWarehouseRequest&);
v1::Channel To(const v1::DetachWarehouseRequest&);
v1::Quota To(const v1::SetQuotaRequest&);
v1::Quota To(const v1::GetQuotaRequest&);
v1::ListQuotasResponse To(const v1::ListQuotasRequest&);
v1::DeleteQuotaResponse To(const v1::DeleteQuotaRequest&);
}  // namespace answer

template <typename Request>
using AnswerTo = decltype(answer::To(std::declval<const Request&>()));

// All RPCs of inventory.v1 but streams.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

// Calls one server. Thread-safe.
class Client {
 public:
  // What carries calls out, in place of gRPC. Thread-safe.
  using Sender = std::function<absl::Status(const google::protobuf::Message& request,
                                            google::protobuf::Message& response, absl::Duration timeout)>;

  // In the clear without credentials.
  explicit Client(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials = nullptr);
  explicit Client(Sender sender) : sender_(std::move(sender)) {}

  // The answer of the RPC that takes `request`, or its error with all its details.
  template <typename Request>
  absl::StatusOr<AnswerTo<Request>> Call(const Request& request, absl::Duration timeout = kPatience) const {
    AnswerTo<Request> response;
    absl::Status status = Send(request, response, timeout);
    if (!status.ok()) return status;
    return response;
  }

  // The same for messages whose types are not known here.
  absl::Status Send(const google::protobuf::Message& request, google::protobuf::Message& response,
                    absl::Duration timeout = kPatience) const;

  // What the health service says of `service`, empty for the whole server: SERVING, NOT_SERVING, or the code's name if
  // it does not answer.
  std::string Health(const std::string& service = "") const;

  // Null if there is a sender.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  static constexpr absl::Duration kPatience = absl::Seconds(30);

 private:
  absl::Status SendByGrpc(const google::protobuf::MethodDescriptor& rpc, const google::protobuf::Message& request,
                          google::protobuf::Message& response, absl::Duration timeout) const;

  Sender sender_;
  std::shared_ptr<grpc::Channel> channel_;
};

// ---- Errors ----

// A call's status with all its details.
absl::Status FromGrpc(const grpc::Status& status);

// The reason of the ErrorInfo, and its metadata.
std::string ReasonOf(const absl::Status& status);
std::map<std::string, std::string> MetadataOf(const absl::Status& status);
// The field paths of the BadRequest.
std::multiset<std::string> ViolationsOf(const absl::Status& status);
// The delay of the RetryInfo.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

template <typename T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

// "FAILED_PRECONDITION INSUFFICIENT_STOCK", "OK", "UNAVAILABLE DATABASE_UNAVAILABLE": code and reason.
std::string Outcome(const absl::Status& status);
template <typename T>
std::string Outcome(const absl::StatusOr<T>& result) {
  return Outcome(result.status());
}

// The answer; the test fails if there is none.
template <typename T>
T Must(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : T();
}

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_CLIENT_H_
