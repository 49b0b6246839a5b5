// What generated clients are made of: a Connection's streams with types.
#ifndef INVENTORY_CLIENT_INTERNAL_TYPED_STREAMS_H_
#define INVENTORY_CLIENT_INTERNAL_TYPED_STREAMS_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/client/connection.h"
#include "inventory/client/stream.h"

namespace inventory::client::internal {

template <typename Response>
absl::StatusOr<std::optional<Response>> ReadNext(MessageStream& stream) {
  Response response;
  const absl::StatusOr<bool> there = stream.Read(response);
  if (!there.ok()) return there.status();
  if (!*there) return std::optional<Response>();
  return std::optional<Response>(std::move(response));
}

template <typename Response>
class TypedReadStream final : public ReadStream<Response> {
 public:
  explicit TypedReadStream(std::unique_ptr<MessageStream> stream) : stream_(std::move(stream)) {}

  absl::StatusOr<std::optional<Response>> Read() override { return ReadNext<Response>(*stream_); }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<MessageStream> stream_;
};

template <typename Request, typename Response>
class TypedWriteStream final : public WriteStream<Request, Response> {
 public:
  explicit TypedWriteStream(std::unique_ptr<MessageStream> stream) : stream_(std::move(stream)) {}

  absl::Status Write(const Request& request) override { return stream_->Write(request); }

  absl::StatusOr<Response> Finish() override {
    if (!result_) result_ = AnswerOnce();
    return *result_;
  }

  void Cancel() override { stream_->Cancel(); }

 private:
  absl::StatusOr<Response> AnswerOnce() {
    // If the stream has ended, reading tells why.
    stream_->WritesDone().IgnoreError();
    absl::StatusOr<std::optional<Response>> response = ReadNext<Response>(*stream_);
    if (!response.ok()) return response.status();
    // An error may follow the answer.
    const absl::StatusOr<std::optional<Response>> end = ReadNext<Response>(*stream_);
    if (!end.ok()) return end.status();
    if (!response->has_value() || end->has_value()) return absl::InternalError("the server did not answer just once");
    return **std::move(response);
  }

  const std::unique_ptr<MessageStream> stream_;
  std::optional<absl::StatusOr<Response>> result_;
};

template <typename Request, typename Response>
class TypedReadWriteStream final : public ReadWriteStream<Request, Response> {
 public:
  explicit TypedReadWriteStream(std::unique_ptr<MessageStream> stream) : stream_(std::move(stream)) {}

  absl::Status Write(const Request& request) override { return stream_->Write(request); }
  absl::Status WritesDone() override { return stream_->WritesDone(); }
  absl::StatusOr<std::optional<Response>> Read() override { return ReadNext<Response>(*stream_); }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<MessageStream> stream_;
};

// Opens a stream to which the one request is written.
template <typename Response, typename Request>
absl::StatusOr<std::unique_ptr<ReadStream<Response>>> OpenReadStream(Connection& connection, const Method& method,
                                                                     const Request& request,
                                                                     const CallOptions& options) {
  absl::StatusOr<std::unique_ptr<MessageStream>> stream = connection.OpenStream(method, options);
  if (!stream.ok()) return stream.status();
  // If it ends before the request is out, reading tells why.
  if ((*stream)->Write(request).ok()) (*stream)->WritesDone().IgnoreError();
  return std::make_unique<TypedReadStream<Response>>(*std::move(stream));
}

template <typename Request, typename Response>
absl::StatusOr<std::unique_ptr<WriteStream<Request, Response>>> OpenWriteStream(Connection& connection,
                                                                                const Method& method,
                                                                                const CallOptions& options) {
  absl::StatusOr<std::unique_ptr<MessageStream>> stream = connection.OpenStream(method, options);
  if (!stream.ok()) return stream.status();
  return std::make_unique<TypedWriteStream<Request, Response>>(*std::move(stream));
}

template <typename Request, typename Response>
absl::StatusOr<std::unique_ptr<ReadWriteStream<Request, Response>>> OpenReadWriteStream(Connection& connection,
                                                                                        const Method& method,
                                                                                        const CallOptions& options) {
  absl::StatusOr<std::unique_ptr<MessageStream>> stream = connection.OpenStream(method, options);
  if (!stream.ok()) return stream.status();
  return std::make_unique<TypedReadWriteStream<Request, Response>>(*std::move(stream));
}

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_TYPED_STREAMS_H_
