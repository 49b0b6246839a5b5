#include "client/cli/request_fields.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/api.h"
#include "client/cli/values.h"
#include "google/protobuf/field_mask.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using Kind = Argument::Kind;
using Form = RequestField::Form;
using Path = std::vector<const FieldDescriptor*>;

bool IsRequired(const FieldDescriptor& field) { return absl::StartsWith(CommentOf(field), "Required"); }

// Whether callers can't set it. "Output only, except that UpdateItem compares it" names the RPCs that take it.
bool IsOutputOnly(const FieldDescriptor& field, const MethodDescriptor& method) {
  const std::string comment = CommentOf(field);
  return absl::StrContains(comment, "Output only") && !absl::StrContains(comment, method.name());
}

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated();
}

// A number that says how many, and has no default: left out it would say none.
bool IsQuantity(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_INT64 && !field.is_repeated() && !field.has_presence();
}

bool IsMessage(const FieldDescriptor& field) { return !IsValue(field) && !field.is_repeated(); }

// Whether the field is a list of messages that begin with a SKU and how much of it.
bool IsQuantities(const FieldDescriptor& field) {
  if (IsValue(field) || !field.is_repeated() || field.is_map()) return false;
  const Descriptor& line = *field.message_type();
  return line.field_count() > 1 && line.field(0)->name() == "sku" &&
         line.field(1)->type() == FieldDescriptor::TYPE_INT64 && line.field(1)->containing_oneof() == nullptr;
}

bool IsSkus(const FieldDescriptor& field) { return field.is_repeated() && field.name() == "skus"; }

// "sku=TEXT,quantity=NUMBER".
std::string RecordHint(const Descriptor& record) {
  std::vector<std::string> parts;
  for (int i = 0; i < record.field_count(); ++i) {
    parts.push_back(absl::StrCat(KebabCase(record.field(i)->name()), "=", ValueHint(*record.field(i))));
  }
  return absl::StrJoin(parts, ",");
}

class Walk {
 public:
  explicit Walk(const MethodDescriptor& method) : method_(method), resource_(ResourceOf(method)) {}

  std::vector<RequestField> Take() && {
    const Descriptor& request = *method_.input_type();
    for (int i = 0; i < request.field_count(); ++i) Visit(*request.field(i), {}, "");
    if (resource_ != nullptr && MaskOf(request) != nullptr) AddClear();
    // Positional ones first, those that repeat after the others.
    std::vector<RequestField> all = std::move(positional_);
    for (std::vector<RequestField>* fields : {&trailing_, &flags_}) {
      for (RequestField& field : *fields) all.push_back(std::move(field));
    }
    return all;
  }

 private:
  void Visit(const FieldDescriptor& field, Path path, const std::string& prefix) {
    static const auto& kNone = *new std::set<std::string>{"request_id", "page_size", "page_token"};
    const bool top = path.empty();
    path.push_back(&field);
    if ((top && kNone.contains(field.name())) || IsOutputOnly(field, method_) || IsFixed(path)) return;
    if (IsMessage(field)) return VisitParts(field, path, prefix);
    const bool in_resource = path.size() == 2 && path.front() == resource_;
    if (top && ((IsText(field) && IsRequired(field)) || IsQuantity(field))) return AddPositional(path, true);
    if (in_resource && field.number() == 1 && IsText(field)) return AddPositional(path, false);
    if (top && IsSkus(field)) return AddTrailing(path);
    if (top && IsQuantities(field)) AddQuantities(path);
    AddFlag(path, prefix);
  }

  // Whether an update can't set it, not even by making what is missing.
  bool IsFixed(const Path& path) const {
    const Descriptor& request = *method_.input_type();
    return MaskOf(request) != nullptr && request.FindFieldByName("allow_missing") == nullptr && path.size() == 2 &&
           path.back()->number() != 1 && IsImmutable(*path.back());
  }

  void VisitParts(const FieldDescriptor& field, const Path& path, const std::string& prefix) {
    const bool unprefixed = path.size() == 1 && (&field == resource_ || field.name() == "filter");
    const std::string inner = unprefixed ? "" : absl::StrCat(prefix, KebabCase(field.name()), "-");
    const Descriptor& type = *field.message_type();
    for (int i = 0; i < type.field_count(); ++i) Visit(*type.field(i), path, inner);
  }

  void AddPositional(const Path& path, bool required) {
    Argument argument = Named(KebabCase(path.back()->name()), path);
    argument.kind = Kind::kPositional;
    argument.value = absl::AsciiStrToUpper(path.back()->name());
    argument.required = required;
    positional_.push_back({argument, Form::kValue, path});
  }

