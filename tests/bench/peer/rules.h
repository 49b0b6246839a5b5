// What each call does.
#ifndef INVENTORY_TESTS_BENCH_PEER_RULES_H_
#define INVENTORY_TESTS_BENCH_PEER_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "inventory/v1/availability.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "server/pipeline/configuration.h"
#include "tests/bench/peer/session.h"

namespace inventory::bench::peer {

// Each runs in the session's open transaction and fills the response. What a request asks for that this service does
// not know is UNIMPLEMENTED.

absl::Status Reserve(Session& session, const pipeline::Configuration& configuration, const std::string& request_id,
                     const v1::ReserveStockRequest& request, v1::ReserveStockResponse& response);

absl::Status Confirm(Session& session, const v1::ConfirmReservationRequest& request,
                     v1::ConfirmReservationResponse& response);

// All of the reservation; single lines are UNIMPLEMENTED.
absl::Status Cancel(Session& session, const std::string& request_id, const v1::CancelReservationRequest& request,
                    v1::CancelReservationResponse& response);

// Whether and how many; no label, no estimate, no restock time.
absl::Status ShowAvailability(Session& session, const pipeline::Configuration& configuration,
                              const v1::GetAvailabilityRequest& request, v1::GetAvailabilityResponse& response);

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_RULES_H_
