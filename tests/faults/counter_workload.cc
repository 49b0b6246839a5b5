#include "absl/strings/str_cat.h"
#include "tests/faults/workload.h"

namespace inventory::faults {
namespace {

using client::InventoryClient;
using history::Violation;
using End = history::Write::End;

constexpr int64_t kFirst = 1000;

// Adds one at a time, so that a number says how many were carried out.
class CounterWorkload : public Workload {
 public:
  explicit CounterWorkload(const std::string& prefix) : Workload(prefix, {"counter-1", "counter-2"}, kFirst) {}

  void Step(Caller& caller) override {
    const std::string& counter = sku(caller.Pick(2));
    if (caller.Pick(3) == 0) {
      caller.ReadLevel(counter, kFirstWarehouse).status().IgnoreError();
      return;
    }
    v1::AdjustStockRequest request;
    request.set_sku(counter);
    request.set_warehouse_id(kFirstWarehouse);
    request.set_delta(1);
    const auto answer = caller.Write(&InventoryClient::AdjustStock, request);
    // Whoever was answered sees it at once.
    if (answer.ok() && caller.Pick(2) == 0) caller.ReadLevel(counter, kFirstWarehouse).status().IgnoreError();
  }

  // No look at the ledger: what callers know against what is there.
  history::Violations Check(const history::History& history, const Levels& levels) const override {
    history::Violations violations;
    for (const std::string& counter : skus()) {
      int64_t acknowledged = 0;
      int64_t unknown = 0;
      for (const history::Write& write : history.writes) {
        if (!write.together.empty() || write.method != "AdjustStockRequest") continue;
        const bool told = write.end == End::kAcknowledged && !write.movements.empty();
        if (told && write.movements.front().sku() == counter) ++acknowledged;
        if (write.end == End::kUnknown) ++unknown;
      }
      const int64_t added = levels.at({counter, kFirstWarehouse}).on_hand() - kFirst;
      if (added < acknowledged) {
        violations.push_back({Violation::Kind::kLost, absl::StrCat(acknowledged, " were added to ", counter,
                                                                   " and acknowledged; there are ", added)});
      } else if (added > acknowledged + unknown) {
        violations.push_back(
            {Violation::Kind::kDoubled, absl::StrCat(acknowledged, " were added to ", counter, " and acknowledged, ",
                                                     unknown, " may have been; there are ", added)});
      }
    }
    return violations;
  }
};

}  // namespace

std::unique_ptr<Workload> MakeCounterWorkload(const std::string& prefix) {
  return std::make_unique<CounterWorkload>(prefix);
}

}  // namespace inventory::faults
