#ifndef INVENTORY_TESTS_BENCH_COMMIT_H_
#define INVENTORY_TESTS_BENCH_COMMIT_H_

namespace inventory::bench {

// The commit that was built, as Git describes it: "-dirty" at its end if files differed from it, "unknown" without Git.
extern const char kCommit[];

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_COMMIT_H_
