#include "client/generator/emit.h"

#include <cctype>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace inventory::generator {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;
using google::protobuf::io::Printer;

// INVENTORY_V1_INVENTORY_SERVICE_CLIENT_H_
std::string GuardOf(const std::string& header) {
  std::string guard;
  for (const char c : header) {
    guard.push_back(std::isalnum(static_cast<unsigned char>(c)) != 0
                        ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                        : '_');
  }
  return guard + "_";
}

template <typename Described>
void EmitCommentOf(const Described& described, Printer& out) {
  SourceLocation location;
  if (!described.GetSourceLocation(&location)) return;
  const std::string text(absl::StripSuffix(location.leading_comments, "\n"));
  if (text.empty()) return;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    out.Print("//$line$\n", "line", std::string(absl::StripTrailingAsciiWhitespace(line)));
  }
}

}  // namespace

void EmitTop(const FileDescriptor& file, Printer& out) {
  out.Print("// Made by protoc-gen-inventory-client from $proto$. Do not edit.\n", "proto", file.name());
}

void EmitGuardBegin(const std::string& header, Printer& out) {
  out.Print("#ifndef $guard$\n#define $guard$\n\n", "guard", GuardOf(header));
}

void EmitGuardEnd(const std::string& header, Printer& out) {
  out.Print("\n#endif  // $guard$\n", "guard", GuardOf(header));
}

void EmitComment(const ServiceDescriptor& service, Printer& out) { EmitCommentOf(service, out); }
void EmitComment(const MethodDescriptor& method, Printer& out) { EmitCommentOf(method, out); }

}  // namespace inventory::generator
