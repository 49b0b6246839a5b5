#include "server/commands/convert.h"

namespace inventory {
namespace {

void ToProto(const storage::UnitsOfMeasure& units, v1::UnitsOfMeasure& out) {
  out.set_base_unit(units.base_unit);
  out.set_precision(units.precision);
  for (const auto& [key, factor] : units.factors) {
    v1::UnitsOfMeasure::Unit& unit = *out.add_units();
    unit.set_key(key);
    unit.set_factor(factor);
  }
}

}  // namespace

void ToProto(const storage::ItemRecord& item, const pipeline::Configuration& configuration, v1::Item& out) {
  out.set_sku(item.sku);
  out.set_tracking(item.tracked ? v1::TRACKING_TRACKED : v1::TRACKING_UNTRACKED);
  out.set_published(item.published);
  out.set_display_availability(item.display_availability);
  out.set_display_stock_quantity(item.display_stock_quantity);
  out.set_min_order_quantity(item.min_order_quantity);
  out.set_max_order_quantity(item.max_order_quantity);
  out.set_multiple_order_quantity(item.multiple_order_quantity);
  out.mutable_allowed_order_quantities()->Assign(item.allowed_order_quantities.begin(),
                                                 item.allowed_order_quantities.end());
  out.set_default_safety_stock(item.default_safety_stock);
  out.set_external_reference_code(item.external_reference_code);
  out.set_backorder_policy(static_cast<v1::BackorderPolicy>(item.backorder_policy));
  out.set_backorder_limit(item.backorder_limit);
  out.mutable_labels()->insert(item.labels.begin(), item.labels.end());
  if (!item.units_of_measure.base_unit.empty()) ToProto(item.units_of_measure, *out.mutable_units_of_measure());
  for (const storage::Component& component : item.components) {
    v1::KitComponent& part = *out.add_components();
    part.set_sku(component.sku);
    part.set_quantity(component.quantity);
  }
  const storage::AvailabilityEstimateRecord* estimate = configuration.FindEstimateByUid(item.availability_estimate);
  if (estimate != nullptr) out.set_availability_estimate_id(estimate->availability_estimate_id);
  if (item.create_time) *out.mutable_create_time() = ToTimestamp(*item.create_time);
  if (item.update_time) *out.mutable_update_time() = ToTimestamp(*item.update_time);
  out.set_etag(Etag(item.config_version));
}

}  // namespace inventory
