#include "client/cli/set_value.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cli/request_fields.h"
#include "client/cli/text_source.h"
#include "client/cli/values.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Expected(const std::string& what, const std::string& text) {
  return absl::InvalidArgumentError(absl::StrCat("expected ", what, ", not \"", text, "\""));
}

// Sets the field by the reflection method for single values or by that for lists.
template <typename Value>
void Put(Message& message, const FieldDescriptor& field, Value value,
         void (Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
         void (Reflection::*add)(Message*, const FieldDescriptor*, Value) const) {
  const Reflection& reflection = *message.GetReflection();
  (reflection.*(field.is_repeated() ? add : set))(&message, &field, std::move(value));
}

template <typename Integer>
absl::Status PutInteger(Message& message, const FieldDescriptor& field, const std::string& text,
                        void (Reflection::*set)(Message*, const FieldDescriptor*, Integer) const,
                        void (Reflection::*add)(Message*, const FieldDescriptor*, Integer) const) {
  Integer value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    using Limits = std::numeric_limits<Integer>;
    return Expected(absl::StrCat("a whole number from ", Limits::min(), " to ", Limits::max()), text);
  }
  Put(message, field, value, set, add);
  return absl::OkStatus();
}

absl::Status PutBool(Message& message, const FieldDescriptor& field, const std::string& text) {
  if (text != "true" && text != "false") return Expected("true or false", text);
  Put(message, field, text == "true", &Reflection::SetBool, &Reflection::AddBool);
  return absl::OkStatus();
}

absl::Status PutDouble(Message& message, const FieldDescriptor& field, const std::string& text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return Expected("a number", text);
  Put(message, field, value, &Reflection::SetDouble, &Reflection::AddDouble);
  return absl::OkStatus();
}

absl::Status PutEnum(Message& message, const FieldDescriptor& field, const std::string& text) {
  const std::string name = absl::StrReplaceAll(absl::AsciiStrToLower(text), {{"_", "-"}});
  const EnumDescriptor& type = *field.enum_type();
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (name != ShortName(value) && text != value.name()) continue;
    Put(message, field, value.number(), &Reflection::SetEnumValue, &Reflection::AddEnumValue);
    return absl::OkStatus();
  }
  return Expected(absl::StrCat("one of ", absl::StrJoin(ChoicesOf(field), ", ")), text);
}

// The message that a value of the field goes into.
Message& Target(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field);
}

template <typename Generated>
void SetSeconds(Message& target, int64_t seconds, int64_t nanos) {
  auto& generated = dynamic_cast<Generated&>(target);
  generated.set_seconds(seconds);
  generated.set_nanos(static_cast<int32_t>(nanos));
}

absl::Status PutTime(Message& message, const FieldDescriptor& field, const std::string& text) {
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &problem) || time == absl::InfiniteFuture() ||
      time == absl::InfinitePast()) {
    return Expected("a time as 2026-01-31T08:00:00Z or 2026-01-31T08:00:00+01:00", text);
  }
  const int64_t seconds = absl::ToUnixSeconds(time);
  const int64_t nanos = absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds));
  SetSeconds<google::protobuf::Timestamp>(Target(message, field), seconds, nanos);
  return absl::OkStatus();
}

absl::Status PutDuration(Message& message, const FieldDescriptor& field, const std::string& text) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration) || duration == absl::InfiniteDuration() ||
      duration == -absl::InfiniteDuration()) {
    return Expected("a duration as 90s, 15m or 1h30m", text);
  }
  absl::Duration rest;
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &rest);
  SetSeconds<google::protobuf::Duration>(Target(message, field), seconds, absl::ToInt64Nanoseconds(rest));
  return absl::OkStatus();
}

// Names as of flags, or as in the API: "address.city", "backorder-limit".
absl::Status PutMask(Message& message, const FieldDescriptor& field, const std::string& text) {
  auto& mask = dynamic_cast<google::protobuf::FieldMask&>(Target(message, field));
  for (const absl::string_view path : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    mask.add_paths(absl::StrReplaceAll(absl::StripAsciiWhitespace(path), {{"-", "_"}}));
  }
  return absl::OkStatus();
}

// Takes the value in double quotes that begins at `at`, up to behind its closing quote.
absl::Status TakeQuoted(const std::string& text, std::size_t& at, std::string& value) {
  for (++at; at < text.size(); ++at) {
    if (text[at] != '"') {
      value += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      value += text[at++];
    } else {
      ++at;
      return at == text.size() || text[at] == ',' ? absl::OkStatus() : Expected("a comma after a closing quote", text);
    }
  }
  return Expected("a closing quote", text);
}

// Parts a record into names and values.
absl::Status Split(const std::string& text, std::vector<std::pair<std::string, std::string>>& parts) {
  for (std::size_t at = 0; at < text.size(); ++at) {  // Over the comma.
    const std::size_t equals = text.find('=', at);
    if (equals == std::string::npos || text.find(',', at) < equals)
      return Expected("name=value parted by commas", text);
    auto& [name, value] = parts.emplace_back(text.substr(at, equals - at), "");
    at = equals + 1;
    if (at < text.size() && text[at] == '"') {
      if (absl::Status taken = TakeQuoted(text, at, value); !taken.ok()) return taken;
      continue;
    }
    const std::size_t comma = std::min(text.find(',', at), text.size());
    value = text.substr(at, comma - at);
    at = comma;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetValue(Message& message, const FieldDescriptor& field, const std::string& text) {
  // The server could not read the request.
  if (!IsUtf8Text(text)) return absl::InvalidArgumentError("expected UTF-8; is the terminal set to it?");
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      Put<std::string>(message, field, text, &Reflection::SetString, &Reflection::AddString);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<int32_t>(message, field, text, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<int64_t>(message, field, text, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<uint32_t>(message, field, text, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<uint64_t>(message, field, text, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(message, field, text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutDouble(message, field, text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (Holds<google::protobuf::Timestamp>(field)) return PutTime(message, field, text);
      if (Holds<google::protobuf::Duration>(field)) return PutDuration(message, field, text);
      if (Holds<google::protobuf::FieldMask>(field)) return PutMask(message, field, text);
      return SetRecord(Target(message, field), text);
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // The API has none, which a test checks.
  }
  return absl::UnimplementedError(absl::StrCat("fields as ", field.full_name(), " can only be set by --json"));
}

absl::Status SetRecord(Message& record, const std::string& text) {
  std::vector<std::pair<std::string, std::string>> parts;
  if (absl::Status split = Split(text, parts); !split.ok()) return split;
  const Descriptor& type = *record.GetDescriptor();
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    names.push_back(field.is_repeated() ? Singular(KebabCase(field.name())) : KebabCase(field.name()));
  }
  std::set<std::string> given;
  for (const auto& [name, value] : parts) {
    int i = 0;
    while (i < type.field_count() && names[i] != name && type.field(i)->name() != name) ++i;
    if (i == type.field_count()) return Expected(absl::StrCat("one of ", absl::StrJoin(names, ", ")), name);
    const FieldDescriptor& field = *type.field(i);
    if (!given.insert(names[i]).second && !field.is_repeated()) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is given twice in \"", text, "\""));
    }
    if (absl::Status set = SetValue(record, field, value); !set.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": ", set.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace inventory::cli
