// How long movements are kept.
#ifndef INVENTORY_SERVER_BACKGROUND_LEDGER_KEEPER_H_
#define INVENTORY_SERVER_BACKGROUND_LEDGER_KEEPER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/background/fold_movements.h"
#include "server/periodic.h"
#include "server/pipeline/group_committer.h"
#include "storage/connection_pool.h"
#include "storage/records.h"

namespace inventory::background {

// Walks through all levels again and again and has their old movements give way to balances forward, through the
// pipeline like every write and in bounded steps. Where it has got is not stored: a restart begins anew, and finds less
// to do. Any number of instances may do so on one database.
class LedgerKeeper {
 public:
  struct Options {
    absl::Duration retention;                     // Movements older than this give way.
    absl::Duration interval = absl::Minutes(10);  // Between walks. Default 10m.
  };

  // All references must outlive the keeper.
  LedgerKeeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer);

  // Ends the step under way.
  void Stop() { periodic_.Stop(); }

 private:
  // A SKU that has something to fold.
  struct Aged {
    std::string sku;
    FoldMovements::Progress progress = {};
  };

  absl::Duration Step();
  bool StartWalk();
  bool ReadPage();
  bool FoldSome();

  const Options options_;
  storage::ConnectionPool& pool_;
  pipeline::GroupCommitter& committer_;
  storage::LevelRecord::Key after_;  // The last level looked at; none: a walk is to start.
  absl::Time before_;                // Of this walk.
  std::vector<Aged> aged_;
  server::Periodic periodic_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_LEDGER_KEEPER_H_
