#include "server/errors.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"

namespace inventory {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";

// An error with so much of each fits into 8 KiB: the text is sent twice, once in base64 with the list.
constexpr std::size_t kMostListedBytes = 2500;
constexpr std::size_t kMostTextBytes = 1000;

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(absl::StrCat(kTypePrefix, Detail::descriptor()->full_name()),
                    absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status Refusal(absl::StatusCode code, std::string_view reason, std::string_view message, Metadata metadata) {
  absl::Status status(code, absl::string_view(message.data(), message.size()));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[std::string(key)] = value;
  }
  Attach(status, info);
  return status;
}

absl::Status Precondition(std::string_view reason, std::string_view message, Metadata metadata) {
  return Refusal(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

absl::Status NotFound(std::string_view reason, std::string_view message, Metadata metadata) {
  return Refusal(absl::StatusCode::kNotFound, reason, message, metadata);
}

absl::Status EtagMismatch(std::string_view resource, std::string_view expected, std::string_view actual) {
  return Refusal(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(std::string(resource), " has changed: read it again and decide anew"),
                 {{"expected", std::string(expected)}, {"actual", std::string(actual)}});
}

absl::Status StockMismatch(std::string_view sku, std::string_view contradiction) {
  return Refusal(absl::StatusCode::kInternal, "STOCK_MISMATCH",
                 absl::StrCat("what is stored of ", std::string(sku), " does not add up: ", std::string(contradiction),
                              "; VerifyStock, or inventory-server verify, with repair puts it right"),
                 {{"sku", std::string(sku)}});
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo retry;
  const absl::Duration whole = absl::Floor(delay, absl::Seconds(1));
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(whole));
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay - whole)));
  Attach(status, retry);
  return status;
}

absl::Status Unavailable(std::string_view reason, std::string_view message) {
  return WithRetryDelay(Refusal(absl::StatusCode::kUnavailable, reason, message), absl::Milliseconds(200));
}

std::string ReasonOf(const absl::Status& status) {
  absl::optional<absl::Cord> payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  if (!payload || !info.ParseFromString(std::string(*payload))) return "";
  return info.reason();
}

void Violations::Add(std::string field, std::string description) {
  if (violations_.size() < kMostNoted) {
    violations_.emplace_back(std::move(field), std::move(description));
  } else {
    ++more_;
  }
}

void Violations::AddAll(const Violations& part, const std::function<std::string(const std::string&)>& path_of) {
  for (const auto& [field, description] : part.violations_) Add(path_of(field), description);
  more_ += part.more_;
}

void Violations::KeepFirst(std::size_t most) {
  if (violations_.size() <= most) return;
  more_ += violations_.size() - most;
  violations_.resize(most);
}

absl::Status Violations::ToStatus() const {
  if (empty()) return absl::OkStatus();
  return ToStatus(absl::StatusCode::kInvalidArgument, "INVALID_FIELDS", "the request breaks these rules");
}

absl::Status Violations::ToStatus(absl::StatusCode code, std::string_view reason, std::string_view message,
                                  Metadata metadata) const {
  google::rpc::BadRequest bad;
  std::size_t bytes = 0;
  std::size_t more = more_;
  for (const auto& [field, description] : violations_) {
    bytes += field.size() + description.size();
    if (bytes > kMostListedBytes && bad.field_violations_size() > 0) {
      ++more;
      continue;
    }
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
  }
  std::string listed = absl::StrJoin(bad.field_violations(), "; ", [](std::string* out, const auto& violation) {
    absl::StrAppend(out, violation.field(), ": ", violation.description());
  });
  listed.resize(std::min(listed.size(), kMostTextBytes));
  if (more > 0) {
    const std::string rest = absl::StrCat(more, " more rules are broken");
    bad.add_field_violations()->set_description(rest);
    absl::StrAppend(&listed, "; ", rest);
  }
  absl::Status status = Refusal(code, reason, absl::StrCat(std::string(message), ": ", listed), metadata);
  Attach(status, bad);
  return status;
}

google::rpc::Status ToProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  status.ForEachPayload([&proto](absl::string_view type_url, const absl::Cord& payload) {
    if (!absl::StartsWith(type_url, kTypePrefix)) return;
    auto* detail = proto.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return proto;
}

absl::Status FromProto(const google::rpc::Status& proto) {
  absl::Status status(static_cast<absl::StatusCode>(proto.code()), proto.message());
  for (const auto& detail : proto.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      ToProto(status).SerializeAsString());
}

}  // namespace inventory
