// What callers do while something breaks.
#ifndef INVENTORY_TESTS_FAULTS_WORKLOAD_H_
#define INVENTORY_TESTS_FAULTS_WORKLOAD_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "inventory/v1/stock.pb.h"
#include "tests/faults/caller.h"
#include "tests/history/history.h"
#include "tests/history/violation.h"

namespace inventory::faults {

// The warehouses and the channel of every site.
inline constexpr char kFirstWarehouse[] = "w1";
inline constexpr char kSecondWarehouse[] = "w2";
inline constexpr char kChannel[] = "web";

// Makes them, through any caller.
absl::Status MakeWorld(Caller& caller);

// By SKU and warehouse.
using Levels = std::map<std::pair<std::string, std::string>, v1::StockLevel>;

// One kind of traffic, on SKUs of its own, which begin with a prefix that nobody else uses.
class Workload {
 public:
  virtual ~Workload() = default;

  // Its SKUs have stock from then on.
  absl::Status SetUp(Caller& caller);
  // One call, of any caller. Thread-safe.
  virtual void Step(Caller& caller) = 0;
  // What is wrong besides what every history must fulfil, once nobody calls any more.
  virtual history::Violations Check(const history::History& history, const Levels& levels) const { return {}; }

  const std::vector<std::string>& skus() const { return skus_; }
  // Those of them with holds that die. Reads leave dead holds out at once; the ledger follows when they are swept.
  const std::vector<std::string>& mortal_skus() const { return mortal_; }
  // The others.
  const std::vector<std::string>& lasting_skus() const { return lasting_; }
  // The request id of its set-up.
  std::string set_up_id() const { return "set-up-" + skus_.front(); }

 protected:
  // Of each of the SKUs so many are in each warehouse at first. Holds of `mortal` ones die.
  Workload(std::string prefix, const std::vector<std::string>& skus, int64_t stock,
           const std::vector<std::string>& mortal = {});

  const std::string& prefix() const { return prefix_; }
  const std::string& sku(int number) const { return skus_[number]; }
  const std::string& AnyWarehouse(Caller& caller) const;
  int64_t stock() const { return stock_; }

 private:
  const std::string prefix_;
  std::vector<std::string> skus_;
  std::vector<std::string> lasting_;
  std::vector<std::string> mortal_;
  const int64_t stock_;
  const std::vector<std::string> warehouses_ = {kFirstWarehouse, kSecondWarehouse};
};

// Counters of which everybody adds and reads: what is there at the end must be what the callers were told.
std::unique_ptr<Workload> MakeCounterWorkload(const std::string& prefix);
// Orders of one and of two SKUs that are never enough for all: held, confirmed, cancelled, shipped, replenished, and
// what a shop shows of them; and holds that end by themselves.
std::unique_ptr<Workload> MakeOrderWorkload(const std::string& prefix);
// Units that go to and fro between warehouses and between SKUs, and are never more nor less.
std::unique_ptr<Workload> MakeTransferWorkload(const std::string& prefix);

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_WORKLOAD_H_
