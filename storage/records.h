// The rows of the database as plain values. Times are UTC; an unset optional is NULL. No behaviour that depends on
// SQL, gRPC or protobuf lives here. Enumerators have the numbers that are stored.
#ifndef INVENTORY_STORAGE_RECORDS_H_
#define INVENTORY_STORAGE_RECORDS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "storage/configuration_records.h"
#include "storage/item_records.h"
#include "storage/low_stock_records.h"
#include "storage/order_records.h"
#include "storage/supply_records.h"

namespace inventory::storage {

// The first answer to a write. code is the canonical status code; reply is opaque to storage.
struct RequestRecord {
  std::string caller;
  std::string request_id;
  std::string fingerprint;  // 32 bytes.
  int32_t code = 0;
  std::string reply = {};
  absl::Time create_time;
};

// The kinds of resources that callers give codes of their own.
enum class ResourceKind : int8_t {
  kItem = 1,
  kWarehouse = 2,
  kChannel = 3,
  kReservation = 4,
  kShipment = 5,
  kReplenishment = 6,
  kTransfer = 7,
};

// Who has a code. Each resource has it in its own row too.
struct ExternalReferenceRecord {
  ResourceKind kind = ResourceKind::kItem;
  std::string code;
  std::string id;  // The resource's, a SKU for an item.

  using Key = std::pair<ResourceKind, std::string>;
  Key key() const { return {kind, code}; }
  bool operator==(const ExternalReferenceRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RECORDS_H_
