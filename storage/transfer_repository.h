// Transfers and their lines. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_TRANSFER_REPOSITORY_H_
#define INVENTORY_STORAGE_TRANSFER_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<TransferRecord> {
  using R = TransferRecord;
  static constexpr const char* kName = "transfer";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns = std::tuple(
      column::Bytes("transfer_id", &R::transfer_id), column::Bytes("from_warehouse_id", &R::from_warehouse_id),
      column::Bytes("to_warehouse_id", &R::to_warehouse_id), column::Value("state", &R::state),
      column::Value("expected_time", &R::expected_time), column::Text("reason", &R::reason),
      column::Value("version", &R::version), column::Value("create_time", &R::create_time),
      column::Value("update_time", &R::update_time),
      column::Bytes("external_reference_code", &R::external_reference_code));
};

template <>
struct Table<TransferLineRecord> {
  using R = TransferLineRecord;
  static constexpr const char* kName = "transfer_line";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("transfer_id", &R::transfer_id), column::Bytes("sku", &R::sku),
                 column::Value("quantity", &R::quantity), column::Value("received", &R::received),
                 column::Value("missing", &R::missing), column::Text("shortage_reason", &R::shortage_reason));
};

// Empty and unset members match all.
struct TransferFilter {
  std::string from_warehouse_id = {};
  std::string to_warehouse_id = {};
  std::optional<TransferState> state = {};
  std::string sku = {};
  std::string external_reference_code = {};
};

// Selects the first `limit` transfers after `after_id` (empty: from the start) that match, by id, each once.
bool AppendListTransfers(Sql& sql, const TransferFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_TRANSFER_REPOSITORY_H_
