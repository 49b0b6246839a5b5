#include "server/rpc/received.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/byte_buffer.h"
#include "grpc/byte_buffer_reader.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"
#include "server/rpc/request_size.h"

namespace inventory::rpc {
namespace {

// gRPC calls a handler on the thread that has parsed the request, right afterwards, and to the end of its synchronous
// part: so a variable of the thread reaches it.
thread_local Received received;

absl::Status Malformed() {
  return Refusal(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                 "the request is not a well-formed message of its type; all text in it must be UTF-8");
}

absl::Status TooLarge(std::size_t most) {
  return Refusal(absl::StatusCode::kInvalidArgument, "REQUEST_TOO_LARGE",
                 absl::StrCat("the request would take more than ", most,
                              " bytes of memory; send several smaller ones, or have max-request-memory raised"),
                 {{"limit", absl::StrCat(most)}});
}

Received Look(const RequestSize& size, absl::string_view sent, std::size_t most) {
  const std::optional<std::size_t> bytes = size.Measure(sent, most);
  if (!bytes) return {.status = Malformed()};
  if (*bytes > most) return {.status = TooLarge(most)};
  return {.bytes = *bytes};
}

// The bytes of a message in one piece.
class Whole {
 public:
  explicit Whole(grpc_byte_buffer* buffer) {
    if (buffer == nullptr) return;
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
                   std::size_t most_bytes, std::function<bool()> full)
      : handler_(std::move(handler)), size_(RequestSize::Of(type)), most_bytes_(most_bytes), full_(std::move(full)) {}

  void* Deserialize(grpc_call* call, grpc_byte_buffer* request, grpc::Status* status, void** handler_data) override {
    if (full_ && full_()) {
      received = {.status = FullQueue()};
    } else {
      received = Look(size_, Whole(request).bytes(), most_bytes_);
    }
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
  const RequestSize& size_;
  const std::size_t most_bytes_;
  const std::function<bool()> full_;
};

}  // namespace

std::unique_ptr<grpc::internal::MethodHandler> ReceiveAll(std::unique_ptr<grpc::internal::MethodHandler> handler,
                                                          const google::protobuf::Descriptor& type,
                                                          std::size_t most_bytes, std::function<bool()> full) {
  return std::make_unique<ReceivingHandler>(std::move(handler), type, most_bytes, std::move(full));
}

const Received& ReceivedRequest() { return received; }

Received Receive(grpc::ByteBuffer& sent, std::size_t most_bytes, google::protobuf::Message& message) {
  grpc::Slice whole;
  if (sent.Length() > 0 && !sent.DumpToSingleSlice(&whole).ok()) return {.status = Malformed()};
  Received result = Look(RequestSize::Of(*message.GetDescriptor()),
                         {reinterpret_cast<const char*>(whole.begin()), whole.size()}, most_bytes);
  if (!result.status.ok()) {
    sent.Clear();
  } else if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&sent, &message).ok()) {
    result.status = Malformed();
  }
  return result;
}

}  // namespace inventory::rpc
