// The model's units of measure.
#include <set>
#include <vector>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The smallest stocked units in one of the item's units; 0 if it has no such unit.
int64_t SizeOf(const Item& item, const std::string& unit) {
  int64_t base = 1;
  for (int i = 0; i < item.precision; ++i) base *= 10;
  if (unit == item.base_unit) return base;
  const auto factor = item.factors.find(unit);
  return factor == item.factors.end() ? 0 : base * factor->second;
}

}  // namespace

// The request itself or its lines may name units; the rows of a batch are put in the smallest ones by themselves.
Outcome Model::ConvertUnits(Message& request) {
  std::vector<Message*> parts = {&request};
  if (const FieldDescriptor* lines = request.GetDescriptor()->FindFieldByName("lines")) {
    for (int i = 0; i < request.GetReflection()->FieldSize(request, lines); ++i) {
      parts.push_back(request.GetReflection()->MutableRepeatedMessage(&request, lines, i));
    }
  }
  std::erase_if(parts,
                [](const Message* part) { return TextOf(*part, "sku").empty() || TextOf(*part, "unit").empty(); });
  bool all_touched = true;
  for (const Message* part : parts) all_touched = Touch(TextOf(*part, "sku")) && all_touched;
  if (!all_touched) return {};
  for (Message* part : parts) {
    if (Outcome converted = ConvertPart(*part); !converted.ok()) return converted;
  }
  return {};
}

Outcome Model::ConvertUnit(const std::string& sku, const std::string& unit, int64_t& quantity) const {
  if (unit.empty()) return {};
  const int64_t size = SizeOf(state_.ItemOf(sku), unit);
  quantity *= size;
  return size == 0 ? Outcome{absl::StatusCode::kInvalidArgument, "UNIT_UNKNOWN"} : Outcome();
}

Outcome Model::ConvertPart(Message& part) const {
  const std::string sku = TextOf(part, "sku");
  int64_t size = 1;
  if (sku.empty() || TextOf(part, "unit").empty()) return {};
  if (Outcome converted = ConvertUnit(sku, TextOf(part, "unit"), size); !converted.ok()) return converted;
  static const std::set<std::string> kQuantities = {"quantity",         "on_hand",           "delta",
                                                    "safety_stock",     "set_on_hand",       "adjust_on_hand",
                                                    "set_safety_stock", "received_quantity", "missing_quantity"};
  for (const std::string& name : kQuantities) {
    const FieldDescriptor* field = part.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) continue;
    const bool chosen = field->containing_oneof() == nullptr || part.GetReflection()->HasField(part, field);
    if (chosen) part.GetReflection()->SetInt64(&part, field, size * part.GetReflection()->GetInt64(part, field));
  }
  return {};
}

}  // namespace inventory::model
