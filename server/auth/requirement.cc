#include "server/auth/requirement.h"

#include <initializer_list>
#include <map>

#include "absl/strings/str_cat.h"
// So that the descriptors of all services are there.
#include "inventory/v1/channel_service.pb.h"
#include "inventory/v1/inventory_service.pb.h"
#include "inventory/v1/warehouse_service.pb.h"
#include "server/die.h"

namespace inventory::auth {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;
using By = Confinement::By;

// A Confinement by the names of its fields.
struct Held {
  By by = By::kNothing;
  std::vector<const char*> fields = {};
  bool any = false;
};

// Where ids stand, in the words of the table.
const Held kNot = {};
const Held kShared = {By::kShared};
const Held kByRows = {By::kRows};
Held Named(std::initializer_list<const char*> fields) { return {By::kRequest, fields}; }
Held NamedAny(std::initializer_list<const char*> fields) { return {By::kRequest, fields, /*any=*/true}; }
Held RowsAnd(const char* field) { return {By::kRows, {field}}; }
Held Answered(std::initializer_list<const char*> fields) { return {By::kResponse, fields}; }
Held AnsweredAny(std::initializer_list<const char*> fields) { return {By::kResponse, fields, /*any=*/true}; }

struct Entry {
  const char* rpc;
  Role role;
  Held warehouses = {};
  Held channels = {};
  std::vector<const char*> admin_fields = {};
};

// A grant within some warehouses or channels reaches an RPC only where the entry says how the RPC is held to them.
std::vector<Entry> Table() {
  const Role anyone = Role::kAnyone, reader = Role::kReader, seller = Role::kSeller, oper = Role::kOperator,
             admin = Role::kAdmin;
  return {
      // Items and delivery texts belong to no warehouse and no channel.
      {"inventory.v1.InventoryService.CreateItem", admin},
      {"inventory.v1.InventoryService.GetItem", reader, kShared, kShared},
      {"inventory.v1.InventoryService.ListItems", reader, kShared, kShared},
      {"inventory.v1.InventoryService.UpdateItem", admin},
      {"inventory.v1.InventoryService.DeleteItem", admin},
      {"inventory.v1.InventoryService.CreateAvailabilityEstimate", admin},
      {"inventory.v1.InventoryService.GetAvailabilityEstimate", reader, kShared, kShared},
      {"inventory.v1.InventoryService.ListAvailabilityEstimates", reader, kShared, kShared},
      {"inventory.v1.InventoryService.UpdateAvailabilityEstimate", admin},
      {"inventory.v1.InventoryService.DeleteAvailabilityEstimate", admin},

      // Stock.
      {"inventory.v1.InventoryService.GetStockLevel", reader, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.ListStockLevels", reader, Named({"filter.warehouse_id"})},
      {"inventory.v1.InventoryService.SetStock", oper, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.AdjustStock", oper, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.ReclassifyStock", oper, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.SetSafetyStock", oper, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.BatchUpdateStock", oper, Named({"updates.warehouse_id"})},
      {"inventory.v1.InventoryService.ImportInventory",
       oper,
       RowsAnd("chunk.stock_updates.warehouse_id"),
       kNot,
       {"chunk.items", "chunk.warehouses"}},
      {"inventory.v1.InventoryService.ExportInventory", reader, Named({"stock_levels.warehouse_id"})},
      {"inventory.v1.InventoryService.ListMovements", reader, Named({"filter.warehouse_id"})},
      {"inventory.v1.InventoryService.VerifyStock", admin},

      // What happens: a grant within some warehouses or channels shows what was asked for of them by name.
      {"inventory.v1.InventoryService.Watch", reader, Named({"filter.warehouse_ids"}), Named({"filter.channel_ids"})},

      // Channels and what they sell.
      {"inventory.v1.InventoryService.GetAvailability", reader, kNot, Named({"channel_id"})},
      {"inventory.v1.InventoryService.GetAvailableToPromise", reader, kNot, Named({"channel_id"})},
      {"inventory.v1.InventoryService.ReserveStock", seller, kNot, Named({"channel_id"})},
      {"inventory.v1.InventoryService.ConfirmReservation", seller, kNot, kByRows},
      {"inventory.v1.InventoryService.ExtendReservation", seller, kNot, kByRows},
      {"inventory.v1.InventoryService.AmendReservation", seller, kNot, kByRows},
      {"inventory.v1.InventoryService.ReallocateReservation", seller, kNot, kByRows},
      {"inventory.v1.InventoryService.CancelReservation", seller, kNot, kByRows},
      {"inventory.v1.InventoryService.GetReservation", reader,
       AnsweredAny({"warehouse_ids", "lines.allocations.warehouse_id"}), Answered({"channel_id"})},
      {"inventory.v1.InventoryService.ListReservations", reader, Named({"filter.warehouse_id"}),
       Named({"filter.channel_id"})},
      {"inventory.v1.InventoryService.ListBackorders", reader, kNot, Named({"filter.channel_id"})},

      // Shipments and returns.
      {"inventory.v1.InventoryService.CreateShipment", oper, Named({"warehouse_id"}), kByRows},
      {"inventory.v1.InventoryService.GetShipment", reader, Answered({"warehouse_id"})},
      {"inventory.v1.InventoryService.ListShipments", reader, Named({"filter.warehouse_id"})},
      {"inventory.v1.InventoryService.MarkShipmentReady", oper, kByRows, kByRows},
      {"inventory.v1.InventoryService.ShipShipment", oper, kByRows, kByRows},
      {"inventory.v1.InventoryService.DeliverShipment", oper, kByRows, kByRows},
      {"inventory.v1.InventoryService.CancelShipment", oper, kByRows, kByRows},
      {"inventory.v1.InventoryService.ReturnStock", oper, Named({"lines.warehouse_id"}), kByRows},
      {"inventory.v1.InventoryService.GetReturn", reader, AnsweredAny({"lines.warehouse_id"})},
      {"inventory.v1.InventoryService.ListReturns", reader, Named({"filter.warehouse_id"})},

      // Supply.
      {"inventory.v1.InventoryService.CreateReplenishment", oper, Named({"warehouse_id"})},
      {"inventory.v1.InventoryService.GetReplenishment", reader, Answered({"warehouse_id"})},
      {"inventory.v1.InventoryService.ListReplenishments", reader, Named({"filter.warehouse_id"})},
      {"inventory.v1.InventoryService.UpdateReplenishment", oper, RowsAnd("replenishment.warehouse_id")},
      {"inventory.v1.InventoryService.ReceiveReplenishment", oper, kByRows},
      {"inventory.v1.InventoryService.CloseReplenishment", oper, kByRows},
      {"inventory.v1.WarehouseService.CreateTransfer", oper, Named({"from_warehouse_id", "to_warehouse_id"})},
      {"inventory.v1.WarehouseService.GetTransfer", reader, AnsweredAny({"from_warehouse_id", "to_warehouse_id"})},
      {"inventory.v1.WarehouseService.ListTransfers", reader,
       NamedAny({"filter.from_warehouse_id", "filter.to_warehouse_id"})},
      {"inventory.v1.WarehouseService.ReceiveTransfer", oper, kByRows},

      // Rules may hold addresses of webhooks, which are not for every reader.
      {"inventory.v1.InventoryService.CreateLowStockRule", admin},
      {"inventory.v1.InventoryService.GetLowStockRule", oper},
      {"inventory.v1.InventoryService.ListLowStockRules", oper},
      {"inventory.v1.InventoryService.UpdateLowStockRule", admin},
      {"inventory.v1.InventoryService.DeleteLowStockRule", admin},
      {"inventory.v1.InventoryService.ListLowStockEvents", oper},
      {"inventory.v1.InventoryService.RetryLowStockEvent", oper},
      {"inventory.v1.InventoryService.ListLowStockActivities", reader, kShared, kShared},

      // Configuration.
      {"inventory.v1.WarehouseService.CreateWarehouse", admin},
      {"inventory.v1.WarehouseService.GetWarehouse", reader, Named({"warehouse_id"})},
      {"inventory.v1.WarehouseService.ListWarehouses", reader},
      {"inventory.v1.WarehouseService.UpdateWarehouse", admin},
      {"inventory.v1.WarehouseService.DeleteWarehouse", admin},
      {"inventory.v1.WarehouseService.UndeleteWarehouse", admin},
      {"inventory.v1.ChannelService.CreateChannel", admin},
      {"inventory.v1.ChannelService.GetChannel", reader, kNot, Named({"channel_id"})},
      {"inventory.v1.ChannelService.ListChannels", reader},
      {"inventory.v1.ChannelService.UpdateChannel", admin},
      {"inventory.v1.ChannelService.DeleteChannel", admin},
      {"inventory.v1.ChannelService.UndeleteChannel", admin},
      {"inventory.v1.ChannelService.AttachWarehouse", admin},
      {"inventory.v1.ChannelService.DetachWarehouse", admin},
      {"inventory.v1.ChannelService.SetQuota", admin, kNot, Named({"channel_id"})},
      {"inventory.v1.ChannelService.GetQuota", reader, kNot, Named({"channel_id"})},
      {"inventory.v1.ChannelService.ListQuotas", reader, kNot, Named({"filter.channel_id"})},
      {"inventory.v1.ChannelService.DeleteQuota", admin, kNot, Named({"channel_id"})},

      // gRPC's own.
      {"grpc.health.v1.Health.Check", anyone},
      {"grpc.health.v1.Health.Watch", anyone},
      {"grpc.reflection.v1.ServerReflection.ServerReflectionInfo", admin},
      {"grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo", admin},
      {"grpc.channelz.v1.Channelz.GetTopChannels", admin},
      {"grpc.channelz.v1.Channelz.GetServers", admin},
      {"grpc.channelz.v1.Channelz.GetServer", admin},
      {"grpc.channelz.v1.Channelz.GetServerSockets", admin},
      {"grpc.channelz.v1.Channelz.GetChannel", admin},
      {"grpc.channelz.v1.Channelz.GetSubchannel", admin},
      {"grpc.channelz.v1.Channelz.GetSocket", admin},
  };
}

// A table that does not fit the protos must not serve.
[[noreturn]] void Misfit(const Entry& entry, const char* what) {
  Die("the table of what RPCs need does not fit the protos: ", entry.rpc, ", ", what);
}

std::vector<FieldPath> Paths(const Entry& entry, const Descriptor* message, const std::vector<const char*>& names) {
  std::vector<FieldPath> paths;
  for (const char* name : names) {
    FieldPath path = message == nullptr ? FieldPath() : FindPath(*message, name);
    if (path.empty()) Misfit(entry, name);
    paths.push_back(std::move(path));
  }
  return paths;
}

Confinement Found(const Entry& entry, const MethodDescriptor* rpc, const Held& held) {
  const Descriptor* message = rpc == nullptr             ? nullptr
                              : held.by == By::kResponse ? rpc->output_type()
                                                         : rpc->input_type();
  return {.by = held.by, .fields = Paths(entry, message, held.fields), .any = held.any};
}

std::vector<Requirement> Resolved() {
  std::vector<Requirement> all;
  for (const Entry& entry : Table()) {
    const MethodDescriptor* rpc = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(entry.rpc);
    all.push_back({.method = entry.rpc,
                   .role = entry.role,
                   .warehouses = Found(entry, rpc, entry.warehouses),
                   .channels = Found(entry, rpc, entry.channels),
                   .admin_fields = Paths(entry, rpc == nullptr ? nullptr : rpc->input_type(), entry.admin_fields)});
  }
  return all;
}

}  // namespace

const std::vector<Requirement>& Requirements() {
  static const auto* const all = new std::vector<Requirement>(Resolved());
  return *all;
}

const Requirement* FindRequirement(std::string_view method) {
  static const auto* const by_method = [] {
    auto* made = new std::map<std::string_view, const Requirement*>();
    for (const Requirement& requirement : Requirements()) made->emplace(requirement.method, &requirement);
    return made;
  }();
  const auto found = by_method->find(method);
  return found == by_method->end() ? nullptr : found->second;
}

}  // namespace inventory::auth
