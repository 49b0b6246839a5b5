#include "client/cli/values.h"

#include <charconv>
#include <iterator>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "client/cli/output.h"
#include "client/cli/request_fields.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// With as many digits as it takes to read the same again: a place a few metres away is another one.
template <typename Fraction>
std::string ShowFraction(Fraction value) {
  constexpr int kMostSigns = 8;  // Of a number, a point, and an exponent.
  char text[std::numeric_limits<Fraction>::max_digits10 + kMostSigns];
  return {text, std::to_chars(std::begin(text), std::end(text), value, std::chars_format::general).ptr};
}

std::string ShowMessage(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    const absl::Time at = absl::FromUnixSeconds(time->seconds()) + absl::Nanoseconds(time->nanos());
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", at, absl::UTCTimeZone());
  }
  if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return absl::FormatDuration(absl::Seconds(duration->seconds()) + absl::Nanoseconds(duration->nanos()));
  }
  if (const auto* mask = dynamic_cast<const google::protobuf::FieldMask*>(&message)) {
    return absl::StrJoin(mask->paths(), ",");
  }
  return ToJson(message);
}

std::string ShowEnum(const FieldDescriptor& field, int number) {
  const EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
  // A newer server may know more values.
  return value == nullptr ? absl::StrCat(number) : number == 0 ? "" : ShortName(*value);
}

}  // namespace

std::string ShortName(const EnumValueDescriptor& value) {
  // The enum's name as a prefix: StockStatus is STOCK_STATUS_.
  const std::string prefix = absl::StrCat(KebabCase(value.type()->name()), "-");
  std::string name = absl::StrReplaceAll(absl::AsciiStrToLower(value.name()), {{"_", "-"}});
  if (absl::StartsWith(name, prefix)) name.erase(0, prefix.size());
  return name;
}

std::vector<std::string> ChoicesOf(const FieldDescriptor& field) {
  std::vector<std::string> choices;
  if (field.type() == FieldDescriptor::TYPE_BOOL) return {"true", "false"};
  if (field.type() != FieldDescriptor::TYPE_ENUM) return choices;
  // The first value says that none was chosen.
  for (int i = 1; i < field.enum_type()->value_count(); ++i) choices.push_back(ShortName(*field.enum_type()->value(i)));
  return choices;
}

std::string ValueHint(const FieldDescriptor& field) {
  const std::vector<std::string> choices = ChoicesOf(field);
  if (!choices.empty()) return absl::StrJoin(choices, "|");
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "TEXT";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (Holds<google::protobuf::Timestamp>(field)) return "TIME";
      if (Holds<google::protobuf::Duration>(field)) return "DURATION";
      if (Holds<google::protobuf::FieldMask>(field)) return "NAME,...";
      return "NAME=VALUE,...";
    default:
      return "NUMBER";
  }
}

bool IsValue(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || Holds<google::protobuf::Timestamp>(field) ||
         Holds<google::protobuf::Duration>(field) || Holds<google::protobuf::FieldMask>(field);
}

std::string ShowValue(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const auto read = [&](auto single, auto repeated) {
    return index < 0 ? (reflection.*single)(message, &field) : (reflection.*repeated)(message, &field, index);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return read(&Reflection::GetString, &Reflection::GetRepeatedString);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(read(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(read(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(read(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(read(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_BOOL:
      return read(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ShowFraction(read(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ShowFraction(read(&Reflection::GetFloat, &Reflection::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShowEnum(field, read(&Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ShowMessage(index < 0 ? reflection.GetMessage(message, &field)
                                   : reflection.GetRepeatedMessage(message, &field, index));
  }
  return "";
}

}  // namespace inventory::cli
