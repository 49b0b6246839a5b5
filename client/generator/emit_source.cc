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
              "absl::StatusOr<std::unique_ptr<$lib$ReadStream<$response$>>>\n"
              "$method$(const $request$& request, const $lib$CallOptions& options) override {\n"
              "  return $lib$internal::OpenReadStream<$response$>(*connection_, k$rpc$, request, options);\n"
              "}\n");
    return;
  }
  out.Print(variables,
            "absl::StatusOr<std::unique_ptr<$lib$$stream$<$request$, $response$>>>\n"
            "$method$(const $lib$CallOptions& options) override {\n"
            "  return $lib$internal::Open$stream$<$request$, $response$>(*connection_, k$rpc$, options);\n"
            "}\n");
}

void EmitUnary(const Variables& variables, Printer& out) {
  out.Print(variables,
            "absl::StatusOr<$response$> $method$(\n"
            "    const $request$& request, const $lib$CallOptions& options) override {\n"
            "  return $lib$internal::Call<$response$>(*connection_, k$rpc$, request, options);\n"
            "}\n"
            "void $method$Async(\n"
            "    const $request$& request, std::function<void(absl::StatusOr<$response$>)> done,\n"
            "    const $lib$CallOptions& options) override {\n"
            "  $lib$internal::CallAsync<$response$>(*connection_, k$rpc$, request, options, std::move(done));\n"
            "}\n");
}

void EmitMethod(const MethodDescriptor& method, Printer& out) {
  out.Print("\n");
  if (method.client_streaming() || method.server_streaming()) return EmitStream(method, VariablesOf(method), out);
  EmitUnary(VariablesOf(method), out);
}

// What the protos say of each method.
void EmitTable(const ServiceDescriptor& service, Printer& out) {
  for (int i = 0; i < service.method_count(); ++i) {
    out.Print(VariablesOf(*service.method(i)),
              "static constexpr $lib$Method k$rpc$ = {\n"
              "    \"$service$\", \"$rpc$\", $lib$Idempotency::$idempotency$, $lib$MethodKind::$kind$};\n");
  }
}

void EmitClient(const ServiceDescriptor& service, Printer& out) {
  const Variables variables = VariablesOf(service);
  out.Print(variables,
            "\n"
            "class Connected$client$ final : public $client$ {\n"
            " public:\n"
            "  explicit Connected$client$(std::shared_ptr<$lib$Connection> connection)\n"
            "      : connection_(std::move(connection)) {}\n");
  out.Indent();
  for (int i = 0; i < service.method_count(); ++i) EmitMethod(*service.method(i), out);
  out.Outdent();
  out.Print("\n private:\n");
  out.Indent();
  EmitTable(service, out);
  out.Print(variables, "\nconst std::shared_ptr<$lib$Connection> connection_;\n");
  out.Outdent();
  out.Print("};\n");
}

// What does not depend on how the client is implemented, and its factory.
void EmitRest(const ServiceDescriptor& service, Printer& out) {
  for (int i = 0; i < service.method_count(); ++i) {
    if (ElementsOf(*service.method(i)) == nullptr) continue;
    out.Print(VariablesOf(*service.method(i)),
              "\n"
              "$lib$Results<$element$> $client$::$rpc$(\n"
              "    $request$ request, $lib$CallOptions options) {\n"
              "  return $lib$internal::AllPages<$request$, $response$, $element$>(\n"
              "      std::move(request),\n"
              "      [this, options = std::move(options)](const $request$& page) { return $method$(page, options); },\n"
              "      &$response$::mutable_$elements$);\n"
              "}\n");
  }
  out.Print(VariablesOf(service),
            "\n"
            "std::unique_ptr<$client$> Make$client$(std::shared_ptr<$lib$Connection> connection) {\n"
            "  return std::make_unique<Connected$client$>(std::move(connection));\n"
            "}\n");
}

}  // namespace

void EmitSource(const FileDescriptor& file, Printer& out) {
  EmitTop(file, out);
  out.Print(
      "#include \"$header$\"\n"
      "\n"
      "#include <utility>\n"
      "\n"
      "#include \"inventory/client/internal/pages.h\"\n"
      "#include \"inventory/client/internal/typed_calls.h\"\n"
      "#include \"inventory/client/internal/typed_streams.h\"\n"
      "\n"
      "namespace $namespace$ {\n"
      "namespace {\n",
      "header", HeaderOf(file), "namespace", NamespaceOf(file));
  for (int i = 0; i < file.service_count(); ++i) EmitClient(*file.service(i), out);
  out.Print("\n}  // namespace\n");
  for (int i = 0; i < file.service_count(); ++i) EmitRest(*file.service(i), out);
  out.Print("\n}  // namespace $namespace$\n", "namespace", NamespaceOf(file));
}

}  // namespace inventory::generator
