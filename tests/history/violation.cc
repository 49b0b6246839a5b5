#include "tests/history/violation.h"

namespace inventory::history {

std::string_view NameOf(Violation::Kind kind) {
  using Kind = Violation::Kind;
  switch (kind) {
    case Kind::kLost:
      return "lost";
    case Kind::kDoubled:
      return "doubled";
    case Kind::kRefusedAndDone:
      return "refused and done";
    case Kind::kInvented:
      return "invented";
    case Kind::kTorn:
      return "torn";
    case Kind::kAnswer:
      return "wrong answer";
    case Kind::kOrder:
      return "wrong order";
    case Kind::kStale:
      return "stale read";
    case Kind::kFuture:
      return "read of the future";
    case Kind::kLedger:
      return "wrong ledger";
    case Kind::kOversold:
      return "oversold";
    case Kind::kOvertaken:
      return "overtaken";
    case Kind::kExpiredEarly:
      return "expired early";
    case Kind::kMismatch:
      return "mismatch";
    case Kind::kUnanswered:
      return "unanswered";
    case Kind::kNotRecovered:
      return "not recovered";
  }
  return "unknown";
}

}  // namespace inventory::history
