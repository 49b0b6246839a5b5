// Goal: a resume token of Watch is one that this service made, of just the positions that it is read as, or it is
// refused. Method: any text as a token, any bytes in the encoding of one, and tokens of any positions. What is accepted
// must be the token of what it was read as. Of two cuts, what holds of sets must hold: a reader goes on from them
// together.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "server/feed/cut.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::feed {
namespace {

using fuzz::Check;
using fuzz::Choices;

// As much as the table of feeds has room for.
constexpr std::size_t kMostTokenBytes = 2048;

void CheckToken(const std::string& token) {
  const std::optional<Cut> cut = Cut::FromToken(token);
  if (!cut) return;
  Check(cut->ToToken() == token, "a token is that of the cut it is read as");
  Check(token.size() <= kMostTokenBytes, "a token can be stored");
  for (int16_t log_id = 0; log_id < storage::kEventLogs; ++log_id) {
    Check(cut->At(log_id) >= 0, "there is no position before the first");
  }
}

Cut AnyCut(Choices& data) {
  Cut cut;
  for (int logs = data.NumberIn(0, storage::kEventLogs); logs > 0; --logs) {
    const auto log_id = data.NumberIn<int16_t>(0, storage::kEventLogs - 1);
    // Small ones, so that two have the same now and then.
    const bool small = data.Bool();
    cut.Set(log_id, data.NumberIn<int64_t>(0, small ? 3 : std::numeric_limits<int64_t>::max()));
  }
  return cut;
}

void CheckPair(const Cut& one, const Cut& other) {
  Check(Cut::FromToken(one.ToToken()) == one, "a cut is read from its token");
  CheckToken(one.ToToken());
  Check((one == other) == (one.ToToken() == other.ToToken()), "other cuts have other tokens");
  Check((one == other) == (one.Covers(other) && other.Covers(one)), "cuts that cover each other are the same");
  Cut both = one;
  both.Cover(other);
  Check(both.Covers(one) && both.Covers(other), "together they cover each");
  Cut common = one;
  common.LimitTo(other);
  Check(one.Covers(common) && other.Covers(common), "each covers what they have in common");
  common.Cover(both);
  Check(common == both, "what they have in common is in both together");
  both.LimitTo(one);
  Check(both == one, "of both together one leaves itself");
}

}  // namespace
}  // namespace inventory::feed

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace feed = inventory::feed;
  inventory::fuzz::Choices data(bytes, size);
  switch (data.NumberIn(0, 2)) {
    case 0:
      feed::CheckToken(data.Rest());
      break;
    case 1:
      feed::CheckToken(absl::WebSafeBase64Escape(data.Rest()));
      break;
    default: {
      const feed::Cut one = feed::AnyCut(data);
      feed::CheckPair(one, feed::AnyCut(data));
    }
  }
  return 0;
}
