// Goal: no sequence of commands makes the rules and the domain's plain statement (model.h) disagree.
// Method: run random commands through the rules and through the model. After each, compare the answer's code and
// reason, everything that is stored, and what the answer shows; a repeated request must get its first answer.
//
// The environment chooses what is run: INVENTORY_MODEL_SEEDS=17 or =1-1000 (default 1-150), INVENTORY_MODEL_STEPS for
// each of them (default 300), and INVENTORY_MODEL_SECONDS, after which no other seed is begun and the test fails if
// some are left (default: no limit).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "storage/mutex.h"
#include "tests/unit/model_run.h"

namespace inventory::model {
namespace {

struct Plan {
  uint64_t first_seed = 1;
  uint64_t last_seed = 150;
  uint64_t steps = 300;
  absl::Duration limit = absl::InfiniteDuration();

  uint64_t seeds() const { return last_seed - first_seed + 1; }
};

uint64_t Number(const std::string& text) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) ADD_FAILURE() << "not a number: " << text;
  return number;
}

Plan PlanOfEnvironment() {
  Plan plan;
  if (const char* seeds = std::getenv("INVENTORY_MODEL_SEEDS")) {
    const std::pair<std::string, std::string> ends = absl::StrSplit(seeds, absl::MaxSplits('-', 1));
    plan.first_seed = Number(ends.first);
    plan.last_seed = ends.second.empty() ? plan.first_seed : Number(ends.second);
  }
  if (const char* steps = std::getenv("INVENTORY_MODEL_STEPS")) plan.steps = Number(steps);
  if (const char* seconds = std::getenv("INVENTORY_MODEL_SECONDS")) plan.limit = absl::Seconds(Number(seconds));
  return plan;
}

constexpr absl::Duration kProgressInterval = absl::Seconds(10);

// Runs the seeds of a plan on all cores until one of them disagrees.
class Crew {
 public:
  explicit Crew(const Plan& plan) : plan_(plan), next_seed_(plan.first_seed) {}

  void Run() {
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
      workers.emplace_back([this] { Work(); });
    }
    for (std::thread& worker : workers) worker.join();
    storage::MutexLock lock(mutex_);
    if (long_) ShowProgress();
    const uint64_t left = plan_.seeds() - done_;
    if (left > 0 && !::testing::Test::HasFailure()) {
      ADD_FAILURE() << left << " of " << plan_.seeds() << " seeds were not run, those from " << next_seed_
                    << " on: the time was over after " << plan_.limit;
    }
  }

  // All that has happened.
  std::set<std::string> seen() {
    storage::MutexLock lock(mutex_);
    return seen_;
  }

 private:
  void Work() {
    while (const std::optional<uint64_t> seed = Next()) {
      RandomRun run(*seed);
      run.Steps(plan_.steps);
      Done(*seed, run);
    }
  }

  std::optional<uint64_t> Next() {
    storage::MutexLock lock(mutex_);
    const bool over = next_seed_ > plan_.last_seed || absl::Now() - start_ > plan_.limit;
    if (over || ::testing::Test::HasFailure()) return std::nullopt;
    return next_seed_++;
  }

  void Done(uint64_t seed, const RandomRun& run) {
    storage::MutexLock lock(mutex_);
    ++done_;
    seen_.insert(run.seen().begin(), run.seen().end());
    if (!run.disagreement().empty()) {
      ADD_FAILURE() << "seed " << seed << ", " << run.disagreement()
                    << "\nto see it again: make model-test SEEDS=" << seed << " STEPS=" << plan_.steps
                    << "\nor INVENTORY_MODEL_SEEDS=" << seed << " INVENTORY_MODEL_STEPS=" << plan_.steps
                    << " unit_tests --gtest_filter='ModelTest.*'";
    }
    if (absl::Now() - shown_ > kProgressInterval) ShowProgress();
  }

  void ShowProgress() EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    long_ = true;
    shown_ = absl::Now();
    const double seconds = absl::ToDoubleSeconds(shown_ - start_);
    const double rate = static_cast<double>(done_ * plan_.steps) / seconds;
    const double left = static_cast<double>((plan_.seeds() - done_) * plan_.steps) / rate;
    std::cout << absl::StrFormat("%d of %d seeds, %d steps in %.0f s, %.0f a second, %.0f s left\n", done_,
                                 plan_.seeds(), done_ * plan_.steps, seconds, rate, left)
              << std::flush;
  }

  const Plan plan_;
  const absl::Time start_ = absl::Now();
  storage::Mutex mutex_;
  uint64_t next_seed_ GUARDED_BY(mutex_);
  uint64_t done_ GUARDED_BY(mutex_) = 0;
  absl::Time shown_ GUARDED_BY(mutex_) = start_;
  bool long_ GUARDED_BY(mutex_) = false;  // So long that progress was shown.
  std::set<std::string> seen_ GUARDED_BY(mutex_);
};

