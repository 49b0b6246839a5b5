#include "inventory/client/internal/grpc_stream.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/sync_stream.h"
#include "inventory/client/internal/grpc_status.h"

namespace inventory::client::internal {
namespace {

using google::protobuf::Message;
using grpc::internal::RpcMethod;

// On the wire all kinds of streams are the same, so one class does for all.
class GrpcStream final : public MessageStream {
 public:
  GrpcStream(std::shared_ptr<AttentiveChannel> channel, const Method& method,
             std::unique_ptr<grpc::ClientContext> context)
      : channel_(std::move(channel)),
        path_(PathOf(method)),
        context_(std::move(context)),
        stream_(grpc::internal::ClientReaderWriterFactory<Message, Message>::Create(
            channel_->get(), RpcMethod(path_.c_str(), RpcMethod::BIDI_STREAMING), context_.get())) {}

  ~GrpcStream() override {
    context_->TryCancel();
    Finish().IgnoreError();
  }

  absl::Status Write(const Message& request) override {
    if (writes_done_) return WritesAreDone();
    if (stream_->Write(request)) return absl::OkStatus();
    return Ended();
  }

  absl::Status WritesDone() override {
    if (writes_done_) return WritesAreDone();
    writes_done_ = true;
    if (stream_->WritesDone()) return absl::OkStatus();
    return Ended();
  }

  absl::StatusOr<bool> Read(Message& response) override {
    // After the end gRPC must not be asked again.
    {
      const absl::MutexLock lock(&mutex_);
      if (status_) return StatusOrEnd(*status_);
    }
    if (stream_->Read(&response)) return true;
    return StatusOrEnd(Finish());
  }

  void Cancel() override { context_->TryCancel(); }

 private:
  static absl::StatusOr<bool> StatusOrEnd(const absl::Status& status) {
    if (status.ok()) return false;
    return status;
  }
  static absl::Status Ended() { return absl::UnavailableError("the stream has ended; reading says why"); }

  // gRPC would end the program.
  static absl::Status WritesAreDone() {
    return absl::FailedPreconditionError("the stream was told before that there is no more to write");
  }

  // The outcome, which gRPC gives once.
  absl::Status Finish() {
    const absl::MutexLock lock(&mutex_);
    if (!status_) status_ = FromGrpc(stream_->Finish());
    return *status_;
  }

  const std::shared_ptr<AttentiveChannel> channel_;
  const std::string path_;
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<grpc::ClientReaderWriter<Message, Message>> stream_;
  bool writes_done_ = false;  // Of the thread that writes.
  absl::Mutex mutex_;
  std::optional<absl::Status> status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<MessageStream> OpenGrpcStream(std::shared_ptr<AttentiveChannel> channel, const Method& method,
                                              std::unique_ptr<grpc::ClientContext> context) {
  return std::make_unique<GrpcStream>(std::move(channel), method, std::move(context));
}

}  // namespace inventory::client::internal
