#include <map>
#include <string>

#include "client/generator/emit.h"
#include "client/generator/names.h"

namespace inventory::generator {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;

using Variables = std::map<std::string, std::string>;

void EmitStream(const MethodDescriptor& method, const Variables& variables, Printer& out) {
  if (!method.client_streaming()) {
    out.Print(variables,
              "MOCK_METHOD((absl::StatusOr<std::unique_ptr<$lib$ReadStream<$response$>>>),\n"
              "            $method$, (const $request$& request, const $lib$CallOptions& options), (override));\n");
    return;
  }
  out.Print(variables,
            "MOCK_METHOD((absl::StatusOr<std::unique_ptr<$lib$$stream$<$request$, $response$>>>),\n"
            "            $method$, (const $lib$CallOptions& options), (override));\n");
}

void EmitMethod(const MethodDescriptor& method, Printer& out) {
  const Variables variables = VariablesOf(method);
  if (method.client_streaming() || method.server_streaming()) return EmitStream(method, variables, out);
  out.Print(variables,
            "MOCK_METHOD(absl::StatusOr<$response$>, $method$,\n"
            "            (const $request$& request, const $lib$CallOptions& options), (override));\n"
            "void $method$Async(\n"
            "    const $request$& request, std::function<void(absl::StatusOr<$response$>)> done,\n"
            "    const $lib$CallOptions& options) override {\n"
            "  done($method$(request, options));\n"
            "}\n");
}

void EmitMock(const ServiceDescriptor& service, Printer& out) {
  const Variables variables = VariablesOf(service);
  out.Print(
      variables,
      "\n"
      "// $client$ for tests.\n"
      "//\n"
      "// Expect the calls that wait: those that don't wait call them and are done at once, and loops over lists call\n"
      "// the one that reads a page. A call without an action answers UNKNOWN.\n"
      "class Mock$client$ : public $client$ {\n"
      " public:\n");
  out.Indent();
  for (int i = 0; i < service.method_count(); ++i) EmitMethod(*service.method(i), out);
  out.Outdent();
  out.Print("};\n");
}

}  // namespace

void EmitMockHeader(const FileDescriptor& file, Printer& out) {
  EmitTop(file, out);
  EmitGuardBegin(MockHeaderOf(file), out);
  out.Print(
      "#include <gmock/gmock.h>\n"
      "\n"
      "#include <functional>\n"
      "#include <memory>\n"
      "\n"
      "#include \"inventory/client/mock_stream.h\"\n"
      "#include \"$header$\"\n"
      "\n"
      "namespace $namespace$ {\n",
      "header", HeaderOf(file), "namespace", NamespaceOf(file));
  for (int i = 0; i < file.service_count(); ++i) EmitMock(*file.service(i), out);
  out.Print("\n}  // namespace $namespace$\n", "namespace", NamespaceOf(file));
  EmitGuardEnd(MockHeaderOf(file), out);
}

}  // namespace inventory::generator
