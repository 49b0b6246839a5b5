// The plugin: which files are made of which proto.
#ifndef INVENTORY_CLIENT_GENERATOR_GENERATOR_H_
#define INVENTORY_CLIENT_GENERATOR_GENERATOR_H_

#include <google/protobuf/compiler/code_generator.h>

#include <cstdint>
#include <string>

namespace inventory::generator {

class ClientGenerator : public google::protobuf::compiler::CodeGenerator {
 public:
  uint64_t GetSupportedFeatures() const override { return FEATURE_PROTO3_OPTIONAL; }

  // Makes nothing of a file without services. Takes no parameter.
  bool Generate(const google::protobuf::FileDescriptor* file, const std::string& parameter,
                google::protobuf::compiler::GeneratorContext* context, std::string* error) const override;
};

}  // namespace inventory::generator

#endif  // INVENTORY_CLIENT_GENERATOR_GENERATOR_H_
