#include "server/rpc/pushback.h"

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "google/protobuf/util/time_util.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/pipeline/group_committer.h"

namespace inventory::rpc {

std::string PushbackOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload("type.googleapis.com/google.rpc.RetryInfo");
  google::rpc::RetryInfo retry;
  if (!payload || !retry.ParseFromString(std::string(*payload))) return "";
  return absl::StrCat(google::protobuf::util::TimeUtil::DurationToMilliseconds(retry.retry_delay()));
}

void AddPushback(const std::string& pushback, grpc::ServerContextBase& context) {
  if (!pushback.empty()) context.AddTrailingMetadata("grpc-retry-pushback-ms", pushback);
}

const absl::Status& FullQueue() {
  static const auto& full = *new absl::Status(pipeline::QueueFull());
  return full;
}

bool IsQueueFull(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ReasonOf(status) == "QUEUE_FULL";
}

absl::Status TooManyCalls() {
  return WithRetryDelay(
      Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS",
              "as many calls of this caller are under way as one caller may have; wait for some of them to end"),
      absl::Milliseconds(100));
}

absl::Status TooManyStreams(std::string_view why) {
  return WithRetryDelay(Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS", why), absl::Seconds(1));
}

absl::Status TooManyBytes() {
  return WithRetryDelay(
      Refusal(absl::StatusCode::kResourceExhausted, "TOO_MANY_BYTES",
              "requests under way are as large together as they may be; wait for some of them to end, or send less"),
      absl::Milliseconds(100));
}

}  // namespace inventory::rpc
