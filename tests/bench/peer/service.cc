#include "tests/bench/peer/service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/commands/reservations.h"
#include "server/errors.h"
#include "server/rpc/bounds.h"
#include "server/rpc/ids.h"
#include "tests/bench/peer/rules.h"

namespace inventory::bench::peer {
namespace {

constexpr absl::Duration kConfigurationAge = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kMaxSkus = 1000;

absl::Time DeadlineOf(const grpc::ServerContext& context) {
  return std::min(absl::FromChrono(context.deadline()), absl::Now() + kPatience);
}

std::string IdOf(const std::string& request_id) { return request_id.empty() ? rpc::NewId() : request_id; }

Violations Check(const v1::ReserveStockRequest& request) {
  Violations violations;
  rpc::CheckRequestId(request.request_id(), violations);
  rpc::CheckOptionalId(request.reservation_id(), "reservation_id", violations);
  rpc::CheckId(request.channel_id(), "channel_id", violations);
  rpc::CheckText(request.order_reference(), 128, "order_reference", violations);
  commands::CheckLines(request.lines(), {.least_lines = 1, .distinct_skus = false}, violations);
  if (request.has_ttl()) {
    rpc::CheckTtl(request.ttl(), rpc::Bounds().max_hold_ttl, "ttl", violations);
    if (request.commit()) violations.Add("ttl", "must not be set together with commit");
  }
  return violations;
}

Violations Check(const std::string& request_id, const std::string& reservation_id) {
  Violations violations;
  rpc::CheckRequestId(request_id, violations);
  rpc::CheckId(reservation_id, "reservation_id", violations);
  return violations;
}

Violations Check(const v1::GetAvailabilityRequest& request) {
  Violations violations;
  rpc::CheckId(request.channel_id(), "channel_id", violations);
  rpc::CheckCount(request.skus_size(), 1, kMaxSkus, "skus", violations);
  return violations;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> Configurations::Get() {
  storage::MutexLock lock(mutex_);
  if (absl::Now() - read_at_ < kConfigurationAge) return newest_;
  if (connection_ == nullptr || connection_->broken()) {
    auto opened = storage::Connection::Open(database_);
    if (!opened.ok()) return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again");
    connection_ = *std::move(opened);
  }
  auto read = pipeline::ReadConfiguration(*connection_);
  if (!read.ok()) return Unavailable("DATABASE_UNAVAILABLE", "the configuration can't be read; call again");
  newest_ = *std::move(read);
  read_at_ = absl::Now();
  return newest_;
}

grpc::Status Service::ReserveStock(grpc::ServerContext* context, const v1::ReserveStockRequest* request,
                                   v1::ReserveStockResponse* response) {
  const Violations violations = Check(*request);
  if (!violations.empty()) return ToGrpc(violations.ToStatus());
  const auto configuration = configurations_.Get();
  if (!configuration.ok()) return ToGrpc(configuration.status());
  const std::string id = IdOf(request->request_id());
  return ToGrpc(transactions_.Run(*request, id, DeadlineOf(*context), *response, [&](Session& session) {
    return Reserve(session, **configuration, id, *request, *response);
  }));
}

grpc::Status Service::ConfirmReservation(grpc::ServerContext* context, const v1::ConfirmReservationRequest* request,
                                         v1::ConfirmReservationResponse* response) {
  const Violations violations = Check(request->request_id(), request->reservation_id());
  if (!violations.empty()) return ToGrpc(violations.ToStatus());
  return ToGrpc(transactions_.Run(*request, IdOf(request->request_id()), DeadlineOf(*context), *response,
                                  [&](Session& session) { return Confirm(session, *request, *response); }));
}

grpc::Status Service::CancelReservation(grpc::ServerContext* context, const v1::CancelReservationRequest* request,
                                        v1::CancelReservationResponse* response) {
  const Violations violations = Check(request->request_id(), request->reservation_id());
  if (!violations.empty()) return ToGrpc(violations.ToStatus());
  const std::string id = IdOf(request->request_id());
  return ToGrpc(transactions_.Run(*request, id, DeadlineOf(*context), *response,
                                  [&](Session& session) { return Cancel(session, id, *request, *response); }));
}

grpc::Status Service::GetAvailability(grpc::ServerContext* context, const v1::GetAvailabilityRequest* request,
                                      v1::GetAvailabilityResponse* response) {
  const Violations violations = Check(*request);
  if (!violations.empty()) return ToGrpc(violations.ToStatus());
  const auto configuration = configurations_.Get();
  if (!configuration.ok()) return ToGrpc(configuration.status());
  absl::StatusOr<Pool::Lease> session = pool_.Acquire(DeadlineOf(*context));
  if (!session.ok()) return ToGrpc(session.status());
  const absl::Status status = ShowAvailability(**session, **configuration, *request, *response);
  (**session).Rollback();
  if (storage::FaultOf(status) == storage::SqlFault::kNone) return ToGrpc(status);
  return ToGrpc(Unavailable("DATABASE_UNAVAILABLE", "the database did not answer; call again"));
}

}  // namespace inventory::bench::peer
