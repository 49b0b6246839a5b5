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

void EmitUnary(const Variables& variables, Printer& out) {
  out.Print(variables,
            "virtual absl::StatusOr<$response$> $method$(\n"
            "    const $request$& request, const $lib$CallOptions& options = {}) = 0;\n"
            "virtual void $method$Async(\n"
            "    const $request$& request, std::function<void(absl::StatusOr<$response$>)> done,\n"
            "    const $lib$CallOptions& options = {}) = 0;\n");
}

void EmitPages(const Variables& variables, Printer& out) {
  out.Print(variables,
            "//\n"
            "// Goes over all pages; $method$ reads one. A timeout counts for each page, a deadline for all.\n"
            "$lib$Results<$element$> $rpc$(\n"
            "    $request$ request, $lib$CallOptions options = {});\n");
  EmitUnary(variables, out);
}

void EmitStream(const MethodDescriptor& method, const Variables& variables, Printer& out) {
  if (!method.client_streaming()) {
    out.Print(variables,
              "virtual absl::StatusOr<std::unique_ptr<$lib$ReadStream<$response$>>>\n"
              "$method$(const $request$& request, const $lib$CallOptions& options = {}) = 0;\n");
    return;
  }
  out.Print(variables,
            "virtual absl::StatusOr<std::unique_ptr<$lib$$stream$<$request$, $response$>>>\n"
            "$method$(const $lib$CallOptions& options = {}) = 0;\n");
}

void EmitMethod(const MethodDescriptor& method, Printer& out) {
  const Variables variables = VariablesOf(method);
  out.Print("\n");
  EmitComment(method, out);
  if (method.client_streaming() || method.server_streaming()) return EmitStream(method, variables, out);
  if (ElementsOf(method) != nullptr) return EmitPages(variables, out);
  EmitUnary(variables, out);
}

void EmitClient(const ServiceDescriptor& service, Printer& out) {
  const Variables variables = VariablesOf(service);
  out.Print("\n");
  EmitComment(service, out);
  out.Print(
      variables,
      "//\n"
      "// Thread-safe. Make$client$ makes one; Mock$client$ takes its place in tests.\n"
      "// Of each unary call there is one that waits and one that does not, whose `done` is called once, on a thread "
      "of\n"
      "// gRPC that it must not block, or before the call returns. What is repeated, and with what request_id, says\n"
      "// inventory/client/connection.h.\n"
      "class $client$ {\n"
      " public:\n"
      "  virtual ~$client$() = default;\n");
  out.Indent();
  for (int i = 0; i < service.method_count(); ++i) EmitMethod(*service.method(i), out);
  out.Outdent();
  out.Print(variables,
            "};\n"
            "\n"
            "// A client that calls by `connection`, which must not be null.\n"
            "std::unique_ptr<$client$> Make$client$(std::shared_ptr<$lib$Connection> connection);\n");
}

}  // namespace

void EmitHeader(const FileDescriptor& file, Printer& out) {
  EmitTop(file, out);
  EmitGuardBegin(HeaderOf(file), out);
  out.Print(
      "#include <functional>\n"
      "#include <memory>\n"
      "\n"
      "#include \"absl/status/statusor.h\"\n"
      "#include \"inventory/client/connection.h\"\n"
      "#include \"inventory/client/results.h\"\n"
      "#include \"inventory/client/stream.h\"\n"
      "#include \"$messages$\"\n"
      "\n"
      "namespace $namespace$ {\n",
      "messages", MessagesHeaderOf(file), "namespace", NamespaceOf(file));
  for (int i = 0; i < file.service_count(); ++i) EmitClient(*file.service(i), out);
  out.Print("\n}  // namespace $namespace$\n", "namespace", NamespaceOf(file));
  EmitGuardEnd(HeaderOf(file), out);
}

}  // namespace inventory::generator
