#include "tests/history/check.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::history {

bool Takes(const v1::Movement& movement) {
  switch (movement.type()) {
    case v1::MOVEMENT_TYPE_RESERVE:
    case v1::MOVEMENT_TYPE_REALLOCATE:
    case v1::MOVEMENT_TYPE_FILL:
      return movement.delta().reserved() > 0;
    case v1::MOVEMENT_TYPE_TRANSFER_OUT:
      return true;
    default:
      return false;
  }
}

bool Follows(const v1::Movement& movement) {
  return movement.type() == v1::MOVEMENT_TYPE_FILL || movement.type() == v1::MOVEMENT_TYPE_EXPIRE;
}

Violations Check(const History& history) {
  Writes writes;
  Violations violations;
  for (const Write& write : history.writes) {
    if (writes.emplace(write.request_id, &write).second) continue;
    violations.push_back({Violation::Kind::kInvented, absl::StrCat("two writes have the id ", write.request_id)});
  }
  for (Violations& part :
       std::vector<Violations>{CheckWrites(history, writes), CheckLedgers(history), CheckTime(history, writes),
                               CheckQueues(history, writes), CheckHolds(history)}) {
    violations.insert(violations.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
  return violations;
}

}  // namespace inventory::history
