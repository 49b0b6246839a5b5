#include "inventory/client/internal/grpc_status.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "google/rpc/status.pb.h"
#include "inventory/client/errors.h"

namespace inventory::client::internal {

absl::Status FromGrpc(const grpc::Status& status) {
  google::rpc::Status proto;
  // Details of another code belong to something else than this status.
  const bool fits = proto.ParseFromString(status.error_details()) && proto.code() == status.error_code();
  if (!fits) proto.clear_details();
  proto.set_code(status.error_code());
  proto.set_message(status.error_message());
  return FromProto(proto);
}

AttemptResult ResultOf(const grpc::Status& status, const grpc::ClientContext& context) {
  AttemptResult result = {FromGrpc(status)};
  if (status.ok()) return result;
  const auto& trailer = context.GetServerTrailingMetadata();
  const auto pushback = trailer.find("grpc-retry-pushback-ms");
  if (pushback == trailer.end()) return result;
  // As gRPC has it: whatever is not a number of milliseconds forbids to try again.
  int64_t milliseconds = -1;
  const bool number = absl::SimpleAtoi(std::string(pushback->second.data(), pushback->second.size()), &milliseconds);
  result.pushback = number && milliseconds >= 0 ? absl::Milliseconds(milliseconds) : absl::InfiniteDuration();
  return result;
}

}  // namespace inventory::client::internal
