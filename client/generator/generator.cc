#include "client/generator/generator.h"

#include <google/protobuf/io/printer.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "client/generator/emit.h"
#include "client/generator/names.h"

namespace inventory::generator {

bool ClientGenerator::Generate(const google::protobuf::FileDescriptor* file, const std::string& parameter,
                               google::protobuf::compiler::GeneratorContext* context, std::string* error) const {
  if (!parameter.empty()) {
    *error = absl::StrCat("unknown parameter \"", parameter, "\"; there are none");
    return false;
  }
  if (file->service_count() == 0) return true;
  *error = NameClash(*file);
  if (!error->empty()) return false;
  const auto emit = [&](const std::string& name, auto emitter) {
    const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(context->Open(name));
    google::protobuf::io::Printer printer(stream.get(), '$');
    emitter(*file, printer);
  };
  emit(HeaderOf(*file), EmitHeader);
  emit(SourceOf(*file), EmitSource);
  emit(MockHeaderOf(*file), EmitMockHeader);
  return true;
}

}  // namespace inventory::generator
