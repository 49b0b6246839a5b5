#include "server/auth/field_path.h"

#include <cstddef>

#include "absl/strings/str_split.h"

namespace inventory::auth {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void ForEachTextFrom(const Message& message, const FieldPath& path, std::size_t at,
                     const std::function<void(const std::string&)>& use) {
  const FieldDescriptor* field = path[at];
  const auto& reflection = *message.GetReflection();
  const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (at + 1 < path.size()) {
      if (!field->is_repeated() && !reflection.HasField(message, field)) return;
      ForEachTextFrom(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                           : reflection.GetMessage(message, field),
                      path, at + 1, use);
      continue;
    }
    const std::string text =
        field->is_repeated() ? reflection.GetRepeatedString(message, field, i) : reflection.GetString(message, field);
    if (!text.empty()) use(text);
  }
}

}  // namespace

FieldPath FindPath(const Descriptor& message, std::string_view path) {
  FieldPath found;
  const Descriptor* within = &message;
  for (const absl::string_view name : absl::StrSplit(absl::string_view(path.data(), path.size()), '.')) {
    const FieldDescriptor* field = within == nullptr ? nullptr : within->FindFieldByName(std::string(name));
    if (field == nullptr) return {};
    found.push_back(field);
    within = field->message_type();
  }
  return found;
}

void ForEachText(const Message& message, const FieldPath& path,
                 const std::function<void(const std::string& text)>& use) {
  ForEachTextFrom(message, path, 0, use);
}

bool IsFilled(const Message& message, const FieldPath& path) {
  const Message* within = &message;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const auto& reflection = *within->GetReflection();
    const FieldDescriptor* field = path[at];
    if (field->is_repeated()) return reflection.FieldSize(*within, field) > 0;
    if (!reflection.HasField(*within, field)) return false;
    if (at + 1 < path.size()) within = &reflection.GetMessage(*within, field);
  }
  return true;
}

}  // namespace inventory::auth
