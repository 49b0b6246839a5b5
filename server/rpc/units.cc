#include "server/rpc/units.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/bounds.h"

namespace inventory::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string UnitOf(const Message& part) {
  const FieldDescriptor* unit = part.GetDescriptor()->FindFieldByName("unit");
  return unit == nullptr ? "" : part.GetReflection()->GetString(part, unit);
}

std::string SkuOf(const Message& part) {
  return part.GetReflection()->GetString(part, part.GetDescriptor()->FindFieldByName("sku"));
}

// Whether the part names a unit of its own SKU.
bool NamesUnit(const Message& part) {
  return !UnitOf(part).empty() && part.GetDescriptor()->FindFieldByName("sku") != nullptr;
}

bool IsPart(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map();
}

// Where a part stands: in a field of the part above it. Lives on the stack of the walk.
struct Place {
  const Place* above = nullptr;  // Of the request itself: none.
  const FieldDescriptor* field = nullptr;
  int index = 0;  // If the field is repeated.
};

// What the names of the part's fields are to be preceded by.
std::string PathOf(const Place& place) {
  if (place.above == nullptr) return "";
  const std::string index = place.field->is_repeated() ? absl::StrCat("[", place.index, "]") : "";
  return absl::StrCat(PathOf(*place.above), place.field->name(), index, ".");
}

// Calls stop(part, place) for the request and every message in it until one answers true, and says whether one did.
// Every write is walked, so that paths are made only for whom they are shown to.
template <typename Stop>
bool Visit(const Message& part, const Place& place, const Stop& stop) {
  if (stop(part, place)) return true;
  const Reflection& fields = *part.GetReflection();
  const google::protobuf::Descriptor& type = *part.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsPart(field)) continue;
    if (!field.is_repeated()) {
      const bool set = fields.HasField(part, &field);
      if (set && Visit(fields.GetMessage(part, &field), {&place, &field}, stop)) return true;
      continue;
    }
    for (int k = 0; k < fields.FieldSize(part, &field); ++k) {
      if (Visit(fields.GetRepeatedMessage(part, &field, k), {&place, &field, k}, stop)) return true;
    }
  }
  return false;
}

absl::Status Convert(pipeline::Work& work, Message& part) {
  const Reflection& fields = *part.GetReflection();
  const google::protobuf::Descriptor& type = *part.GetDescriptor();
  const std::string sku = SkuOf(part);
  const std::string unit = fields.GetString(part, type.FindFieldByName("unit"));
  // A unit that the item does not have is refused even where nothing is counted in it.
  absl::Status known = InSmallestUnits(work, sku, unit, 0).status();
  if (!known.ok()) return known;
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

bool IsUnitKey(std::string_view key) { return IsKey(key, /*max_bytes=*/32); }

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
  return Visit(request, {}, [](const Message& part, const Place&) { return NamesUnit(part); });
}

void CheckUnits(const Message& request, Violations& violations) {
  Visit(request, {}, [&violations](const Message& part, const Place& place) {
    if (const std::string unit = UnitOf(part); !unit.empty() && !IsUnitKey(unit)) {
      violations.Add(PathOf(place) + "unit", "must be the key of a unit of measure: 1 to 32 of [a-z0-9._-]");
    }
    return false;
  });
}

absl::Status ToSmallestUnits(pipeline::Work& work, Message& request) {
  // All SKUs that are missing are asked for at once: the rounds that a command may take are few.
  bool locked = true;
  Visit(request, {}, [&](const Message& part, const Place&) {
    if (NamesUnit(part)) locked = work.Require(SkuOf(part)) && locked;
    return false;
  });
  if (!locked) return absl::AbortedError("a SKU is not locked yet");
  absl::Status status;
  Visit(request, {}, [&](const Message& part, const Place&) {
    // All parts belong to the request, which may be changed.
    if (NamesUnit(part)) status = Convert(work, const_cast<Message&>(part));
    return !status.ok();
  });
  return status;
}

}  // namespace inventory::rpc
