#include "server/rpc/units.h"

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/bounds.h"
#include "storage/mutex.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What of a type of messages can name units. Every write is walked, so that what its type says is looked up once.
struct Shape {
  const FieldDescriptor* sku = nullptr;
  const FieldDescriptor* unit = nullptr;
  // The fields whose messages can name units themselves or hold some that can.
  std::vector<std::pair<const FieldDescriptor*, const Shape*>> parts = {};

  bool empty() const { return unit == nullptr && parts.empty(); }
};

// The shapes of all types that were asked for. Thread-safe.
class Shapes {
 public:
  const Shape& Of(const Descriptor& type) {
    storage::MutexLock lock(mutex_);
    return Find(type);
  }

 private:
  const Shape& Find(const Descriptor& type) REQUIRES(mutex_) {
    // No request has a message that can hold its own type; where one could, its units would be missed.
    const auto [known, added] = shapes_.try_emplace(&type);
    Shape& shape = known->second;
    if (!added) return shape;
    shape.sku = type.FindFieldByName("sku");
    shape.unit = type.FindFieldByName("unit");
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field.is_map()) continue;
      const Shape& part = Find(*field.message_type());
      if (!part.empty()) shape.parts.emplace_back(&field, &part);
    }
    return shape;
  }

  storage::Mutex mutex_;
  std::map<const Descriptor*, Shape> shapes_ GUARDED_BY(mutex_);
};

const Shape& ShapeOf(const Message& message) {
  static auto* const shapes = new Shapes();
  return shapes->Of(*message.GetDescriptor());
}

// A message that stands in a field of the part above it. Lives on the stack of the walk.
class Part {
 public:
  Part(const Message& message, const Shape& shape) : message_(message), shape_(shape) {}
  // `index` counts if the field is repeated.
  Part(const Message& message, const Shape& shape, const Part& above, const FieldDescriptor& field, int index = 0)
      : message_(message), shape_(shape), above_(&above), field_(&field), index_(index) {}

  const Message& message() const { return message_; }
  const Shape& shape() const { return shape_; }
  // Empty if it names none.
  std::string unit() const { return Text(shape_.unit); }
  std::string sku() const { return Text(shape_.sku); }
  // Whether it names a unit of its own SKU.
  bool NamesUnit() const { return shape_.sku != nullptr && !unit().empty(); }

  // What the names of its fields are to be preceded by.
  std::string path() const {
    if (above_ == nullptr) return "";
    const std::string place = field_->is_repeated() ? absl::StrCat("[", index_, "]") : "";
    return absl::StrCat(above_->path(), field_->name(), place, ".");
  }

 private:
  std::string Text(const FieldDescriptor* text) const {
    return text == nullptr ? "" : message_.GetReflection()->GetString(message_, text);
  }

  const Message& message_;
  const Shape& shape_;
  const Part* above_ = nullptr;  // Of the request itself: none.
  const FieldDescriptor* field_ = nullptr;
  int index_ = 0;
};

// Calls stop(part) for the request and every message in it that can name a unit until one answers true, and says
// whether one did.
template <typename Stop>
bool Visit(const Part& part, const Stop& stop) {
  if (part.shape().unit != nullptr && stop(part)) return true;
  const Message& message = part.message();
  const Reflection& fields = *message.GetReflection();
  for (const auto& [field, shape] : part.shape().parts) {
    if (!field->is_repeated()) {
      const bool set = fields.HasField(message, field);
      if (set && Visit(Part(fields.GetMessage(message, field), *shape, part, *field), stop)) return true;
      continue;
    }
    for (int k = 0; k < fields.FieldSize(message, field); ++k) {
      if (Visit(Part(fields.GetRepeatedMessage(message, field, k), *shape, part, *field, k), stop)) return true;
    }
  }
  return false;
}

template <typename Stop>
bool Visit(const Message& request, const Stop& stop) {
  return Visit(Part(request, ShapeOf(request)), stop);
}

absl::Status Convert(pipeline::Work& work, Message& part) {
  const Reflection& fields = *part.GetReflection();
  const Shape& shape = ShapeOf(part);
  const std::string sku = fields.GetString(part, shape.sku);
  const std::string unit = fields.GetString(part, shape.unit);
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
  fields.ClearField(&part, shape.unit);
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
  return Visit(request, [](const Part& part) { return part.NamesUnit(); });
}

void CheckUnits(const Message& request, Violations& violations) {
  Visit(request, [&violations](const Part& part) {
    if (const std::string unit = part.unit(); !unit.empty() && !IsUnitKey(unit)) {
      violations.Add(part.path() + "unit", "must be the key of a unit of measure: 1 to 32 of [a-z0-9._-]");
    }
    return false;
  });
}

absl::Status ToSmallestUnits(pipeline::Work& work, Message& request) {
  // All SKUs that are missing are asked for at once: the rounds that a command may take are few.
  bool locked = true;
  Visit(request, [&](const Part& part) {
    if (part.NamesUnit()) locked = work.Require(part.sku()) && locked;
    return false;
  });
  if (!locked) return absl::AbortedError("a SKU is not locked yet");
  absl::Status status;
  Visit(request, [&](const Part& part) {
    // All parts belong to the request, which may be changed.
    if (part.NamesUnit()) status = Convert(work, const_cast<Message&>(part.message()));
    return !status.ok();
  });
  return status;
}

}  // namespace inventory::rpc
