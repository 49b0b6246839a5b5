#include "server/pipeline/merge_needs.h"

#include <iterator>
#include <utility>

namespace inventory::pipeline {
namespace {

template <typename Value>
void Merge(std::vector<Value>& more, std::vector<Value>& all) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void Merge(bool more, bool& all) { all = all || more; }

}  // namespace

// Every part is named in the binding, so that a new one can't be forgotten here.
void MergeNeeds(Needs more, Needs& needs) {
  auto& [skus, create_items, reservations, shipments, replenishments, transfers, new_reservations, new_shipments,
         new_returns, new_replenishments, new_transfers, warehouses, configuration, audits, holders,
         exclusive_warehouses, availability_estimates, exclusive_availability_estimates, outstanding, past_levels,
         low_stock_rules, new_low_stock_rules, first_events, low_stock_events, external_references, old_movements] =
      needs;
  Merge(more.skus, skus);
  Merge(more.create_items, create_items);
  Merge(more.reservations, reservations);
  Merge(more.shipments, shipments);
  Merge(more.replenishments, replenishments);
  Merge(more.transfers, transfers);
  Merge(more.new_reservations, new_reservations);
  Merge(more.new_shipments, new_shipments);
  Merge(more.new_returns, new_returns);
  Merge(more.new_replenishments, new_replenishments);
  Merge(more.new_transfers, new_transfers);
  Merge(more.warehouses, warehouses);
  Merge(more.configuration, configuration);
  Merge(more.audits, audits);
  Merge(more.holders, holders);
  Merge(more.exclusive_warehouses, exclusive_warehouses);
  Merge(more.availability_estimates, availability_estimates);
  Merge(more.exclusive_availability_estimates, exclusive_availability_estimates);
  Merge(more.outstanding, outstanding);
  Merge(more.past_levels, past_levels);
  Merge(more.low_stock_rules, low_stock_rules);
  Merge(more.new_low_stock_rules, new_low_stock_rules);
  Merge(more.first_events, first_events);
  Merge(more.low_stock_events, low_stock_events);
  Merge(more.external_references, external_references);
  Merge(more.old_movements, old_movements);
}

}  // namespace inventory::pipeline
