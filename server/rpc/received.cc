#include "server/rpc/received.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "grpcpp/support/slice.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"
#include "server/rpc/request_size.h"

namespace inventory::rpc {
namespace {

absl::Status TooLarge(std::size_t most) {
  return Refusal(absl::StatusCode::kInvalidArgument, "REQUEST_TOO_LARGE",
                 absl::StrCat("the request would take more than ", most,
                              " bytes of memory; send several smaller ones, or have max-request-memory raised"),
                 {{"limit", absl::StrCat(most)}});
}

}  // namespace

absl::Status MalformedRequest() {
  return Refusal(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                 "the request is not a well-formed message of its type; all text in it must be UTF-8");
}

Received Receive(grpc::ByteBuffer& sent, std::size_t most_bytes, google::protobuf::Message& message) {
  grpc::Slice whole;
  const bool complete = sent.Valid() && (sent.Length() == 0 || sent.DumpToSingleSlice(&whole).ok());
  sent.Clear();
  if (!complete) return {.status = MalformedRequest()};
  const absl::string_view bytes(reinterpret_cast<const char*>(whole.begin()), whole.size());
  const std::optional<std::size_t> size = RequestSize::Of(*message.GetDescriptor()).Measure(bytes, most_bytes);
  if (!size) return {.status = MalformedRequest()};
  if (*size > most_bytes) return {.status = TooLarge(most_bytes)};
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {.status = MalformedRequest()};
  return {.bytes = *size};
}

Received LeaveUnread(grpc::ByteBuffer& sent) {
  sent.Clear();
  return {.status = FullQueue()};
}

}  // namespace inventory::rpc
