#include "server/sourcing/strategy.h"

namespace inventory::sourcing {

const Strategy& StrategyFor(storage::SourcingStrategy kind) {
  switch (kind) {
    case storage::SourcingStrategy::kNearest:
      return Nearest();
    case storage::SourcingStrategy::kFewestSplits:
      return FewestSplits();
    case storage::SourcingStrategy::kBalanced:
      return Balanced();
    case storage::SourcingStrategy::kPriority:
      break;
  }
  return Priority();
}

}  // namespace inventory::sourcing
