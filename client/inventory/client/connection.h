// Connections to the service.
//
// A Connection carries calls: it finds a server, sends the credentials, keeps the deadline and repeats what may be
// repeated. The generated clients (`inventory/v1/inventory_service.client.h`) are typed views of it; programs that know
// their messages only at run time use it directly.
//
// Requirements: a Method's texts, and for CallAsync the response, outlive the call.
//
// Guarantees: thread-safe, and meant to be shared by a whole program. Nothing throws. Errors of the service come with
// their details (`inventory/client/errors.h`). A call is repeated, within its deadline, if its method is idempotent and
//   - it ended with UNAVAILABLE: the server was not reached, stops, or says itself that trying again helps;
//   - it ended with RESOURCE_EXHAUSTED and the server says when to come back; without that it is a limit which a
//     repetition meets again;
//   - it ended with CANCELLED, which the library never causes: a server that stops does.
// Everything else is final: a refusal stays one, and ABORTED (another etag) asks the caller to read again and decide
// anew. An empty `request_id` of a call with side effects is filled once and kept over all attempts, so that the call
// happens exactly once however often it is sent. Streams are not repeated.
//
// Example:
//
//   absl::StatusOr<std::shared_ptr<Connection>> connection =
//       Connect({.addresses = {"stock.internal:50051"}, .tls = {.ca_file = "/etc/inventory/ca.pem"}});
//   if (!connection.ok()) return connection.status();
//   std::unique_ptr<InventoryClient> client = MakeInventoryClient(*connection);
#ifndef INVENTORY_CLIENT_CONNECTION_H_
#define INVENTORY_CLIENT_CONNECTION_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "inventory/client/method.h"
#include "inventory/client/options.h"
#include "inventory/client/stream.h"

namespace inventory::client {

class Connection {
 public:
  virtual ~Connection() = default;

  // Calls a unary method and waits for its answer. `response` means nothing after an error.
  virtual absl::Status Call(const Method& method, const google::protobuf::Message& request,
                            google::protobuf::Message& response, const CallOptions& options = {}) = 0;

  // The same without waiting: `done` is called once, on a thread of gRPC that it must not block, or before this
  // returns. A copy of `request` is made; `response` must live until then. The connection need not: a call goes on
  // without it.
  virtual void CallAsync(const Method& method, const google::protobuf::Message& request,
                         google::protobuf::Message& response, const CallOptions& options,
                         std::function<void(absl::Status)> done) = 0;

  // Opens a stream of a streaming method. Whether a server takes it, the first Read tells.
  virtual absl::StatusOr<std::unique_ptr<MessageStream>> OpenStream(const Method& method,
                                                                    const CallOptions& options = {}) = 0;
};

// A connection as `options` say. INVALID_ARGUMENT names every option that can't be; NOT_FOUND or PERMISSION_DENIED a
// file that can't be read. It is made in the background: nothing is said here of whether a server answers.
absl::StatusOr<std::shared_ptr<Connection>> Connect(const ConnectionOptions& options);

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_CONNECTION_H_
