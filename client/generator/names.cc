#include "client/generator/names.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace inventory::generator {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;

constexpr char kLibrary[] = "inventory::client";

// "v1" or "v1beta2"
bool IsVersion(const std::string& part) {
  return part.size() >= 2 && part[0] == 'v' && std::isdigit(static_cast<unsigned char>(part[1])) != 0;
}

// The package without its version.
std::vector<std::string> Family(const FileDescriptor& file) {
  std::vector<std::string> parts = absl::StrSplit(file.package(), '.', absl::SkipEmpty());
  if (!parts.empty() && IsVersion(parts.back())) parts.pop_back();
  return parts;
}

std::string Stem(const FileDescriptor& file) { return std::string(absl::StripSuffix(file.name(), ".proto")); }

bool HasField(const Descriptor& message, const std::string& name, FieldDescriptor::Type type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->type() == type && !field->is_repeated();
}

std::string IdempotencyOf(const MethodDescriptor& method) {
  switch (method.options().idempotency_level()) {
    case MethodOptions::IDEMPOTENT:
      return "kIdempotent";
    case MethodOptions::NO_SIDE_EFFECTS:
      return "kNoSideEffects";
    case MethodOptions::IDEMPOTENCY_UNKNOWN:
      break;
  }
  return "kUnknown";
}

std::string KindOf(const MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "kBidiStreaming" : "kClientStreaming";
  return method.server_streaming() ? "kServerStreaming" : "kUnary";
}

}  // namespace

std::string HeaderOf(const FileDescriptor& file) { return absl::StrCat(Stem(file), ".client.h"); }
std::string SourceOf(const FileDescriptor& file) { return absl::StrCat(Stem(file), ".client.cc"); }
std::string MockHeaderOf(const FileDescriptor& file) { return absl::StrCat(Stem(file), ".mock_client.h"); }
std::string MessagesHeaderOf(const FileDescriptor& file) { return absl::StrCat(Stem(file), ".pb.h"); }

std::string NamespaceOf(const FileDescriptor& file) {
  std::vector<std::string> parts = Family(file);
  parts.push_back("client");
  return absl::StrJoin(parts, "::");
}

std::string ClientOf(const ServiceDescriptor& service) {
  return absl::StrCat(std::string(absl::StripSuffix(service.name(), "Service")), "Client");
}

std::string TypeOf(const Descriptor& message, const FileDescriptor& file) {
  // Nested messages are classes of their own, joined by underscores.
  std::string name = message.name();
  for (const Descriptor* outer = message.containing_type(); outer != nullptr; outer = outer->containing_type()) {
    name = absl::StrCat(outer->name(), "_", name);
  }
  const std::string package = absl::StrReplaceAll(message.file()->package(), {{".", "::"}});
  const std::string family = absl::StrCat(absl::StrJoin(Family(file), "::"), "::");
  if (absl::StartsWith(package, family)) return absl::StrCat(package.substr(family.size()), "::", name);
  return absl::StrCat(package.empty() ? "" : "::", package, "::", name);
}

std::string LibraryPrefix(const FileDescriptor& file) {
  return NamespaceOf(file) == kLibrary ? "" : absl::StrCat(kLibrary, "::");
}

const FieldDescriptor* ElementsOf(const MethodDescriptor& method) {
  if (method.client_streaming() || method.server_streaming()) return nullptr;
  const bool paged = HasField(*method.input_type(), "page_size", FieldDescriptor::TYPE_INT32) &&
                     HasField(*method.input_type(), "page_token", FieldDescriptor::TYPE_STRING) &&
                     HasField(*method.output_type(), "next_page_token", FieldDescriptor::TYPE_STRING);
  if (!paged) return nullptr;
  const FieldDescriptor* elements = nullptr;
  for (int i = 0; i < method.output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method.output_type()->field(i);
    if (!field->is_repeated() || field->type() != FieldDescriptor::TYPE_MESSAGE || field->is_map()) continue;
    if (elements != nullptr) return nullptr;
    elements = field;
  }
  return elements;
}

std::map<std::string, std::string> VariablesOf(const ServiceDescriptor& service) {
  return {{"client", ClientOf(service)}, {"service", service.full_name()}, {"lib", LibraryPrefix(*service.file())}};
}

std::map<std::string, std::string> VariablesOf(const MethodDescriptor& method) {
  const FileDescriptor& file = *method.service()->file();
  const FieldDescriptor* elements = ElementsOf(method);
  std::map<std::string, std::string> variables = VariablesOf(*method.service());
  variables["rpc"] = method.name();
  variables["method"] = elements == nullptr ? method.name() : absl::StrCat(method.name(), "Page");
  variables["request"] = TypeOf(*method.input_type(), file);
  variables["response"] = TypeOf(*method.output_type(), file);
  variables["idempotency"] = IdempotencyOf(method);
  variables["kind"] = KindOf(method);
  variables["stream"] = !method.client_streaming()  ? "ReadStream"
                        : method.server_streaming() ? "ReadWriteStream"
                                                    : "WriteStream";
  if (elements != nullptr) {
    variables["elements"] = elements->name();
    variables["element"] = TypeOf(*elements->message_type(), file);
  }
  return variables;
}

std::string NameClash(const FileDescriptor& file) {
  for (int i = 0; i < file.service_count(); ++i) {
    const ServiceDescriptor& service = *file.service(i);
    std::set<std::string> names;
    for (int m = 0; m < service.method_count(); ++m) {
      const MethodDescriptor& method = *service.method(m);
      const std::string name = VariablesOf(method)["method"];
      std::set<std::string> members = {method.name(), name};
      if (!method.client_streaming() && !method.server_streaming()) members.insert(absl::StrCat(name, "Async"));
      for (const std::string& member : members) {
        if (!names.insert(member).second) {
          return absl::StrCat(service.full_name(), ".", method.name(), ": the client has a ", member, " already");
        }
      }
    }
  }
  return "";
}

}  // namespace inventory::generator
