#include "server/rpc/units.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/errors.h"

namespace inventory::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const FieldDescriptor* UnitField(const Message& part) {
  const google::protobuf::Descriptor& type = *part.GetDescriptor();
  return type.FindFieldByName("sku") == nullptr ? nullptr : type.FindFieldByName("unit");
}

bool NamesUnit(const Message& part) {
  const FieldDescriptor* unit = UnitField(part);
  if (unit == nullptr) return false;
  std::string scratch;
  return !part.GetReflection()->GetStringReference(part, unit, &scratch).empty();
}

bool IsPart(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map();
}

absl::Status Convert(pipeline::Work& work, Message& part) {
  const Reflection& fields = *part.GetReflection();
  const google::protobuf::Descriptor& type = *part.GetDescriptor();
  const std::string sku = fields.GetString(part, type.FindFieldByName("sku"));
  const std::string unit = fields.GetString(part, type.FindFieldByName("unit"));
  std::vector<const FieldDescriptor*> set;
  fields.ListFields(part, &set);
  for (const FieldDescriptor* field : set) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_INT64 || field->is_repeated()) continue;
    absl::StatusOr<int64_t> units = InSmallestUnits(work, sku, unit, fields.GetInt64(part, field));
    if (!units.ok()) return units.status();
    fields.SetInt64(&part, field, *units);
  }
  fields.ClearField(&part, type.FindFieldByName("unit"));
  return absl::OkStatus();
}

// Smallest units in one `unit` of the item, 0 if it has no such unit. At most 10^6 * 10^9.
int64_t SizeOf(const storage::UnitsOfMeasure& units, const std::string& unit) {
  int64_t base = 1;
  for (int32_t i = 0; i < units.precision; ++i) base *= 10;
  if (unit == units.base_unit) return base;
  const auto further = units.factors.find(unit);
  return further == units.factors.end() ? 0 : further->second * base;
}

}  // namespace

absl::StatusOr<int64_t> InSmallestUnits(pipeline::Work& work, const std::string& sku, const std::string& unit,
                                        int64_t quantity) {
  if (unit.empty()) return quantity;
  if (!work.Require(sku)) return absl::AbortedError("the SKU is not locked yet");
  const int64_t size = SizeOf(work.item(sku).units_of_measure, unit);
  if (size == 0) {
    return Refusal(absl::StatusCode::kInvalidArgument, "UNIT_UNKNOWN",
                   absl::StrCat(sku, " has no unit of measure ", unit), {{"sku", sku}, {"unit", unit}});
  }
  // Quantities are checked before they are converted, so that their magnitude is no more than kMaxQuantity.
  if (std::abs(quantity) > pipeline::kMaxQuantity / size) {
    return Refusal(absl::StatusCode::kInvalidArgument, "QUANTITY_OUT_OF_RANGE",
                   absl::StrCat(quantity, " ", unit, " of ", sku, " are more than ", pipeline::kMaxQuantity,
                                " of its smallest unit"),
                   {{"sku", sku}});
  }
  return quantity * size;
}

bool NamesUnits(const Message& request) {
  if (NamesUnit(request)) return true;
  const Reflection& fields = *request.GetReflection();
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsPart(field)) continue;
    if (!field.is_repeated()) {
      if (fields.HasField(request, &field) && NamesUnits(fields.GetMessage(request, &field))) return true;
      continue;
    }
    for (int k = 0; k < fields.FieldSize(request, &field); ++k) {
      if (NamesUnits(fields.GetRepeatedMessage(request, &field, k))) return true;
    }
  }
  return false;
}

absl::Status ToSmallestUnits(pipeline::Work& work, Message& request) {
  if (NamesUnit(request)) {
    absl::Status converted = Convert(work, request);
    if (!converted.ok()) return converted;
  }
  const Reflection& fields = *request.GetReflection();
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  absl::Status status;
  for (int i = 0; i < type.field_count() && status.ok(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsPart(field)) continue;
    if (!field.is_repeated()) {
      if (fields.HasField(request, &field)) status = ToSmallestUnits(work, *fields.MutableMessage(&request, &field));
      continue;
    }
    for (int k = 0; k < fields.FieldSize(request, &field) && status.ok(); ++k) {
      status = ToSmallestUnits(work, *fields.MutableRepeatedMessage(&request, &field, k));
    }
  }
  return status;
}

}  // namespace inventory::rpc
