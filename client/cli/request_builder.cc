#include "client/cli/request_builder.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/set_value.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/json_util.h"
#include "inventory/client/internal/read_file.h"

namespace inventory::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Form = RequestField::Form;
using Path = std::vector<const FieldDescriptor*>;

std::string NameOf(const Argument& argument) {
  return argument.kind == Argument::Kind::kPositional ? argument.value : absl::StrCat("--", argument.name);
}

// The message that has the last field of the path, made where it is missing.
Message& HolderOf(Message& request, const Path& path) {
  Message* holder = &request;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path[i]);
  }
  return *holder;
}

absl::Status ReadJson(const std::string& name, std::istream& in, Message& request) {
  const absl::StatusOr<std::string> text =
      name == "-" ? client::internal::ReadAll(in, "standard input") : client::internal::ReadFile(name, name);
  if (!text.ok()) return text.status();
  const auto parsed = google::protobuf::util::JsonStringToMessage(*text, &request);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is not a ", request.GetDescriptor()->name(), " in JSON: ", std::string(parsed.message())));
}

absl::Status AddEntry(Message& holder, const FieldDescriptor& map, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("expected KEY=VALUE, not \"", text, "\""));
  }
  Message& entry = *holder.GetReflection()->AddMessage(&holder, &map);
  absl::Status key = SetValue(entry, *map.message_type()->map_key(), text.substr(0, equals));
  return key.ok() ? SetValue(entry, *map.message_type()->map_value(), text.substr(equals + 1)) : key;
}

// "A=2": a SKU may have an equals sign itself, a number can't.
absl::Status AddQuantity(Message& holder, const FieldDescriptor& lines, const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("expected SKU=QUANTITY, not \"", text, "\""));
  }
  Message& line = *holder.GetReflection()->AddMessage(&holder, &lines);
  absl::Status sku = SetValue(line, *lines.message_type()->field(0), text.substr(0, equals));
  return sku.ok() ? SetValue(line, *lines.message_type()->field(1), text.substr(equals + 1)) : sku;
}

class Builder {
 public:
  Builder(const std::vector<RequestField>& fields, const Arguments& arguments, Message& request)
      : fields_(fields), arguments_(arguments), request_(request) {}

  void Note(const std::string& what, const absl::Status& status) {
    if (!status.ok()) problems_.push_back(absl::StrCat(what, ": ", status.message()));
  }

  // Arguments replace the lists of the file, each only once: lines come by position and by --line.
  void ClearLists() {
    for (const RequestField& field : fields_) {
      const FieldDescriptor& last = *field.path.back();
      if (!last.is_repeated() || field.form == Form::kClear || !arguments_.Has(field.argument.name)) continue;
      Message& holder = HolderOf(request_, field.path);
      holder.GetReflection()->ClearField(&holder, &last);
    }
  }

  void SetAll() {
    for (const RequestField& field : fields_) {
      for (const std::string& text : arguments_.All(field.argument.name)) {
        Note(NameOf(field.argument), Set(field, text));
      }
    }
  }

  // The resource's fields that arguments name.
  void FillMask(const FieldDescriptor& mask_field, const FieldDescriptor& resource) {
    auto& mask = dynamic_cast<FieldMask&>(*request_.GetReflection()->MutableMessage(&request_, &mask_field));
    for (const RequestField& field : fields_) {
      if (field.path.front() != &resource || !arguments_.Has(field.argument.name)) continue;
      if (field.form == Form::kClear) {
        for (const std::string& name : arguments_.All(field.argument.name)) mask.add_paths(SnakeCase(name));
      } else if (!IsImmutable(*field.path.back()) && field.path.back()->name() != "etag") {
        mask.add_paths(MaskPath(field.path));
      }
    }
    if (mask.paths().empty()) {
      problems_.push_back(absl::StrCat("nothing to change: name at least one field of the ", resource.name()));
    }
  }

