// What the service says about an error besides its code: all that is in an absl::Status which came from a call.
//
// A refusal has one reason, UPPER_SNAKE_CASE as the RPC's comment names it, and metadata whose keys stand there in
// braces:
//
//   absl::StatusOr<v1::ReserveStockResponse> response = client->ReserveStock(request);
//   if (ReasonOf(response.status()) == "INSUFFICIENT_STOCK") {
//     ShowSoldOut(MetadataOf(response.status())["sku"]);
//   }
//
// Nothing here throws, and everything is thread-safe. A status without details, such as one of a lost connection, has
// an empty reason, no metadata and no violations.
#ifndef INVENTORY_CLIENT_ERRORS_H_
#define INVENTORY_CLIENT_ERRORS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace inventory::client {

// One rule that the request breaks.
struct FieldViolation {
  std::string field;  // Its path, as "lines[2].quantity".
  std::string description;

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// The cause, for programs; empty if there is none.
std::string ReasonOf(const absl::Status& status);

// Facts about the cause.
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

// All rules that the request breaks, in the order in which the service names them.
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

// How long to wait before the next try, if the service says so. The library has done that already for calls it repeats.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// The status that a message carries, as the results of BatchUpdateStock's rows do.
absl::Status FromProto(const google::rpc::Status& status);

// Details for MakeError.
struct ErrorDetails {
  std::string reason;
  std::map<std::string, std::string> metadata = {};
  std::vector<FieldViolation> field_violations = {};
  std::optional<absl::Duration> retry_delay = std::nullopt;
};

// An error as the service makes it, for tests with mocks:
//
//   EXPECT_CALL(client, ReserveStock).WillOnce(Return(MakeError(
//       absl::StatusCode::kFailedPrecondition, "only 1 left", {.reason = "INSUFFICIENT_STOCK"})));
absl::Status MakeError(absl::StatusCode code, const std::string& message, const ErrorDetails& details);

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_ERRORS_H_
