#include "server/rpc/received.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/byte_buffer.h"
#include "grpc/byte_buffer_reader.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "server/errors.h"
#include "server/rpc/request_size.h"

namespace inventory::rpc {
namespace {

// A request of so few bytes is as small in memory as it can be made large: it needs no look at it.
constexpr std::size_t kSmall = 128;

// gRPC calls a handler on the thread that has parsed the request, right afterwards, and to the end of its synchronous
// part: so a variable of the thread reaches it.
thread_local Received received;

absl::Status Malformed() {
  return Refusal(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                 "the request is not a well-formed message of its type; all text in it must be UTF-8");
}

absl::Status TooManyValues(int64_t most) {
  return Refusal(absl::StatusCode::kInvalidArgument, "TOO_MANY_VALUES",
                 absl::StrCat("the request has more than ", most,
                              " values in lists and fields that are not known here; send several smaller requests"),
                 {{"limit", absl::StrCat(most)}});
}

Received Look(const google::protobuf::Descriptor& type, absl::string_view sent, int64_t most_values) {
  const RequestSize size = SizeOf(type, sent, most_values);
  return {.status = size.values > most_values ? TooManyValues(most_values) : absl::OkStatus(), .bytes = size.bytes};
}

// The bytes of a message in one piece.
class Whole {
 public:
  explicit Whole(grpc_byte_buffer* buffer) {
    grpc_byte_buffer_reader reader;
    if (grpc_byte_buffer_reader_init(&reader, buffer) == 0) return;
    slice_ = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
  }
  ~Whole() { grpc_slice_unref(slice_); }
  Whole(const Whole&) = delete;
  Whole& operator=(const Whole&) = delete;

  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice_)), GRPC_SLICE_LENGTH(slice_)};
  }

 private:
  grpc_slice slice_ = grpc_empty_slice();
};

class ReceivingHandler final : public grpc::internal::MethodHandler {
 public:
  ReceivingHandler(std::unique_ptr<grpc::internal::MethodHandler> handler, const google::protobuf::Descriptor& type,
                   int64_t most_values)
      : handler_(std::move(handler)), type_(type), most_values_(most_values) {}

  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status, void** handler_data) override {
    const std::size_t length = request == nullptr ? 0 : grpc_byte_buffer_length(request);
    received = {.bytes = length};
    if (length > kSmall) received = Look(type_, Whole(request).bytes(), most_values_);
    if (!received.status.ok()) {
      grpc_byte_buffer_destroy(request);
      request = grpc_raw_byte_buffer_create(nullptr, 0);
    }
    void* message = handler_->Deserialize(call, request, status, handler_data);
    if (!status->ok()) received.status = Malformed();
    return message;
  }

  void RunHandler(const HandlerParameter& parameter) override {
    handler_->RunHandler(HandlerParameter(parameter.call, parameter.server_context, parameter.request, grpc::Status::OK,
                                          parameter.internal_data, parameter.call_requester));
    received = {};
  }

 private:
  const std::unique_ptr<grpc::internal::MethodHandler> handler_;
  const google::protobuf::Descriptor& type_;
  const int64_t most_values_;
};

}  // namespace

std::unique_ptr<grpc::internal::MethodHandler> ReceiveAll(std::unique_ptr<grpc::internal::MethodHandler> handler,
                                                          const google::protobuf::Descriptor& type,
                                                          int64_t most_values) {
  return std::make_unique<ReceivingHandler>(std::move(handler), type, most_values);
}

const Received& ReceivedRequest() { return received; }

Received Receive(grpc::ByteBuffer& sent, int64_t most_values, google::protobuf::Message& message) {
  Received result = {.bytes = sent.Length()};
  if (sent.Length() > kSmall) {
    grpc::Slice whole;
    if (!sent.DumpToSingleSlice(&whole).ok()) return {.status = Malformed()};
    result = Look(*message.GetDescriptor(), {reinterpret_cast<const char*>(whole.begin()), whole.size()}, most_values);
  }
  if (!result.status.ok()) {
    sent.Clear();
  } else if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&sent, &message).ok()) {
    result.status = Malformed();
  }
  return result;
}

}  // namespace inventory::rpc
