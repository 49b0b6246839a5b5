// Channelz: what gRPC knows of its own connections.
#ifndef INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_
#define INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Answers grpc.channelz.v1.Channelz with what gRPC's core says. gRPC's own service can't be told to ask who calls.
// Thread-safe.
class ChannelzService final : public grpc::Service {
 public:
  // `runtime` must outlive the gRPC server.
  explicit ChannelzService(Runtime& runtime);

 private:
  // What the core answers to a request, in JSON that gRPC frees; null if it knows nothing.
  using Ask = char* (*)(const google::protobuf::Message& request);

  void Add(Runtime& runtime, const std::string& method, Ask ask);

  std::vector<std::unique_ptr<const std::string>> paths_;  // gRPC keeps pointers to them.
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_
