// Reflection: what tools like grpcurl ask a server about its API.
#ifndef INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_
#define INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "server/rpc/call_server.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Answers grpc.reflection.v1alpha.ServerReflection, and grpc.reflection.v1, whose messages are the same. gRPC's own
// service can't be told to ask who calls. Thread-safe.
class ReflectionService {
 public:
  // Names these services.
  explicit ReflectionService(std::vector<std::string> services) : services_(std::move(services)) {}

  // Both must outlive the server.
  void AddTo(CallServer& server, Runtime& runtime);

  // The answer to one ServerReflectionRequest.
  std::unique_ptr<google::protobuf::Message> Answer(const google::protobuf::Message& request) const;

 private:
  class Stream;

  const std::vector<std::string> services_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_
