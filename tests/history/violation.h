// What is wrong with a history.
#ifndef INVENTORY_TESTS_HISTORY_VIOLATION_H_
#define INVENTORY_TESTS_HISTORY_VIOLATION_H_

#include <string>
#include <string_view>
#include <vector>

namespace inventory::history {

struct Violation {
  enum class Kind {
    kLost,            // An acknowledged write is not in the ledger.
    kDoubled,         // A write is there more often than its caller asked for.
    kRefusedAndDone,  // A write was refused and is there.
    kInvented,        // A movement is there that nobody asked for.
    kTorn,            // A part of a write is there without the rest.
    kAnswer,          // An answer shows what the ledger doesn't.
    kOrder,           // A write comes before one that had ended before it began.
    kStale,           // A read does not see what had ended before it began.
    kFuture,          // A read sees what was only asked for after it had ended.
    kLedger,          // Numbers are not dense, or balances not the sums of what was moved.
    kOversold,        // Units were promised that were not available.
    kOvertaken,       // Units were promised that somebody had asked for before and waited for.
    kExpiredEarly,    // A hold ended before its time, or after it was confirmed.
    kMismatch,        // VerifyStock found something.
    kUnanswered,      // A caller got no answer, or an error, where one is promised.
    kNotRecovered,    // The service did not come back by itself in time.
  };

  Kind kind;
  std::string what;
};

using Violations = std::vector<Violation>;

// "lost", "refused and done".
std::string_view NameOf(Violation::Kind kind);

}  // namespace inventory::history

#endif  // INVENTORY_TESTS_HISTORY_VIOLATION_H_
