// A server that answers as a test wants, without gRPC.
#ifndef INVENTORY_TESTS_CLIENT_SCRIPTED_TRANSPORT_H_
#define INVENTORY_TESTS_CLIENT_SCRIPTED_TRANSPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inventory/client/internal/transport.h"

namespace inventory::client {

// What it saw of one attempt.
struct SeenAttempt {
  std::string path;
  internal::AttemptOptions options;
  std::unique_ptr<google::protobuf::Message> request;
};

// Used by one thread.
class ScriptedTransport : public internal::Transport {
 public:
  // The result of an attempt, the first having number 1.
  using Script = std::function<internal::AttemptResult(int number, google::protobuf::Message& response)>;

  ScriptedTransport(Script script, std::vector<SeenAttempt>* seen) : script_(std::move(script)), seen_(*seen) {}

  internal::AttemptResult Attempt(const Method& method, const internal::AttemptOptions& options,
                                  const google::protobuf::Message& request,
                                  google::protobuf::Message& response) override {
    seen_.push_back({PathOf(method), options, std::unique_ptr<google::protobuf::Message>(request.New())});
    seen_.back().request->CopyFrom(request);
    return script_(static_cast<int>(seen_.size()), response);
  }

  void AttemptAsync(const Method& method, const internal::AttemptOptions& options,
                    const google::protobuf::Message& request, google::protobuf::Message& response,
                    std::function<void(internal::AttemptResult)> done) override {
    done(Attempt(method, options, request, response));
  }

  // No test of this transport opens one.
  std::unique_ptr<MessageStream> OpenStream(const Method& method, const internal::AttemptOptions& options) override {
    return nullptr;
  }

 private:
  const Script script_;
  std::vector<SeenAttempt>& seen_;
};

}  // namespace inventory::client

#endif  // INVENTORY_TESTS_CLIENT_SCRIPTED_TRANSPORT_H_
