#include "inventory/client/errors.h"

#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"

namespace inventory::client {
namespace {

// The domain of this service's ErrorInfo.
constexpr char kDomain[] = "inventory.v1";

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

// The detail, or its default if there is none or it can't be read.
template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

google::rpc::RetryInfo RetryInfoOf(absl::Duration delay) {
  google::rpc::RetryInfo info;
  const absl::Duration whole = absl::Trunc(delay, absl::Seconds(1));
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(whole));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay - whole)));
  return info;
}

}  // namespace

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info ? info->reason() : "";
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) {
      violations.push_back({violation.field(), violation.description()});
    }
  }
  return violations;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::RetryInfo>(status);
  if (!info) return std::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) + absl::Nanoseconds(info->retry_delay().nanos());
}

absl::Status FromProto(const google::rpc::Status& status) {
  // Codes beyond those that gRPC knows are UNKNOWN to everybody.
  const bool known = status.code() >= 0 && status.code() <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  absl::Status converted(known ? static_cast<absl::StatusCode>(status.code()) : absl::StatusCode::kUnknown,
                         status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    converted.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return converted;
}

absl::Status MakeError(absl::StatusCode code, const std::string& message, const ErrorDetails& details) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(kDomain);
  info.mutable_metadata()->insert(details.metadata.begin(), details.metadata.end());
  if (!details.reason.empty()) Attach(status, info);
  google::rpc::BadRequest bad;
  for (const FieldViolation& violation : details.field_violations) {
    bad.add_field_violations()->set_field(violation.field);
    bad.mutable_field_violations()->rbegin()->set_description(violation.description);
  }
  if (bad.field_violations_size() > 0) Attach(status, bad);
  if (details.retry_delay) Attach(status, RetryInfoOf(*details.retry_delay));
  return status;
}

}  // namespace inventory::client
