// protoc-gen-inventory-client: makes C++ clients from the services of protos. protoc runs it:
//   protoc --plugin=protoc-gen-inventory-client --inventory-client_out=OUT -I PROTOS
//   inventory/v1/inventory_service.proto
// For each file with services it writes NAME.client.h, NAME.client.cc and NAME.mock_client.h.
#include <google/protobuf/compiler/plugin.h>

#include "client/generator/generator.h"

int main(int argc, char** argv) {
  const inventory::generator::ClientGenerator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