// Everything that the random commands must have met, so that the comparison is worth something.
const char* const kMustBeSeen[] = {
    "ReserveStock OK",
    "ReserveStock INSUFFICIENT_STOCK",
    "ReserveStock CHANNEL_NOT_FOUND",
    "ReserveStock CHANNEL_INACTIVE",
    "ReserveStock ORDER_RULE_VIOLATED",
    "ReserveStock ITEM_UNPUBLISHED",
    "ReserveStock WAREHOUSE_NOT_IN_CHANNEL",
    "ReserveStock RESERVATION_EXISTS",
    "ReserveStock BACKORDER_NOT_ALLOWED",
    "ReserveStock BACKORDER_LIMIT_EXCEEDED",
    "ConfirmReservation OK",
    "ConfirmReservation RESERVATION_EXPIRED",
    "ConfirmReservation RESERVATION_CANCELLED",
    "ConfirmReservation ETAG_MISMATCH",
    "ExtendReservation OK",
    "ExtendReservation RESERVATION_EXPIRED",
    "ExtendReservation RESERVATION_NOT_HELD",
    "AmendReservation OK",
    "AmendReservation INSUFFICIENT_STOCK",
    "AmendReservation BELOW_SHIPPED",
    "AmendReservation NOTHING_LEFT",
    "AmendReservation ORDER_RULE_VIOLATED",
    "AmendReservation CHANNEL_INACTIVE",
    "AmendReservation BACKORDER_NOT_ALLOWED",
    "AmendReservation BACKORDER_LIMIT_EXCEEDED",
    "AmendReservation INVALID_FIELDS",
    "CancelReservation OK",
    "CancelReservation EXCEEDS_RESERVED",
    "CancelReservation UNITS_IN_SHIPMENT",
    "CancelReservation RESERVATION_FULFILLED",
    "CreateShipment OK",
    "CreateShipment EXCEEDS_RESERVED",
    "CreateShipment NOT_ALLOCATED_HERE",
    "CreateShipment INSUFFICIENT_STOCK",
    "CreateShipment NOTHING_TO_SHIP",
    "CreateShipment RESERVATION_NOT_COMMITTED",
    "CreateShipment ITEM_UNTRACKED",
    "MarkShipmentReady OK",
    "MarkShipmentReady SHIPMENT_STATE",
    "ShipShipment OK",
    "ShipShipment INSUFFICIENT_ON_HAND",
    "ShipShipment SHIPMENT_STATE",
    "DeliverShipment OK",
    "CancelShipment OK",
    "CancelShipment SHIPMENT_STATE",
    "ReturnStock OK",
    "ReturnStock EXCEEDS_SHIPPED",
    "ReturnStock ITEM_UNTRACKED",
    "ReturnStock RETURN_EXISTS",
    "ReturnStock WAREHOUSE_NOT_FOUND",
    "CreateReplenishment OK",
    "CreateReplenishment ITEM_UNTRACKED",
    "CreateReplenishment REPLENISHMENT_EXISTS",
    "CreateReplenishment WAREHOUSE_NOT_FOUND",
    "UpdateReplenishment OK",
    "UpdateReplenishment BELOW_RECEIVED",
    "UpdateReplenishment REPLENISHMENT_STATE",
    "ReceiveReplenishment OK",
    "ReceiveReplenishment OVER_RECEIPT",
    "ReceiveReplenishment REPLENISHMENT_STATE",
    "CloseReplenishment OK",
    "CloseReplenishment REPLENISHMENT_STATE",
    "CreateTransfer OK",
    "CreateTransfer INSUFFICIENT_STOCK",
    "CreateTransfer ITEM_UNTRACKED",
    "CreateTransfer INVALID_FIELDS",
    "ReceiveTransfer OK",
    "ReceiveTransfer EXCEEDS_IN_TRANSIT",
    "ReceiveTransfer TRANSFER_STATE",
    "SetStock OK",
    "SetStock ITEM_UNTRACKED",
    "SetStock WAREHOUSE_NOT_FOUND",
    "SetStock BELOW_UNSELLABLE",
    "AdjustStock OK",
    "AdjustStock INSUFFICIENT_ON_HAND",
    "AdjustStock ETAG_MISMATCH",
    "ReclassifyStock OK",
    "ReclassifyStock INSUFFICIENT_ON_HAND",
    "SetSafetyStock OK",
    "BatchUpdateStock OK",
    "BatchUpdateStock INSUFFICIENT_ON_HAND",
    "BatchUpdateStock ETAG_MISMATCH",
    "BatchUpdateStock with failed rows",
    "BatchUpdateStock in chunks",
    "BatchUpdateStock repeated",
    "ReserveStock repeated",
    "ReserveStock REQUEST_ID_REUSED",
    "CreateItem OK",
    "UpdateItem OK",
    "UpdateItem ITEM_IN_USE",
    "UpdateItem INVALID_FIELDS",
    "DeleteItem ITEM_IN_USE",
    "UpdateWarehouse OK",
    "DeleteWarehouse OK",
    "DeleteWarehouse WAREHOUSE_IN_USE",
    "UndeleteWarehouse OK",
    "UpdateChannel OK",
    "DeleteChannel OK",
    "UndeleteChannel OK",
    "AttachWarehouse OK",
    "DetachWarehouse OK",
    "ExpireReservation",
    "ReallocateReservation OK",
    "ReallocateReservation INSUFFICIENT_STOCK",
    "ReallocateReservation WAREHOUSE_NOT_IN_CHANNEL",
    "ReallocateReservation BACKORDER_NOT_ALLOWED",
    "ReserveStock QUOTA_EXCEEDED",
    "AmendReservation QUOTA_EXCEEDED",
    "AmendReservation ITEM_IS_KIT",
    "SetQuota OK",
    "SetQuota ITEM_IS_KIT",
    "DeleteQuota OK",
    "SetStock ITEM_IS_KIT",
    "UpdateItem COMPONENT_IS_KIT",
    "ReserveStock UNIT_UNKNOWN",
    "SetStock UNIT_UNKNOWN",
    "SetStock COUNT_OUTDATED",
    "SetStock LEDGER_TOO_SHORT",
    "SetStock AS_OF_IN_FUTURE",
    "CreateLowStockRule OK",
    "UpdateLowStockRule OK",
    "DeleteLowStockRule OK",
    "CreateWarehouse EXTERNAL_REFERENCE_EXISTS",
    "CreateChannel EXTERNAL_REFERENCE_EXISTS",
    "CreateItem EXTERNAL_REFERENCE_EXISTS",
    "UpdateWarehouse EXTERNAL_REFERENCE_EXISTS",
    "UpdateChannel EXTERNAL_REFERENCE_EXISTS",
    "UpdateItem EXTERNAL_REFERENCE_EXISTS",
    "UpdateReplenishment EXTERNAL_REFERENCE_EXISTS",
    "UpdateReplenishment REPLENISHMENT_NOT_FOUND",
    "UpdateReplenishment IMMUTABLE_FIELD",
    "CreateReplenishment EXTERNAL_REFERENCE_EXISTS",
    "CreateTransfer EXTERNAL_REFERENCE_EXISTS",
    "CreateShipment EXTERNAL_REFERENCE_EXISTS",
    "ReserveStock EXTERNAL_REFERENCE_EXISTS",
    "UpdateWarehouse WAREHOUSE_NOT_FOUND",
    "UpdateChannel CHANNEL_NOT_FOUND",
    "UpdateItem ITEM_NOT_FOUND",
    "a warehouse made by its code",
    "a channel made by its code",
    "a replenishment made by its code",
    "CreateAvailabilityEstimate OK",
    "CreateAvailabilityEstimate AVAILABILITY_ESTIMATE_EXISTS",
    "UpdateAvailabilityEstimate OK",
    "UpdateAvailabilityEstimate ETAG_MISMATCH",
    "UpdateAvailabilityEstimate INVALID_FIELDS",
    "DeleteAvailabilityEstimate OK",
    "DeleteAvailabilityEstimate AVAILABILITY_ESTIMATE_IN_USE",
    "CreateItem AVAILABILITY_ESTIMATE_NOT_FOUND",
    "UpdateItem AVAILABILITY_ESTIMATE_NOT_FOUND",
    "an item whose availability estimate is gone",
    "RetryLowStockEvent OK",
    "RetryLowStockEvent LOW_STOCK_EVENT_STATE",
    "RetryLowStockEvent LOW_STOCK_EVENT_NOT_FOUND",
    "an attempt that began",
    "an attempt that was not to be made",
    "an event that is done",
    "an event that is dead",
    "commands in one batch",
    "changes of the configuration in one batch",
    "a command that had to wait for the next batch",
    "a fold",
    "a fold in steps",
    "a moment before the ledger begins",
    "a repair of reserved",
    "a repair of incoming",
    "a repair of on_hand",
    "a repair of safety_stock",
    "a repair of version",
    "a repair of sequence",
    "a repair of backordered",
    "a repair of backordered of a line",
    "a repair of kits",
    "a repair of quotas",
    "a repair of low_stock_rules",
    "a repair of returned",
    "a repair of in_shipment",
    "a repair of outstanding",
    "a rule that recovered",
    "a kit that was reserved",
    "an order that was only tried",
    "a fill",
    "a fill that was cut",
    "a fill that follows a change of the configuration",
};

TEST(ModelTest, RulesAgreeWithTheModelAfterEveryCommand) {
  const Plan plan = PlanOfEnvironment();
  Crew crew(plan);
  crew.Run();
  const Plan usual;
  if (HasFailure() || plan.seeds() < usual.seeds() || plan.steps < usual.steps) return;
  const std::set<std::string> seen = crew.seen();
  for (const char* event : kMustBeSeen) EXPECT_TRUE(seen.contains(event)) << event << " never happened";
}

}  // namespace
}  // namespace inventory::model
