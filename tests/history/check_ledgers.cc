// A SKU's ledger alone: dense, summed up, nothing below zero, nothing oversold.
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

using Kind = Violation::Kind;

void CheckBalance(const v1::Quantities& before, const v1::Movement& movement, Violations& violations) {
  const auto& fields = *v1::Quantities::descriptor();
  const auto& reflection = *v1::Quantities::GetReflection();
  for (int i = 0; i < fields.field_count(); ++i) {
    const int64_t balance = reflection.GetInt64(movement.balance(), fields.field(i));
    const int64_t sum =
        reflection.GetInt64(before, fields.field(i)) + reflection.GetInt64(movement.delta(), fields.field(i));
    if (balance < 0 || balance != sum) {
      violations.push_back({Kind::kLedger, absl::StrCat(fields.field(i)->name(), " should be ", sum, " after ",
                                                        movement.ShortDebugString())});
    }
  }
  if (Takes(movement) && Available(movement.balance()) < 0) {
    violations.push_back({Kind::kOversold, movement.ShortDebugString()});
  }
}

}  // namespace

Violations CheckLedgers(const History& history) {
  Violations violations;
  for (const auto& [sku, movements] : history.ledgers) {
    int64_t sequence = 0;
    std::map<std::string, std::pair<int64_t, v1::Quantities>> levels;
    for (const v1::Movement& movement : movements) {
      auto& [version, balance] = levels[movement.warehouse_id()];
      if (movement.sequence() != ++sequence) {
        violations.push_back(
            {Kind::kLedger, absl::StrCat("sequence should be ", sequence, ": ", movement.ShortDebugString())});
      }
      if (movement.version() != ++version) {
        violations.push_back(
            {Kind::kLedger, absl::StrCat("version should be ", version, ": ", movement.ShortDebugString())});
      }
      CheckBalance(balance, movement, violations);
      balance = movement.balance();
    }
  }
  return violations;
}

}  // namespace inventory::history
