// One attempt of a call, without retries: what gRPC does for a Connection. Tests put a scripted one in its place.
#ifndef INVENTORY_CLIENT_INTERNAL_TRANSPORT_H_
#define INVENTORY_CLIENT_INTERNAL_TRANSPORT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "inventory/client/method.h"
#include "inventory/client/stream.h"

namespace inventory::client::internal {

struct AttemptOptions {
  absl::Time deadline;
  bool wait_for_ready = false;
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct AttemptResult {
  absl::Status status;
  // What the server's grpc-retry-pushback-ms asks for; infinite if it forbids to try again.
  std::optional<absl::Duration> pushback = std::nullopt;
};

// Thread-safe. Options must be valid.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual AttemptResult Attempt(const Method& method, const AttemptOptions& options,
                                const google::protobuf::Message& request, google::protobuf::Message& response) = 0;
  // `request` and `response` must live until `done` is called, once, on any thread.
  virtual void AttemptAsync(const Method& method, const AttemptOptions& options,
                            const google::protobuf::Message& request, google::protobuf::Message& response,
                            std::function<void(AttemptResult)> done) = 0;
  virtual std::unique_ptr<MessageStream> OpenStream(const Method& method, const AttemptOptions& options) = 0;
};

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_TRANSPORT_H_
