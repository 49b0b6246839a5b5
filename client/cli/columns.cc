#include "client/cli/columns.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/values.h"

namespace inventory::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Choice {
  const char* message;
  const char* columns;
};
constexpr Choice kChoices[] = {
    {"inventory.v1.Availability", "sku status quantity reason label restock_time"},
    {"inventory.v1.AvailabilityEstimate", "availability_estimate_id title priority update_time"},
    {"inventory.v1.Backorder", "sku place quantity reservation_id channel_id create_time expected_time"},
    {"inventory.v1.BatchUpdateStockResponse.Result",
     "stock_level.sku stock_level.warehouse_id stock_level.on_hand stock_level.available error.message"},
    {"inventory.v1.Channel", "channel_id name active sourcing_strategy attachments delete_time"},
    {"inventory.v1.GetAvailableToPromiseResponse.Promise", "time quantity"},
    {"inventory.v1.Item", "sku published tracking backorder_policy min_order_quantity components update_time"},
    {"inventory.v1.LowStockActivity", "key label"},
    {"inventory.v1.LowStockEvent", "event_id type sku warehouse_id channel_id available threshold state create_time"},
    {"inventory.v1.LowStockRule", "rule_id sku warehouse_id channel_id threshold low activity"},
    {"inventory.v1.Mismatch", "sku warehouse_id check quantity expected actual repaired"},
    {"inventory.v1.Movement",
     "create_time sku warehouse_id sequence type delta.on_hand delta.reserved balance.on_hand balance.reserved "
     "document_id reason"},
    {"inventory.v1.Quota", "channel_id sku quantity outstanding_quantity"},
    {"inventory.v1.Replenishment",
     "replenishment_id sku warehouse_id ordered_quantity outstanding_quantity expected_time state reference"},
    {"inventory.v1.Reservation", "reservation_id channel_id order_reference state lines expire_time create_time"},
    {"inventory.v1.ReservationLine",
     "sku requested_quantity reserved_quantity backordered_quantity shipped_quantity returned_quantity "
     "cancelled_quantity allocations"},
    {"inventory.v1.Shipment", "shipment_id reservation_id warehouse_id state lines carrier tracking_number"},
    {"inventory.v1.StockLevel", "sku warehouse_id on_hand reserved safety_stock damaged available incoming"},
    {"inventory.v1.StockReturn", "return_id reservation_id lines reason create_time"},
    {"inventory.v1.Transfer", "transfer_id from_warehouse_id to_warehouse_id state lines expected_time"},
    {"inventory.v1.Warehouse", "warehouse_id name active address.city address.country_code delete_time"},
};

Column Resolve(const Descriptor& row, const std::string& name) {
  Column column = {name, {}};
  const Descriptor* type = &row;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(name, '.'))) {
    column.path.push_back(type->FindFieldByName(part));
    type = column.path.back()->message_type();
  }
  return column;
}

// Messages that are not lists go into columns of their own.
void Collect(const Descriptor& type, const Column& outer, std::vector<Column>& columns) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    Column column = outer;
    absl::StrAppend(&column.name, column.name.empty() ? "" : ".", field.name());
    column.path.push_back(&field);
    if (field.is_repeated() || IsValue(field)) {
      columns.push_back(std::move(column));
    } else {
      Collect(*field.message_type(), column, columns);
    }
  }
}

}  // namespace

std::vector<Column> TableColumns(const Descriptor& row) {
  std::vector<Column> columns;
  for (const auto& [message, names] : ChosenColumns()) {
    if (message != row.full_name()) continue;
    for (const std::string& name : names) columns.push_back(Resolve(row, name));
    return columns;
  }
  return AllColumns(row);
}

std::vector<std::pair<std::string, std::vector<std::string>>> ChosenColumns() {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const Choice& choice : kChoices) all.emplace_back(choice.message, absl::StrSplit(choice.columns, ' '));
  return all;
}

std::vector<Column> AllColumns(const Descriptor& row) {
  std::vector<Column> columns;
  Collect(row, {}, columns);
  return columns;
}

const Message* HolderOf(const Message& row, const Column& column) {
  const Message* holder = &row;
  for (std::size_t i = 0; i + 1 < column.path.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, column.path[i])) return nullptr;
    holder = &holder->GetReflection()->GetMessage(*holder, column.path[i]);
  }
  return holder;
}

bool HasValue(const Message& holder, const FieldDescriptor& field) {
  if (field.is_repeated()) return holder.GetReflection()->FieldSize(holder, &field) > 0;
  return !field.has_presence() || holder.GetReflection()->HasField(holder, &field);
}

const FieldDescriptor* RowsOf(const Descriptor& response) {
  const FieldDescriptor* rows = nullptr;
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor& field = *response.field(i);
    if (IsValue(field)) continue;
    if (!field.is_repeated() || field.is_map() || rows != nullptr) return nullptr;
    rows = &field;
  }
  // A resource that has a list is none.
  return response.name().ends_with("Response") ? rows : nullptr;
}

}  // namespace inventory::cli
