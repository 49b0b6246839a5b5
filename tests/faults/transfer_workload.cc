#include "absl/strings/str_cat.h"
#include "tests/faults/workload.h"

namespace inventory::faults {
namespace {

using history::Violation;

constexpr int64_t kStock = 500;

// The bank of other databases' tests: units move, and their sum stays.
class TransferWorkload : public Workload {
 public:
  explicit TransferWorkload(const std::string& prefix) : Workload(prefix, {"moved-1", "moved-2"}, kStock) {}

  void Step(Caller& caller) override {
    const int what = caller.Pick(5);
    if (what < 2) return BetweenWarehouses(caller);
    if (what < 4) return BetweenSkus(caller);
    caller.ReadLevel(sku(caller.Pick(2)), AnyWarehouse(caller)).status().IgnoreError();
  }

  history::Violations Check(const history::History& history, const Levels& levels) const override {
    int64_t there = 0;
    for (const std::string& moved : skus()) {
      for (const char* warehouse_id : {kFirstWarehouse, kSecondWarehouse}) {
        there += levels.at({moved, warehouse_id}).on_hand();
      }
    }
    const int64_t first = kStock * 4;
    if (there == first) return {};
    return {{there < first ? Violation::Kind::kLost : Violation::Kind::kDoubled,
             absl::StrCat(first, " units were moved to and fro; there are ", there, " of ", prefix(), "moved")}};
  }

 private:
  // Of both SKUs, in either order.
  void BetweenWarehouses(Caller& caller) {
    v1::CreateTransferRequest request;
    const bool back = caller.Pick(2) == 0;
    request.set_transfer_id(caller.NewId());
    request.set_from_warehouse_id(back ? kSecondWarehouse : kFirstWarehouse);
    request.set_to_warehouse_id(back ? kFirstWarehouse : kSecondWarehouse);
    request.set_mode(v1::TRANSFER_MODE_IMMEDIATE);
    history::Write write;
    const int first = caller.Pick(2);
    for (int i = 0; i < 2; ++i) {
      v1::OrderLine& line = *request.add_lines();
      line.set_sku(sku((first + i) % 2));
      line.set_quantity(1 + caller.Pick(5));
      write.together.insert(line.sku());
    }
    caller.Write(&client::WarehouseClient::CreateTransfer, request, write).status().IgnoreError();
  }

  // One SKU's loss is the other's gain, in one write.
  void BetweenSkus(Caller& caller) {
    v1::BatchUpdateStockRequest request;
    history::Write write;
    const std::string& warehouse_id = AnyWarehouse(caller);
    const int64_t units = 1 + caller.Pick(5);
    const int loser = caller.Pick(2);
    for (int i = 0; i < 2; ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(sku(i));
      update.set_warehouse_id(warehouse_id);
      update.set_adjust_on_hand(i == loser ? -units : units);
      write.together.insert(sku(i));
    }
    caller.Write(&client::InventoryClient::BatchUpdateStock, request, write).status().IgnoreError();
  }
};

}  // namespace

std::unique_ptr<Workload> MakeTransferWorkload(const std::string& prefix) {
  return std::make_unique<TransferWorkload>(prefix);
}

}  // namespace inventory::faults
