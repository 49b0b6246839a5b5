// The gRPC services, made of the registered RPCs.
#ifndef INVENTORY_SERVER_RPC_SERVICE_H_
#define INVENTORY_SERVER_RPC_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "grpcpp/impl/codegen/service_type.h"
#include "server/rpc/registry.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// One service of inventory.v1 with all of its registered RPCs, instead of the generated base class: an RPC is served by
// the file that holds its rule and named nowhere else.
class Service final : public grpc::Service {
 public:
  // `runtime` must outlive the gRPC server.
  Service(const google::protobuf::ServiceDescriptor& descriptor, Runtime& runtime);

  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  std::vector<std::unique_ptr<std::string>> paths_;  // gRPC keeps pointers to them.
};

// All services of inventory.v1. CHECK-fails unless CheckComplete() is OK.
std::vector<std::unique_ptr<Service>> MakeServices(Runtime& runtime);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_SERVICE_H_
