#include "server/background/ledger_keeper.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "server/background/run_all.h"
#include "storage/movement_repository.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxLevels = 1000;        // In one look.
constexpr std::size_t kMaxSkusToFold = 20;  // In one step.
constexpr int64_t kMaxMovements = 1000;     // In one step: short enough that nobody waits for its locks.
constexpr absl::Duration kPauseAfterFailure = absl::Seconds(1);

}  // namespace

LedgerKeeper::LedgerKeeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer)
    : options_(options), pool_(pool), committer_(committer), periodic_([this] { return Step(); }) {}

absl::Duration LedgerKeeper::Step() {
  // Where the database is away, who serves callers says so.
  if (aged_.empty() && !ReadPage()) return kPauseAfterFailure;
  if (!aged_.empty() && !FoldSome()) return kPauseAfterFailure;
  const bool through = aged_.empty() && after_ == storage::LevelRecord::Key();
  return through ? options_.interval : kPauseBetweenSteps;
}

// By the database's clock, as the movements are.
bool LedgerKeeper::StartWalk() {
  storage::Sql sql;
  storage::BeginStatement(sql).Raw("SELECT NOW(6)");
  const auto results = Ask(pool_, sql);
  if (results.ok()) before_ = results->front()[0].Time(0) - options_.retention;
  return results.ok();
}

bool LedgerKeeper::ReadPage() {
  if (after_ == storage::LevelRecord::Key() && !StartWalk()) return false;
  storage::Sql sql;
  storage::AppendSelectAgedLevels(sql, after_, before_, kMaxLevels);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return false;
  const std::vector<storage::AgedLevel> levels = storage::ParseAgedLevels(results->front());
  for (const storage::AgedLevel& level : levels) {
    const std::string& sku = level.key.first;
    if (level.aged && (aged_.empty() || aged_.back().sku != sku)) aged_.push_back({sku});
  }
  after_ = levels.size() < kMaxLevels ? storage::LevelRecord::Key() : levels.back().key;
  return true;
}

bool LedgerKeeper::FoldSome() {
  const std::size_t skus = std::min(aged_.size(), kMaxSkusToFold);
  const int64_t limit = kMaxMovements / static_cast<int64_t>(skus);
  const auto end = aged_.begin() + static_cast<std::ptrdiff_t>(skus);
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  std::for_each(aged_.begin(), end, [&](Aged& aged) {
    // Stays so for one that can't be run, so that it does not come again before the next walk.
    aged.progress.more = false;
    commands.push_back(std::make_unique<FoldMovements>(aged.sku, before_, limit, aged.progress));
  });
  if (RunAll(committer_, std::move(commands)).could_not > 0) {
    // Which ones is not known. What was done is not found again.
    std::for_each(aged_.begin(), end, [](Aged& aged) { aged.progress = {}; });
    return false;
  }
  aged_.erase(std::remove_if(aged_.begin(), end, [](const Aged& aged) { return !aged.progress.more; }), end);
  return true;
}

}  // namespace inventory::background
