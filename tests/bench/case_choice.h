// Which cases are meant.
#ifndef INVENTORY_TESTS_BENCH_CASE_CHOICE_H_
#define INVENTORY_TESTS_BENCH_CASE_CHOICE_H_

#include <set>
#include <string>
#include <vector>

namespace inventory::bench {

// Those of `ids` that are meant by any of `wanted`: the one that is the same, or if there is none, all that begin so.
std::set<std::string> Chosen(const std::set<std::string>& ids, const std::vector<std::string>& wanted);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CASE_CHOICE_H_
