// Everything a batch has in memory.
#ifndef INVENTORY_SERVER_PIPELINE_ROWS_H_
#define INVENTORY_SERVER_PIPELINE_ROWS_H_

#include <cstddef>
#include <vector>

#include "server/pipeline/table.h"
#include "storage/records.h"

namespace inventory::pipeline {

// The rows of one batch. Not thread-safe.
struct Rows {
  Table<storage::ItemRecord> items;
  Table<storage::LevelRecord> levels;
  Table<storage::ReservationRecord> reservations;
  Table<storage::ReservationLineRecord> reservation_lines;
  Table<storage::AllocationRecord> allocations;
  Table<storage::BackorderRecord> backorders;
  Table<storage::ExternalReferenceRecord> external_references;
  Table<storage::QuotaRecord> quotas;
  Table<storage::ShipmentRecord> shipments;
  Table<storage::ShipmentLineRecord> shipment_lines;
  Table<storage::ReturnRecord> returns;
  Table<storage::ReturnLineRecord> return_lines;
  Table<storage::ReplenishmentRecord> replenishments;
  Table<storage::TransferRecord> transfers;
  Table<storage::TransferLineRecord> transfer_lines;
  // Loaded only for commands that change the configuration.
  Table<storage::WarehouseRecord> warehouses;
  Table<storage::ChannelRecord> channels;
  Table<storage::AttachmentRecord> attachments;
  Table<storage::AvailabilityEstimateRecord> availability_estimates;
  Table<storage::LowStockRuleRecord> low_stock_rules;
  Table<storage::LowStockEventRecord> low_stock_events;
  // Movements of earlier transactions, where a command asks for them.
  Table<storage::MovementRecord> old_movements;
  std::vector<storage::MovementRecord> movements;

  // Makes all changes so far permanent within the batch.
  void Mark() {
    ForEachTable([](auto& table) { table.Mark(); });
    marked_movements_ = movements.size();
  }

  // Takes every change since the last mark back.
  void Undo() {
    ForEachTable([](auto& table) { table.Undo(); });
    movements.resize(marked_movements_);
  }

  // How many of the movements were there at the last mark.
  std::size_t marked_movements() const { return marked_movements_; }

  // What there is now, for UndoTo.
  struct Savepoint {
    std::vector<std::size_t> changes;
    std::size_t movements = 0;
  };
  Savepoint Save() {
    Savepoint savepoint{.changes = {}, .movements = movements.size()};
    ForEachTable([&savepoint](auto& table) { savepoint.changes.push_back(table.changes()); });
    return savepoint;
  }

  // Takes every change since the savepoint back; there must have been no mark and no undo meanwhile.
  void UndoTo(const Savepoint& savepoint) {
    auto changes = savepoint.changes.begin();
    ForEachTable([&changes](auto& table) { table.UndoTo(*changes++); });
    movements.resize(savepoint.movements);
  }

 private:
  template <typename Visitor>
  void ForEachTable(Visitor visit) {
    visit(items);
    visit(levels);
    visit(reservations);
    visit(reservation_lines);
    visit(allocations);
    visit(backorders);
    visit(external_references);
    visit(quotas);
    visit(shipments);
    visit(shipment_lines);
    visit(returns);
    visit(return_lines);
    visit(replenishments);
    visit(transfers);
    visit(transfer_lines);
    visit(warehouses);
    visit(channels);
    visit(attachments);
    visit(availability_estimates);
    visit(low_stock_rules);
    visit(low_stock_events);
    visit(old_movements);
  }

  std::size_t marked_movements_ = 0;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_ROWS_H_
