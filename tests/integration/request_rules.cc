#include "tests/integration/request_rules.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/field_rules.h"

namespace inventory::integration {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

// ---- Putting values in ----

// The way from a request to a part of it: fields, each with the element 0 if it is repeated.
using Way = std::vector<const FieldDescriptor*>;

Message& Follow(const Way& way, Message& request) {
  Message* part = &request;
  for (const FieldDescriptor* field : way) {
    const Reflection& reflection = *part->GetReflection();
    part = field->is_repeated() ? reflection.MutableRepeatedMessage(part, field, 0)
                                : reflection.MutableMessage(part, field);
  }
  return *part;
}

// Puts a value into a field, or into its element 0.
void Put(Message& part, const FieldDescriptor& field, const std::string& value) {
  const Reflection& reflection = *part.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.SetRepeatedString(&part, &field, 0, value)
                      : reflection.SetString(&part, &field, value);
    case FieldDescriptor::CPPTYPE_INT64:
      return repeated ? reflection.SetRepeatedInt64(&part, &field, 0, std::stoll(value))
                      : reflection.SetInt64(&part, &field, std::stoll(value));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&part, &field, std::stoi(value));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&part, &field, std::stoi(value));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&part, &field, value == "true");
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&part, &field, std::stod(value));
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& inner = *reflection.MutableMessage(&part, &field);
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(value, &inner)) << value;
      return;
    }
    default:
      ADD_FAILURE() << "no values for the type of " << field.full_name();
  }
}

// Gives a repeated field so many elements, like its first one but each of a SKU of its own if it has one.
void Resize(Message& part, const FieldDescriptor& field, int count) {
  const Reflection& reflection = *part.GetReflection();
  for (int i = reflection.FieldSize(part, &field); i < count; ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message& added = *reflection.AddMessage(&part, &field);
      added.CopyFrom(reflection.GetRepeatedMessage(part, &field, 0));
      Put(added, *added.GetDescriptor()->FindFieldByName("sku"), absl::StrCat("sku-", i));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(&part, &field, reflection.GetRepeatedString(part, &field, 0));
    } else {
      reflection.AddInt64(&part, &field, reflection.GetRepeatedInt64(part, &field, 0));
    }
  }
  while (reflection.FieldSize(part, &field) > count) reflection.RemoveLast(&part, &field);
}

// ---- Walking through a request ----

bool Names(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return absl::EndsWith(name, "_id") || absl::EndsWith(name, "_ids") || absl::EndsWith(name, "sku") ||
         absl::EndsWith(name, "skus") || absl::EndsWith(name, "_code") || absl::EndsWith(name, "lines");
}

class Walk {
 public:
  std::vector<FieldCase> Cases(const Descriptor& request) {
    Visit(request, "", {});
    return std::move(cases_);
  }

 private:
  void Visit(const Descriptor& part, const std::string& prefix, const Way& way) {
    for (int i = 0; i < part.field_count(); ++i) {
      const FieldDescriptor& field = *part.field(i);
      const std::string path = absl::StrCat(prefix, field.name());
      const Rule* rule = RuleOf(field);
      const bool inner = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (rule != nullptr) {
        AddValues(field, *rule, way, absl::StrCat(path, field.is_repeated() ? "[0]" : ""));
        if (rule->most > 0) AddCounts(field, *rule, way, path);
      }
      if (inner && (rule == nullptr || rule->most > 0)) {
        Way deeper = way;
        deeper.push_back(&field);
        Visit(*field.message_type(), absl::StrCat(path, field.is_repeated() ? "[0]." : "."), deeper);
      } else if (rule == nullptr) {
        ADD_FAILURE() << field.full_name() << " has no rule";
      }
    }
  }

  void AddValues(const FieldDescriptor& field, const Rule& rule, const Way& way, const std::string& path) {
    FieldCase made{.path = path, .names = Names(field), .bad = {}, .good = {}};
    const auto setter = [&field, way](const std::string& value) {
      return [&field, way, value](Message& request) { Put(Follow(way, request), field, value); };
    };
    for (const std::string& value : rule.bad) made.bad.push_back(setter(value));
    for (const std::string& value : rule.good) made.good.push_back(setter(value));
    cases_.push_back(std::move(made));
  }

  void AddCounts(const FieldDescriptor& field, const Rule& rule, const Way& way, const std::string& path) {
    FieldCase made{.path = path, .names = Names(field), .bad = {}, .good = {}};
    const auto setter = [&field, way](int count) {
      return [&field, way, count](Message& request) { Resize(Follow(way, request), field, count); };
    };
    made.bad.push_back(setter(rule.most + 1));
    if (rule.least > 0) made.bad.push_back(setter(rule.least - 1));
    made.good = {setter(rule.least), setter(rule.most)};
    cases_.push_back(std::move(made));
  }

  std::vector<FieldCase> cases_;
};

}  // namespace

std::vector<FieldCase> FieldCases(const Descriptor& request) { return Walk().Cases(request); }

}  // namespace inventory::integration
