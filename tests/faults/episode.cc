#include "tests/faults/episode.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/history/check.h"

namespace inventory::faults {
namespace {

using history::Violation;
using history::Violations;

// Callers pause at random up to this, so that one machine carries all of them besides a database that starts.
constexpr absl::Duration kLongestPause = absl::Milliseconds(10);
constexpr absl::Duration kWarmUpPatience = absl::Seconds(30);

void Append(Violations from, Violations& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Reads since the database was about to die: see Read::may_vanish. A flush of its log takes far less than that.
void MarkVolatile(absl::Time death, history::History& history) {
  constexpr absl::Duration kLongestFlush = absl::Milliseconds(500);
  for (history::Read& read : history.reads) read.may_vanish = read.finish > death - kLongestFlush;
}

}  // namespace

Episode::Episode(Site& site, const RunOptions& options, std::string prefix, uint32_t seed)
    : site_(site), options_(options), prefix_(std::move(prefix)), patience_(options.patience), random_(seed) {}

Episode::~Episode() { StopCallers(); }

absl::StatusOr<Episode::Result> Episode::Run(Fault& fault) {
  patience_ = std::max(patience_, fault.patience());
  absl::Status status = SetUp();
  if (!status.ok()) return status;
  for (const auto& caller : callers_) {
    threads_.emplace_back([this, &caller = *caller, seed = random_()] { CallerMain(caller, seed); });
  }
  AwaitAcknowledged(20);
  absl::SleepFor(AnyDuration(random_, absl::ZeroDuration(), absl::Milliseconds(300)));
  Result result;
  Inject(fault, result);
  // Some life after it.
  absl::SleepFor(absl::Milliseconds(150));
  StopCallers();
  status = Judge(fault, result);
  if (!status.ok()) return status;
  return result;
}

absl::Status Episode::SetUp() {
  workloads_.push_back(MakeCounterWorkload(prefix_));
  workloads_.push_back(MakeOrderWorkload(prefix_));
  workloads_.push_back(MakeTransferWorkload(prefix_));
  for (int i = 0; i <= options_.callers; ++i) {
    const bool checks = i == options_.callers;
    auto caller = Caller::Connect({.addresses = site_.addresses(),
                                   .number = i,
                                   .style = checks || i % 2 == 0 ? Caller::Style::kInsists : Caller::Style::kTriesOnce,
                                   .seed = static_cast<unsigned>(random_()),
                                   .prefix = prefix_,
                                   .mutant = checks ? Caller::Mutant::kNone : options_.mutant},
                                  recorder_);
    if (!caller.ok()) return caller.status();
    if (checks) {
      checker_ = *std::move(caller);
    } else {
      callers_.push_back(*std::move(caller));
    }
  }
  for (const auto& workload : workloads_) {
    absl::Status made = workload->SetUp(*checker_);
    if (!made.ok()) return made;
  }
  return absl::OkStatus();
}

void Episode::CallerMain(Caller& caller, unsigned seed) {
  std::mt19937 random(seed);
  while (!stop_) {
    workloads_[caller.Pick(static_cast<int>(workloads_.size()))]->Step(caller);
    absl::SleepFor(AnyDuration(random, absl::ZeroDuration(), kLongestPause));
  }
}

void Episode::StopCallers() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Episode::AwaitAcknowledged(int64_t count) const {
  const absl::Time give_up = absl::Now() + kWarmUpPatience;
  while (recorder_.counts().acknowledged < count && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(5));
}

void Episode::Inject(Fault& fault, Result& result) {
  result.began = absl::Now();
  absl::Status done = fault.Begin(site_, random_);
  if (done.ok() && fault.longest() > absl::ZeroDuration()) {
    absl::SleepFor(AnyDuration(random_, absl::Milliseconds(100), fault.longest()));
  }
  // Of the end of a fault that lasts: a call that begins meanwhile is the first that may succeed.
  const absl::Time since = absl::Now();
  if (done.ok() && fault.longest() > absl::ZeroDuration()) done = fault.End(site_, random_);
  result.injected = done.ok();
  result.obstacle = std::string(done.message());
  AwaitRecovery(since, result);
  if (!result.injected) return;
  const absl::Status restored = fault.Restore(site_, random_);
  if (!restored.ok()) result.violations.push_back({Violation::Kind::kNotRecovered, restored.ToString()});
}

void Episode::AwaitRecovery(absl::Time since, Result& result) const {
  const absl::Time give_up = absl::Now() + patience_;
  for (;;) {
    if (const auto answered = recorder_.AllAnsweredSince(since, options_.callers)) {
      result.recovery = *answered - since;
      return;
    }
    if (absl::Now() > give_up) break;
    absl::SleepFor(absl::Milliseconds(5));
  }
  result.violations.push_back(
      {Violation::Kind::kNotRecovered,
       absl::StrCat("not all callers were answered within ", absl::FormatDuration(patience_), " after the fault")});
}

void Episode::AwaitQuiet() const {
  constexpr int kLooks = 5;
  const absl::Time give_up = absl::Now() + patience_;
  for (int quiet = 0; quiet < kLooks && absl::Now() < give_up; absl::SleepFor(absl::Milliseconds(20))) {
    const auto root = site_.OpenRoot();
    if (!root.ok()) continue;
    const auto open = Ask(**root, "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_modified > 0");
    quiet = open.ok() && (*open)[0].Int(0) == 0 ? quiet + 1 : 0;
  }
}

// The ledger still shows the units as reserved that a read doesn't.
absl::StatusOr<bool> Episode::HasDeadHolds() {
  int64_t reserved = 0;
  for (const auto& workload : workloads_) {
    for (const std::string& sku : workload->mortal_skus()) {
      const auto ledger = ReadLedger(sku);
      if (!ledger.ok()) return ledger.status();
      for (const v1::Movement& movement : *ledger) reserved += movement.delta().reserved();
      for (const char* warehouse_id : {kFirstWarehouse, kSecondWarehouse}) {
        v1::GetStockLevelRequest request;
        request.set_sku(sku);
        request.set_warehouse_id(warehouse_id);
        const auto level = checker_->inventory().GetStockLevel(request);
        if (!level.ok()) return level.status();
        reserved -= level->reserved();
      }
    }
  }
  return reserved != 0;
}

void Episode::AwaitBackground(Result& result) {
  const absl::Time give_up = absl::Now() + patience_;
  std::string missing;
  for (; absl::Now() < give_up; absl::SleepFor(absl::Milliseconds(20))) {
    missing = "health does not say SERVING";
    if (!site_.Serving()) continue;
    const absl::StatusOr<bool> dead = HasDeadHolds();
    missing = dead.ok() ? "dead holds are not swept" : dead.status().ToString();
    if (dead.ok() && !*dead) return;
  }
  result.violations.push_back({Violation::Kind::kNotRecovered, missing});
}

absl::StatusOr<std::vector<v1::Movement>> Episode::ReadLedger(const std::string& sku) {
  std::vector<v1::Movement> ledger;
  v1::ListMovementsRequest request;
  request.set_page_size(1000);
  request.mutable_filter()->set_sku(sku);
  for (absl::StatusOr<v1::Movement>& movement : checker_->inventory().ListMovements(request)) {
    if (!movement.ok()) return movement.status();
    movement->set_request_id(Caller::WithoutAttempt(movement->request_id()));
    ledger.push_back(*std::move(movement));
  }
  return ledger;
}

absl::StatusOr<history::History> Episode::ReadHistory() {
  history::History history = recorder_.TakeHistory();
  history.channels = {{kChannel, {kFirstWarehouse, kSecondWarehouse}}};
  for (const auto& workload : workloads_) {
    history.set_up.insert(workload->set_up_id());
    for (const std::string& sku : workload->skus()) {
      auto ledger = ReadLedger(sku);
      if (!ledger.ok()) return ledger.status();
      history.ledgers[sku] = *std::move(ledger);
    }
  }
  history.end = absl::Now();
  return history;
}

absl::StatusOr<Levels> Episode::ReadLevels() {
  Levels levels;
  for (const auto& workload : workloads_) {
    for (const std::string& sku : workload->lasting_skus()) {
      for (const char* warehouse_id : {kFirstWarehouse, kSecondWarehouse}) {
        auto level = checker_->ReadLevel(sku, warehouse_id);
        if (!level.ok()) return level.status();
        levels.emplace(std::pair(sku, warehouse_id), *std::move(level));
      }
    }
  }
  return levels;
}

absl::Status Episode::Verify(Violations& violations) {
  v1::VerifyStockRequest request;
  request.set_sku_prefix(prefix_);
  for (const absl::StatusOr<v1::Mismatch>& mismatch : checker_->inventory().VerifyStock(request)) {
    if (!mismatch.ok()) return mismatch.status();
    violations.push_back({Violation::Kind::kMismatch, mismatch->ShortDebugString()});
  }
  return absl::OkStatus();
}

absl::Status Episode::Judge(Fault& fault, Result& result) {
  result.counts = recorder_.counts();
  AwaitBackground(result);
  AwaitQuiet();
  const auto levels = ReadLevels();
  if (!levels.ok()) return levels.status();
  auto history = ReadHistory();
  if (!history.ok()) return history.status();
  result.history = *std::move(history);
  if (fault.kills_database()) MarkVolatile(result.began, result.history);
  Append(recorder_.TakeComplaints(), result.violations);
  for (const std::string& failure : recorder_.TakeFailures()) {
    if (!fault.retries_suffice()) break;
    result.violations.push_back({Violation::Kind::kUnanswered, "retries did not suffice: " + failure});
  }
  Append(history::Check(result.history), result.violations);
  for (const auto& workload : workloads_) Append(workload->Check(result.history, *levels), result.violations);
  Append(fault.Check(result.history), result.violations);
  return Verify(result.violations);
}

}  // namespace inventory::faults
