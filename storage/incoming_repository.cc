#include "storage/incoming_repository.h"

#include "storage/table.h"

namespace inventory::storage {

// From the levels that expect units to the transfers that are open: the lines of a SKU grow with its past.
bool AppendSelectIncoming(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw(
      "SELECT sku, warehouse_id, expected_time, ordered - received FROM replenishment "
      "WHERE state = 1 AND ordered > received AND sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(
      ") UNION ALL SELECT l.sku, t.to_warehouse_id, t.expected_time, l.quantity - l.received - l.missing "
      "FROM stock_level s STRAIGHT_JOIN transfer t FORCE INDEX (transfer_by_destination) "
      "ON t.to_warehouse_id = s.warehouse_id AND t.state = 1 "
      "STRAIGHT_JOIN transfer_line l ON l.transfer_id = t.transfer_id AND l.sku = s.sku "
      "WHERE s.incoming > 0 AND l.quantity > l.received + l.missing AND s.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") ORDER BY 1, 3");
  return true;
}

std::vector<Incoming> ParseIncoming(const Rows& rows) {
  using Time = column::OptionalCodec<absl::Time, column::TimeCodec>;
  std::vector<Incoming> all;
  all.reserve(rows.size());
  for (const Row& row : rows) {
    all.push_back({std::string(row.Text(0)), std::string(row.Text(1)), Time::Parse(row, 2), row.Int(3)});
  }
  return all;
}

}  // namespace inventory::storage
