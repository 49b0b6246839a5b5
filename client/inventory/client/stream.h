// Streams of messages: what the streaming RPCs of a generated client return.
//
// One thread may read while another writes; otherwise a stream is used by one thread at a time, but for Cancel, which
// any thread may call. Letting go of a stream before its end cancels it. A stream is not repeated: what has broken off
// is begun again by the caller, who knows from where.
//
//   absl::StatusOr<std::unique_ptr<ReadStream<v1::ExportInventoryResponse>>> stream = client->ExportInventory(request);
//   if (!stream.ok()) return stream.status();
//   while (true) {
//     absl::StatusOr<std::optional<v1::ExportInventoryResponse>> page = (*stream)->Read();
//     if (!page.ok()) return page.status();
//     if (!page->has_value()) break;
//     Store(**page);
//   }
#ifndef INVENTORY_CLIENT_STREAM_H_
#define INVENTORY_CLIENT_STREAM_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace inventory::client {

// From the server.
template <typename Response>
class ReadStream {
 public:
  virtual ~ReadStream() = default;

  // The next message, after waiting for it; nothing once the server has ended the stream well; or why it broke off.
  virtual absl::StatusOr<std::optional<Response>> Read() = 0;

  // Ends the stream; Read then answers CANCELLED.
  virtual void Cancel() = 0;
};

// To the server, which answers once.
template <typename Request, typename Response>
class WriteStream {
 public:
  virtual ~WriteStream() = default;

  // Returns when the connection has room for more. FAILED_PRECONDITION after Finish; after another error the stream has
  // ended, and Finish says why.
  virtual absl::Status Write(const Request& request) = 0;

  // Says that there is no more, and waits for the answer. The same answer when called again.
  virtual absl::StatusOr<Response> Finish() = 0;

  // Ends the stream; Finish then answers CANCELLED.
  virtual void Cancel() = 0;
};

// Both ways.
template <typename Request, typename Response>
class ReadWriteStream : public ReadStream<Response> {
 public:
  // Returns when the connection has room for more. FAILED_PRECONDITION after WritesDone; after another error the stream
  // has ended, and Read says why.
  virtual absl::Status Write(const Request& request) = 0;

  // Says that there is no more; reading goes on. Called once: FAILED_PRECONDITION when called again.
  virtual absl::Status WritesDone() = 0;
};

// A stream of messages whose types are known only when the program runs: what the others are made of.
class MessageStream {
 public:
  virtual ~MessageStream() = default;

  virtual absl::Status Write(const google::protobuf::Message& request) = 0;
  virtual absl::Status WritesDone() = 0;
  // Whether there was a message; false once the server has ended the stream well.
  virtual absl::StatusOr<bool> Read(google::protobuf::Message& response) = 0;
  virtual void Cancel() = 0;
};

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_STREAM_H_
