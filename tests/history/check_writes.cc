// Each write against the ledgers: once or not at all, whole, and as its caller was told.
#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

using Kind = Violation::Kind;
using End = Write::End;
using MovementName = std::tuple<std::string, std::string, int64_t, int64_t>;
using Made = std::vector<const v1::Movement*>;

template <typename Movement>
MovementName NameOf(const Movement& movement) {
  return {movement.sku(), movement.warehouse_id(), movement.version(), movement.sequence()};
}

std::string Listed(const std::multiset<MovementName>& names) {
  std::string text;
  for (const auto& [sku, warehouse, version, sequence] : names) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", sku, "@", warehouse, " version ", version, " sequence ", sequence);
  }
  return text.empty() ? "nothing" : text;
}

// Never twice. Only a move between warehouses may touch a level more often.
void CheckDoneOnce(const Write& write, const Made& made, Violations& violations) {
  std::set<std::tuple<std::string, std::string, int>> touched;
  for (const v1::Movement* movement : made) {
    if (movement->type() == v1::MOVEMENT_TYPE_REALLOCATE) continue;
    if (!touched.emplace(movement->sku(), movement->warehouse_id(), movement->type()).second) {
      violations.push_back(
          {Kind::kDoubled, absl::StrCat(write.request_id, " was done twice: ", movement->ShortDebugString())});
    }
  }
}

void CheckWhole(const Write& write, const Made& made, Violations& violations) {
  if (made.empty()) return;
  for (const std::string& sku : write.together) {
    if (std::any_of(made.begin(), made.end(), [&sku](const auto* movement) { return movement->sku() == sku; }))
      continue;
    violations.push_back({Kind::kTorn, absl::StrCat(write.request_id, " was done, but not for ", sku)});
  }
}

void CheckTold(const Write& write, const Made& made, Violations& violations) {
  std::multiset<MovementName> told;
  for (const v1::LevelVersion& movement : write.movements) told.insert(NameOf(movement));
  std::multiset<MovementName> found;
  for (const v1::Movement* movement : made) found.insert(NameOf(*movement));
  if (found == told) return;
  const std::string what =
      absl::StrCat(write.request_id, " was told of ", Listed(told), "; the ledger has ", Listed(found));
  if (found.empty()) {
    violations.push_back({Kind::kLost, what});
  } else if (found.size() > told.size()) {
    violations.push_back({Kind::kDoubled, what});
  } else {
    violations.push_back({Kind::kAnswer, what});
  }
}

void CheckEnd(const Write& write, const Made& made, Violations& violations) {
  switch (write.end) {
    case End::kRefused:
      if (!made.empty()) {
        violations.push_back({Kind::kRefusedAndDone, absl::StrCat(write.request_id, " was refused and done: ",
                                                                  made.front()->ShortDebugString())});
      }
      return;
    case End::kUnknown:
      CheckDoneOnce(write, made, violations);
      CheckWhole(write, made, violations);
      return;
    case End::kAcknowledged:
      CheckTold(write, made, violations);
      return;
  }
}

// A level that was shown is one that the ledger has gone through.
void CheckLevel(const v1::StockLevel& level, const std::string& who, const History& history, Violations& violations) {
  if (level.version() == 0) return;
  const auto ledger = history.ledgers.find(level.sku());
  if (ledger == history.ledgers.end()) return;
  const auto same = std::find_if(ledger->second.begin(), ledger->second.end(), [&level](const v1::Movement& movement) {
    return movement.warehouse_id() == level.warehouse_id() && movement.version() == level.version();
  });
  if (same == ledger->second.end()) {
    violations.push_back(
        {Kind::kAnswer, absl::StrCat(who, " was shown a level that never was: ", level.ShortDebugString())});
    return;
  }
  const v1::Quantities& balance = same->balance();
  if (std::tuple(level.on_hand(), level.reserved(), level.safety_stock(), level.damaged(), level.quality_control(),
                 level.incoming()) != std::tuple(balance.on_hand(), balance.reserved(), balance.safety_stock(),
                                                 balance.damaged(), balance.quality_control(), balance.incoming())) {
    violations.push_back(
        {Kind::kAnswer, absl::StrCat(who, " was shown ", level.ShortDebugString(), " of ", same->ShortDebugString())});
  }
}

// Nobody's are those of holds that have died, and what they made available to others.
bool Followed(const std::string& request_id, const Made& made) { return request_id.empty() && made.empty(); }

}  // namespace

Violations CheckWrites(const History& history, const Writes& writes) {
  Violations violations;
  std::map<std::string, Made> made;
  for (const auto& [sku, movements] : history.ledgers) {
    for (const v1::Movement& movement : movements) {
      Made& of_request = made[movement.request_id()];
      if (!Follows(movement)) of_request.push_back(&movement);
    }
  }
  for (const auto& [request_id, movements] : made) {
    if (history.set_up.contains(request_id) || writes.contains(request_id) || Followed(request_id, movements)) continue;
    violations.push_back({Kind::kInvented, absl::StrCat("nobody made the write ", request_id)});
  }
  for (const Write& write : history.writes) {
    CheckEnd(write, made[write.request_id], violations);
    if (write.level) CheckLevel(*write.level, write.request_id, history, violations);
  }
  for (const Read& read : history.reads) {
    if (read.level && !read.may_vanish) CheckLevel(*read.level, "a read", history, violations);
  }
  return violations;
}

}  // namespace inventory::history
