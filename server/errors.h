// Errors as callers see them: a canonical code plus google.rpc details, carried by absl::Status inside the server.
// All functions are thread-safe.
#ifndef INVENTORY_SERVER_ERRORS_H_
#define INVENTORY_SERVER_ERRORS_H_

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace inventory {

// The domain of every ErrorInfo this service sends.
inline constexpr std::string_view kErrorDomain = "inventory.v1";

using Metadata = std::initializer_list<std::pair<std::string_view, std::string>>;

// A refusal: `code`, and an ErrorInfo with `reason` (UPPER_SNAKE_CASE) and `metadata`.
absl::Status Refusal(absl::StatusCode code, std::string_view reason, std::string_view message, Metadata metadata = {});

// Shorthands for the commonest codes.
absl::Status Precondition(std::string_view reason, std::string_view message, Metadata metadata = {});
absl::Status NotFound(std::string_view reason, std::string_view message, Metadata metadata = {});
absl::Status EtagMismatch(std::string_view resource, std::string_view expected, std::string_view actual);

// INTERNAL, reason STOCK_MISMATCH {sku}: what is stored of the SKU contradicts itself, so that no write of it can
// succeed before VerifyStock has repaired it.
absl::Status StockMismatch(std::string_view sku, std::string_view contradiction);

// `status` with a RetryInfo that asks to wait for `delay`.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// UNAVAILABLE with RetryInfo: the database is away, or `reason` CONTENTION after giving up.
absl::Status Unavailable(std::string_view reason, std::string_view message);

// The reason of the ErrorInfo in `status`, or empty.
std::string ReasonOf(const absl::Status& status);

// Collects every broken rule of a request. Not thread-safe.
class Violations {
 public:
  // Notes that `field` (for example "lines[2].quantity") breaks a rule; `description` says which and what would be
  // right.
  void Add(std::string field, std::string description);
  // Adds those of a part; `path_of` gives a field's path in the whole.
  void AddAll(const Violations& part, const std::function<std::string(const std::string& field)>& path_of);
  // Forgets all but the first ones, and how many those were is told after them.
  void KeepFirst(std::size_t most);
  bool empty() const { return violations_.empty(); }
  // Without those that are only counted.
  std::size_t size() const { return violations_.size(); }

  // OK if there are none, otherwise INVALID_ARGUMENT with all of them as a BadRequest: as many as callers can receive,
  // and how many more there are. gRPC's clients take 8 KiB of metadata by default, which is what an error is sent in.
  absl::Status ToStatus() const;
  // The same under another code and reason, with metadata.
  absl::Status ToStatus(absl::StatusCode code, std::string_view reason, std::string_view message,
                        Metadata metadata = {}) const;

 private:
  // More are only counted.
  static constexpr std::size_t kMostNoted = 100;

  std::vector<std::pair<std::string, std::string>> violations_;
  std::size_t more_ = 0;
};

google::rpc::Status ToProto(const absl::Status& status);
absl::Status FromProto(const google::rpc::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace inventory

#endif  // INVENTORY_SERVER_ERRORS_H_
