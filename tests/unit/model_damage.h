// Counters that are wrong, and what must be said and done about them.
#ifndef INVENTORY_TESTS_UNIT_MODEL_DAMAGE_H_
#define INVENTORY_TESTS_UNIT_MODEL_DAMAGE_H_

#include <functional>
#include <string>
#include <vector>

#include "inventory/v1/ledger.pb.h"
#include "server/pipeline/rows.h"
#include "tests/unit/model.h"

namespace inventory::model {

struct Damage {
  std::string name = {};                    // Of the counter.
  std::vector<v1::Mismatch> expected = {};  // All that VerifyStock must report of it.
  std::function<void(pipeline::Rows&)> inflict = {};
  std::function<void(Model&)> mend = {};  // What its repair changes besides.
};

// Every counter of the rows that can be damaged, by one unit, such that a repair mends it.
std::vector<Damage> DamagesOf(const pipeline::Rows& rows);

// What of the report differs from what the damage must lead to, all of it repaired or none.
std::vector<std::string> WrongMismatches(const std::vector<v1::Mismatch>& reported, const Damage& damage,
                                         bool repaired);

std::string Show(const v1::Mismatch& mismatch);

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_DAMAGE_H_
