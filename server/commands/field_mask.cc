#include "server/commands/field_mask.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/field_mask_util.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kEverything[] = "*";
constexpr int kMaxPaths = 100;
constexpr std::string_view kServersFields[] = {"create_time", "update_time", "delete_time", "etag"};

bool IsFixed(const FieldDescriptor& field, FixedFields fixed) {
  const auto named = [&field](std::string_view name) { return name == field.name(); };
  return std::any_of(std::begin(kServersFields), std::end(kServersFields), named) ||
         std::any_of(fixed.begin(), fixed.end(), named);
}

// A field of a resource, or a part of it.
struct Target {
  const FieldDescriptor* field = nullptr;  // Null: there is no such field.
  const FieldDescriptor* part = nullptr;   // Null: the whole field.
};

Target Find(const Descriptor& resource, const std::string& path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* field = resource.FindFieldByName(path.substr(0, dot));
  if (field == nullptr || dot == std::string::npos) return {field, nullptr};
  if (field->is_repeated() || field->message_type() == nullptr) return {};
  const FieldDescriptor* part = field->message_type()->FindFieldByName(path.substr(dot + 1));
  return part == nullptr ? Target{} : Target{field, part};
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
}

void Clear(const Target& target, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  if (target.part == nullptr) {
    reflection.ClearField(&message, target.field);
  } else if (IsSet(message, *target.field)) {
    Message* outer = reflection.MutableMessage(&message, target.field);
    outer->GetReflection()->ClearField(outer, target.part);
  }
}

// The same mask with every field spelled out.
FieldMask Spelled(const FieldMask& mask, FixedFields fixed, const Message& changes) {
  const bool everything = mask.paths_size() == 1 && mask.paths(0) == kEverything;
  if (!everything && !mask.paths().empty()) return mask;
  FieldMask spelled;
  const Descriptor& resource = *changes.GetDescriptor();
  for (int i = 0; i < resource.field_count(); ++i) {
    const FieldDescriptor& field = *resource.field(i);
    if (!IsFixed(field, fixed) && (everything || IsSet(changes, field))) spelled.add_paths(field.name());
  }
  return spelled;
}

}  // namespace

FieldMask CheckUpdateMask(const FieldMask& mask, const Descriptor& resource, FixedFields fixed,
                          Violations& violations) {
  const std::size_t before = violations.size();
  rpc::CheckCount(mask.paths_size(), 0, kMaxPaths, "update_mask", violations);
  for (int i = 0; i < std::min(mask.paths_size(), kMaxPaths); ++i) {
    const std::string& path = mask.paths(i);
    if (path == kEverything) {
      if (mask.paths_size() > 1) violations.Add("update_mask", "\"*\" must be the only path");
      continue;
    }
    const Target target = Find(resource, path);
    const std::string shown = absl::CHexEscape(path.substr(0, 100));
    if (target.field == nullptr) {
      violations.Add("update_mask", absl::StrCat("\"", shown, "\" is not a field of ", resource.name()));
    } else if (IsFixed(*target.field, fixed)) {
      violations.Add("update_mask", absl::StrCat("\"", shown, "\" can't be changed by an update"));
    }
  }
  return violations.size() == before ? mask : FieldMask();
}

void ApplyUpdate(const FieldMask& mask, FixedFields fixed, const Message& changes, Message& resource) {
  const FieldMask spelled = Spelled(mask, fixed, changes);
  if (spelled.paths().empty()) return;  // TrimMessage would take it for everything.
  const std::unique_ptr<Message> named(changes.New());
  named->CopyFrom(changes);
  google::protobuf::util::FieldMaskUtil::TrimMessage(spelled, named.get());
  for (const std::string& path : spelled.paths()) Clear(Find(*resource.GetDescriptor(), path), resource);
  resource.MergeFrom(*named);
}

absl::Status CheckImmutable(FixedFields immutable, const Message& changes, const Message& stored,
                            const std::string& resource) {
  Violations violations;
  std::string first_field;
  std::string first_value;
  for (const std::string_view name : immutable) {
    const FieldDescriptor* field = changes.GetDescriptor()->FindFieldByName(std::string(name));
    const std::string wanted = changes.GetReflection()->GetString(changes, field);
    const std::string value = stored.GetReflection()->GetString(stored, field);
    if (wanted.empty() || wanted == value) continue;
    const std::string path = absl::StrCat(resource, ".", field->name());
    if (violations.empty()) std::tie(first_field, first_value) = std::tie(path, value);
    violations.Add(path, absl::StrCat("is \"", value, "\" for ever: leave it out, or make another resource"));
  }
  if (violations.empty()) return absl::OkStatus();
  return violations.ToStatus(absl::StatusCode::kInvalidArgument, "IMMUTABLE_FIELD", "the update would change",
                             {{"field", first_field}, {"value", first_value}});
}

}  // namespace inventory::commands