  void AddTrailing(const Path& path) {
    Argument argument = Named(KebabCase(path.back()->name()), path);
    argument.kind = Kind::kPositional;
    argument.value = absl::AsciiStrToUpper(Singular(path.back()->name()));
    argument.repeated = argument.required = true;
    trailing_.push_back({argument, Form::kValue, path});
  }

  // "A=2" by position, and what else there is to say of all of them.
  void AddQuantities(const Path& path) {
    Argument argument = Named(KebabCase(path.back()->name()), path);
    argument.kind = Kind::kPositional;
    argument.value = "SKU=QUANTITY";
    argument.repeated = true;
    trailing_.push_back({argument, Form::kQuantities, path});
    const Descriptor& line = *path.back()->message_type();
    for (int i = 2; i < line.field_count(); ++i) {
      const FieldDescriptor& part = *line.field(i);
      if (part.type() != FieldDescriptor::TYPE_STRING && part.type() != FieldDescriptor::TYPE_ENUM) continue;
      Path inner = path;
      inner.push_back(&part);
      if (method_.input_type()->FindFieldByName(part.name()) != nullptr) continue;
      Argument flag = Named(KebabCase(part.name()), inner);
      flag.help = absl::StrCat("Of every SKU=QUANTITY: ", flag.help);
      flags_.push_back({flag, Form::kOfQuantities, inner});
    }
  }

  void AddFlag(const Path& path, const std::string& prefix) {
    const FieldDescriptor& field = *path.back();
    const std::string name = absl::StrCat(prefix, KebabCase(field.name()));
    RequestField flag = {Named(field.is_repeated() ? Singular(name) : name, path), Form::kValue, path};
    flag.argument.repeated = field.is_repeated();
    if (field.is_repeated() && path.front() == resource_ && MaskOf(*method_.input_type()) != nullptr) {
      flag.argument.help += " What is given replaces all that there are.";
    }
    if (field.is_map()) {
      flag.form = Form::kEntry;
      flag.argument.value = "KEY=VALUE";
    } else if (!IsValue(field)) {
      flag.form = Form::kRecord;
      flag.argument.value = RecordHint(*field.message_type());
    } else if (field.type() == FieldDescriptor::TYPE_BOOL && !field.is_repeated()) {
      flag.argument.kind = Kind::kSwitch;
    }
    flags_.push_back(std::move(flag));
  }

  // Without a value there is no other way to say that a map or a list shall be empty.
  void AddClear() {
    Argument clear = {.name = "clear", .value = "NAME", .help = "Empties a field; may be repeated.", .repeated = true};
    const Descriptor& type = *resource_->message_type();
    for (int i = 1; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!absl::StrContains(CommentOf(field), "Output only") && !IsImmutable(field)) {
        clear.choices.push_back(KebabCase(field.name()));
      }
    }
    flags_.push_back({clear, Form::kClear, {resource_}});
  }

  static Argument Named(const std::string& name, const Path& path) {
    Argument argument;
    argument.name = name;
    argument.value = ValueHint(*path.back());
    argument.help = CommentOf(*path.back());
    if (argument.help == "Required.") argument.help.clear();  // As its usage says.
    argument.choices = ChoicesOf(*path.back());
    return argument;
  }

  const MethodDescriptor& method_;
  const FieldDescriptor* const resource_;
  std::vector<RequestField> positional_;
  std::vector<RequestField> trailing_;
  std::vector<RequestField> flags_;
};

}  // namespace

std::vector<RequestField> FieldsOf(const MethodDescriptor& method) { return Walk(method).Take(); }

bool IsImmutable(const FieldDescriptor& field) { return absl::StrContains(CommentOf(field), "Immutable"); }

const FieldDescriptor* MaskOf(const Descriptor& request) {
  const FieldDescriptor* mask = request.FindFieldByName("update_mask");
  return mask != nullptr && mask->message_type() == google::protobuf::FieldMask::descriptor() ? mask : nullptr;
}

const FieldDescriptor* ResourceOf(const MethodDescriptor& method) {
  if (!absl::StartsWith(method.name(), "Create") && !absl::StartsWith(method.name(), "Update")) return nullptr;
  const Descriptor& request = *method.input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    if (IsMessage(*request.field(i))) return request.field(i);
  }
  return nullptr;
}

std::string KebabCase(const std::string& name) {
  std::string kebab;
  for (const char c : name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !kebab.empty()) kebab += '-';
    kebab += c == '_' ? '-' : absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return kebab;
}

std::string Singular(const std::string& name) {
  if (absl::EndsWith(name, "ies")) return absl::StrCat(name.substr(0, name.size() - 3), "y");
  return absl::EndsWith(name, "s") ? name.substr(0, name.size() - 1) : name;
}

}  // namespace inventory::cli