  absl::Status Finish() const {
    return problems_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(problems_, "\n"));
  }

 private:
  static std::string SnakeCase(const std::string& name) { return absl::StrReplaceAll(name, {{"-", "_"}}); }

  // A mask names a field or a part of it, and lists as a whole.
  static std::string MaskPath(const Path& path) {
    return path.size() < 3 ? path[1]->name() : absl::StrCat(path[1]->name(), ".", path[2]->name());
  }

  absl::Status Set(const RequestField& field, const std::string& text) {
    if (field.form == Form::kOfQuantities) return SetOfAll(field, text);
    if (field.form == Form::kClear) return Clear(field, text);
    Message& holder = HolderOf(request_, field.path);
    if (field.form == Form::kEntry) return AddEntry(holder, *field.path.back(), text);
    if (field.form == Form::kQuantities) return AddQuantity(holder, *field.path.back(), text);
    return SetValue(holder, *field.path.back(), text);
  }

  // Lines by position come before flags, and --line after this.
  absl::Status SetOfAll(const RequestField& field, const std::string& text) {
    const FieldDescriptor& lines = *field.path.front();
    const auto& reflection = *request_.GetReflection();
    const int count = reflection.FieldSize(request_, &lines);
    if (count == 0) return absl::InvalidArgumentError("there is no SKU=QUANTITY that it could be said of");
    for (int i = 0; i < count; ++i) {
      absl::Status set = SetValue(*reflection.MutableRepeatedMessage(&request_, &lines, i), *field.path.back(), text);
      if (!set.ok()) return set;
    }
    return absl::OkStatus();
  }

  absl::Status Clear(const RequestField& field, const std::string& name) {
    Message& resource = *request_.GetReflection()->MutableMessage(&request_, field.path.back());
    const FieldDescriptor* cleared = resource.GetDescriptor()->FindFieldByName(SnakeCase(name));
    if (cleared == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected one of ", absl::StrJoin(field.argument.choices, ", "), ", not \"", name, "\""));
    }
    resource.GetReflection()->ClearField(&resource, cleared);
    return absl::OkStatus();
  }

  const std::vector<RequestField>& fields_;
  const Arguments& arguments_;
  Message& request_;
  std::vector<std::string> problems_;
};

// "lines[2].quantity" as "lines.quantity".
std::string WithoutIndexes(const std::string& path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) plain += c;
    if (c == ']') inside = false;
  }
  return plain;
}

}  // namespace

absl::Status BuildRequest(const MethodDescriptor& method, const std::vector<RequestField>& fields,
                          const Arguments& arguments, std::istream& in, Message& request) {
  Builder builder(fields, arguments, request);
  const auto json = arguments.Get(kJsonFlag);
  if (json.has_value()) builder.Note("--json", ReadJson(*json, in, request));
  builder.ClearLists();
  builder.SetAll();
  const FieldDescriptor* mask = MaskOf(*method.input_type());
  const FieldDescriptor* resource = ResourceOf(method);
  // A file may leave the mask out: the service then takes all that it sets.
  if (mask != nullptr && resource != nullptr && !arguments.Has("update-mask") && !json.has_value()) {
    builder.FillMask(*mask, *resource);
  }
  return builder.Finish();
}

std::string ArgumentFor(const std::vector<RequestField>& fields, const std::string& field_path) {
  const std::string wanted = WithoutIndexes(field_path);
  const RequestField* best = nullptr;
  for (const RequestField& field : fields) {
    if (field.form == Form::kClear) continue;
    const std::string path =
        absl::StrJoin(field.path, ".", [](std::string* out, const FieldDescriptor* part) { *out += part->name(); });
    const bool covers = wanted == path || absl::StartsWith(wanted, path + ".");
    if (covers && (best == nullptr || field.path.size() > best->path.size())) best = &field;
  }
  return best == nullptr ? "" : NameOf(best->argument);
}

}  // namespace inventory::cli
