// Reflection: what tools like grpcurl ask a server about its API.
#ifndef INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_
#define INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Answers grpc.reflection.v1alpha.ServerReflection, and grpc.reflection.v1, whose messages are the same. gRPC's own
// service can't be told to ask who calls. Thread-safe.
class ReflectionService final : public grpc::Service {
 public:
  // Names these services. `runtime` must outlive the gRPC server.
  ReflectionService(Runtime& runtime, std::vector<std::string> services);

  // The answer to one ServerReflectionRequest.
  std::unique_ptr<google::protobuf::Message> Answer(const google::protobuf::Message& request) const;

 private:
  class Stream;

  void Add(Runtime& runtime, const std::string& service);

  const std::vector<std::string> services_;
  std::vector<std::unique_ptr<const std::string>> paths_;  // gRPC keeps pointers to them.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_REFLECTION_SERVICE_H_
