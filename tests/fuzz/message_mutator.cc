#include "tests/fuzz/message_mutator.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace inventory::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMostElements = 8;

// Makes the values of one change.
class Values {
 public:
  explicit Values(std::minstd_rand& random) : random_(random) {}

  std::size_t Below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  bool OneIn(std::size_t times) { return Below(times) == 0; }

  int64_t Number() {
    static constexpr int64_t kQuantity = 1'000'000'000'000'000;
    static constexpr int64_t kNumbers[] = {0,
                                           1,
                                           2,
                                           3,
                                           5,
                                           10,
                                           200,
                                           1000,
                                           -1,
                                           kQuantity,
                                           kQuantity + 1,
                                           -kQuantity,
                                           std::numeric_limits<int32_t>::max(),
                                           std::numeric_limits<int64_t>::max(),
                                           std::numeric_limits<int64_t>::min(),
                                           1'700'000'000,
                                           253'402'300'800};
    return kNumbers[Below(std::size(kNumbers))];
  }

  double Fraction() {
    static constexpr double kFractions[] = {0,
                                            1,
                                            -1,
                                            89.999999,
                                            -90,
                                            90.1,
                                            180,
                                            -180.1,
                                            1e300,
                                            5e-324,
                                            std::numeric_limits<double>::infinity(),
                                            std::numeric_limits<double>::quiet_NaN()};
    return kFractions[Below(std::size(kFractions))];
  }

  std::string Text(const FieldDescriptor& field) {
    static const auto& words =
        *new std::vector<std::string>{"apple",    "bread",        "cider",   "basket",
                                      "hamper",   "w1",           "w2",      "w3",
                                      "c1",       "c2",           "k1",      "piece",
                                      "pair",     "case",         "log",     "*",
                                      "sku",      "r-1",          "s-1",     "1",
                                      "2",        "same",         "",        " ",
                                      "'",        "\\",           "\n",      "\x7f",
                                      "\xc3\xa9", "\xff",         "..",      "quantity",
                                      "lines",    "display_name", "webhook", "http://127.0.0.1:9/",
                                      "q1"};
    if (OneIn(12)) return std::string(1 + Below(300), 'x');
    if (OneIn(4)) return absl::StrCat(field.name().substr(0, 1), "-", Below(4));
    return words[Below(words.size())];
  }

 private:
  std::minstd_rand& random_;
};

void SetOne(Message& message, const FieldDescriptor& field, Values& values) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field, static_cast<int32_t>(values.Number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, values.Number());
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, static_cast<uint32_t>(values.Number()));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, static_cast<uint64_t>(values.Number()));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&message, &field, values.Fraction());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return reflection.SetFloat(&message, &field, static_cast<float>(values.Fraction()));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, !reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      // One more than there are.
      return reflection.SetEnumValue(&message, &field,
                                     static_cast<int>(values.Below(field.enum_type()->value_count() + 1)));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, values.Text(field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.MutableMessage(&message, &field);
  }
}

void AddOne(Message& message, const FieldDescriptor& field, Values& values) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.AddInt32(&message, &field, static_cast<int32_t>(values.Number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.AddInt64(&message, &field, values.Number());
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.AddEnumValue(&message, &field,
                                     static_cast<int>(values.Below(field.enum_type()->value_count() + 1)));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.AddString(&message, &field, values.Text(field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.AddMessage(&message, &field);
      return;
    default:  // No API here has lists of others.
      return;
  }
}

void ChangeList(Message& message, const FieldDescriptor& field, Values& values) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  if (size > 0 && values.OneIn(4)) return reflection.RemoveLast(&message, &field);
  if (size < kMostElements) AddOne(message, field, values);
}

// A message in one of the fields, to go on with; null to stay here.
Message* Enter(Message& message, Values& values) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::vector<Message*> parts;
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    const Reflection& reflection = *message.GetReflection();
    if (!field->is_repeated()) {
      parts.push_back(reflection.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      parts.push_back(reflection.MutableRepeatedMessage(&message, field, i));
    }
  }
  if (parts.empty() || values.OneIn(3)) return nullptr;
  return parts[values.Below(parts.size())];
}

}  // namespace

void ChangeOneField(Message& message, std::minstd_rand& random) {
  Values values(random);
  Message* changed = &message;
  while (Message* part = Enter(*changed, values)) changed = part;
  const int count = changed->GetDescriptor()->field_count();
  if (count == 0) return;
  const FieldDescriptor& field = *changed->GetDescriptor()->field(static_cast<int>(values.Below(count)));
  if (field.is_repeated()) {
    ChangeList(*changed, field, values);
  } else if (values.OneIn(6)) {
    changed->GetReflection()->ClearField(changed, &field);
  } else {
    SetOne(*changed, field, values);
  }
}

}  // namespace inventory::fuzz
