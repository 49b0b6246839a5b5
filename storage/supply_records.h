// Replenishments and transfers, as plain values: see records.h.
#ifndef INVENTORY_STORAGE_SUPPLY_RECORDS_H_
#define INVENTORY_STORAGE_SUPPLY_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace inventory::storage {

enum class ReplenishmentState : int8_t {
  kOpen = 1,
  kReceived = 2,
  kClosed = 3,  // Short: nothing more is expected.
};

// Units of one SKU that are expected in one warehouse.
struct ReplenishmentRecord {
  std::string replenishment_id;
  std::string sku;
  std::string warehouse_id;
  int64_t ordered = 0;
  int64_t received = 0;  // More than ordered only where that was allowed.
  std::optional<absl::Time> expected_time = {};
  ReplenishmentState state = ReplenishmentState::kOpen;
  std::string reference = {};                // The caller's text, a purchase order's number for example.
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  // Units still expected.
  int64_t outstanding() const {
    return state == ReplenishmentState::kOpen && ordered > received ? ordered - received : 0;
  }

  using Key = std::string;
  Key key() const { return replenishment_id; }
  bool operator==(const ReplenishmentRecord&) const = default;
};

enum class TransferState : int8_t {
  kInTransit = 1,
  kReceived = 2,
};

// Units on their way from one warehouse to another.
struct TransferRecord {
  std::string transfer_id;
  std::string from_warehouse_id;
  std::string to_warehouse_id;
  TransferState state = TransferState::kInTransit;
  std::optional<absl::Time> expected_time = {};
  std::string reason = {};
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return transfer_id; }
  bool operator==(const TransferRecord&) const = default;
};

// One SKU of a transfer: what is neither received nor missing is in transit.
struct TransferLineRecord {
  std::string transfer_id;
  std::string sku;
  int64_t quantity = 0;
  int64_t received = 0;
  int64_t missing = 0;
  std::string shortage_reason = {};

  int64_t in_transit() const { return quantity - received - missing; }

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {transfer_id, sku}; }
  bool operator==(const TransferLineRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SUPPLY_RECORDS_H_
