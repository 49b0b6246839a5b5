#include "client/cli/api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.pb.h"

// The descriptors with their comments, which generated code leaves out.
__asm__(
    ".section .rodata\n"
    ".global inventory_protoset_begin\n"
    ".global inventory_protoset_end\n"
    "inventory_protoset_begin:\n"
    ".incbin \"" INVENTORY_PROTOSET
    "\"\n"
    "inventory_protoset_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" const char inventory_protoset_begin[];
extern "C" const char inventory_protoset_end[];

namespace inventory::cli {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPackage[] = "inventory.v1";

struct Documented {
  FileDescriptorSet files;
  DescriptorPool pool;
};

const Documented& Documents() {
  static const Documented& documents = *[] {
    auto* documents = new Documented;
    documents->files.ParseFromArray(inventory_protoset_begin,
                                    static_cast<int>(inventory_protoset_end - inventory_protoset_begin));
    for (const FileDescriptorProto& file : documents->files.file()) documents->pool.BuildFile(file);
    return documents;
  }();
  return documents;
}

// Comments are broken at the width of the source. A line that is indented is a row of a table.
std::string Unwrapped(const std::string& comment) {
  std::string text;
  bool begins_line = true;
  for (absl::string_view line : absl::StrSplit(absl::StripTrailingAsciiWhitespace(comment), '\n')) {
    absl::ConsumePrefix(&line, " ");
    const bool is_row = absl::StartsWith(line, " ");
    if (line.empty()) {
      absl::StrAppend(&text, "\n\n");
      begins_line = true;
      continue;
    }
    if (!begins_line) text += is_row ? "\n" : " ";
    absl::StrAppend(&text, line);
    begins_line = false;
  }
  return text;
}

template <typename Descriptor>
std::string CommentIn(const Descriptor* documented) {
  google::protobuf::SourceLocation location;
  if (documented == nullptr || !documented->GetSourceLocation(&location)) return "";
  return Unwrapped(location.leading_comments);
}

}  // namespace

const std::vector<const MethodDescriptor*>& AllMethods() {
  static const auto& methods = *[] {
    auto* methods = new std::vector<const MethodDescriptor*>;
    for (const FileDescriptorProto& file : Documents().files.file()) {
      if (file.package() != kPackage) continue;
      for (const auto& service : file.service()) {
        const ServiceDescriptor* generated =
            DescriptorPool::generated_pool()->FindServiceByName(absl::StrCat(file.package(), ".", service.name()));
        for (int i = 0; i < generated->method_count(); ++i) methods->push_back(generated->method(i));
      }
    }
    return methods;
  }();
  return methods;
}

std::string CommentOf(const MethodDescriptor& method) {
  return CommentIn(Documents().pool.FindMethodByName(method.full_name()));
}

std::string CommentOf(const google::protobuf::FieldDescriptor& field) {
  return CommentIn(Documents().pool.FindFieldByName(field.full_name()));
}

std::string CommentOf(const google::protobuf::EnumValueDescriptor& value) {
  return CommentIn(Documents().pool.FindEnumValueByName(value.full_name()));
}

std::string FirstSentence(const std::string& text) {
  const std::size_t end = text.find(". ");
  const std::size_t line = text.find('\n');
  if (line < end) return text.substr(0, line);
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

}  // namespace inventory::cli
