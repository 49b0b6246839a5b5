// What the commands on availability estimates share.
#ifndef INVENTORY_SERVER_COMMANDS_AVAILABILITY_ESTIMATES_H_
#define INVENTORY_SERVER_COMMANDS_AVAILABILITY_ESTIMATES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"
#include "storage/records.h"

namespace inventory::commands {

// What UpdateAvailabilityEstimate never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedAvailabilityEstimateFields[] = {"availability_estimate_id"};

inline constexpr std::size_t kMaxEstimateTitleBytes = 255;

// Whether it has the shape of a BCP 47 tag in lower case, of at most 35 bytes: subtags of 1 to 8 letters and digits
// with "-" between them, the first one of letters.
bool IsLanguageTag(const std::string& tag);

// Notes every broken rule of an estimate but that its id may be missing; `field` is where the request has it.
void CheckAvailabilityEstimate(const v1::AvailabilityEstimate& estimate, const std::string& field,
                               Violations& violations);

// NOT_FOUND, reason AVAILABILITY_ESTIMATE_NOT_FOUND {availability_estimate_id}.
absl::Status AvailabilityEstimateNotFound(const std::string& id);

// The loaded estimate, which matches the etag; AVAILABILITY_ESTIMATE_NOT_FOUND, ETAG_MISMATCH.
absl::StatusOr<const storage::AvailabilityEstimateRecord*> FindAvailabilityEstimate(const pipeline::Work& work,
                                                                                    const std::string& id,
                                                                                    const std::string& etag);

// The record with everything that the caller decides of a valid estimate.
storage::AvailabilityEstimateRecord Configured(storage::AvailabilityEstimateRecord record,
                                               const v1::AvailabilityEstimate& estimate);

}  // namespace inventory::commands

namespace inventory {

void ToProto(const storage::AvailabilityEstimateRecord& estimate, v1::AvailabilityEstimate& out);

}  // namespace inventory

#endif  // INVENTORY_SERVER_COMMANDS_AVAILABILITY_ESTIMATES_H_
