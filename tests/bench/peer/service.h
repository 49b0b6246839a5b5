// The calls that the peer answers; all others are UNIMPLEMENTED.
#ifndef INVENTORY_TESTS_BENCH_PEER_SERVICE_H_
#define INVENTORY_TESTS_BENCH_PEER_SERVICE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/pipeline/configuration.h"
#include "storage/connection.h"
#include "storage/mutex.h"
#include "tests/bench/peer/pool.h"
#include "tests/bench/peer/transactions.h"

namespace inventory::bench::peer {

// Channels and warehouses, read again when they are a second old. Thread-safe.
class Configurations {
 public:
  explicit Configurations(storage::DatabaseOptions database) : database_(std::move(database)) {}

  absl::StatusOr<std::shared_ptr<const pipeline::Configuration>> Get();

 private:
  const storage::DatabaseOptions database_;
  storage::Mutex mutex_;
  std::unique_ptr<storage::Connection> connection_ GUARDED_BY(mutex_);
  std::shared_ptr<const pipeline::Configuration> newest_ GUARDED_BY(mutex_);
  absl::Time read_at_ GUARDED_BY(mutex_) = absl::InfinitePast();
};

// Thread-safe, as gRPC calls it from many threads; each blocks until its call is answered.
class Service final : public v1::InventoryService::Service {
 public:
  Service(const storage::DatabaseOptions& database, std::size_t connections)
      : pool_(database, connections), transactions_(pool_), configurations_(database) {}

  grpc::Status ReserveStock(grpc::ServerContext* context, const v1::ReserveStockRequest* request,
                            v1::ReserveStockResponse* response) override;
  grpc::Status ConfirmReservation(grpc::ServerContext* context, const v1::ConfirmReservationRequest* request,
                                  v1::ConfirmReservationResponse* response) override;
  grpc::Status CancelReservation(grpc::ServerContext* context, const v1::CancelReservationRequest* request,
                                 v1::CancelReservationResponse* response) override;
  grpc::Status GetAvailability(grpc::ServerContext* context, const v1::GetAvailabilityRequest* request,
                               v1::GetAvailabilityResponse* response) override;

 private:
  Pool pool_;
  Transactions transactions_;
  Configurations configurations_;
};

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_SERVICE_H_
