#include "server/rpc/generated_message.h"

#include "google/protobuf/descriptor.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "server/die.h"

namespace inventory::rpc {

std::unique_ptr<google::protobuf::Message> NewGenerated(const std::string& type) {
  // Named here so that the linker keeps the libraries.
  static void (*volatile kLibraries[])() = {&grpc::channelz::experimental::InitChannelzService,
                                            &grpc::reflection::InitProtoReflectionServerBuilderPlugin};
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr || kLibraries[0] == nullptr) Die("gRPC's libraries have no message ", type);
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

}  // namespace inventory::rpc
