// Goal: what callers send of their traces is taken only as the recommendation has it, and means the same once it is
// sent on. Method: any text as `traceparent`, alone and behind the beginning of a good one; any texts as parts of
// `tracestate`.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/tracing/trace_context.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::tracing {
namespace {

using fuzz::Check;
using fuzz::Choices;

void CheckParent(const std::string& header) {
  const std::optional<TraceParent> parent = ParseTraceParent(header);
  if (!parent) return;
  const std::string ids = absl::StrCat("-", Hex(parent->trace_id), "-", Hex(parent->span_id), "-");
  Check(header.substr(2, ids.size()) == ids, "the ids are those of the header");
  Check(parent->trace_id != TraceId() && parent->span_id != SpanId(), "ids are not all 0");
  const std::string sent = absl::StrCat("00", ids, parent->sampled ? "01" : "00");
  const std::optional<TraceParent> again = ParseTraceParent(sent);
  Check(again && again->trace_id == parent->trace_id && again->span_id == parent->span_id &&
            again->sampled == parent->sampled,
        "what is sent on says the same");
}

void CheckState(const std::vector<std::string>& parts) {
  const std::string state = JoinTraceState({parts.begin(), parts.end()});
  Check(state.size() <= kMaxTraceStateBytes, "it is short enough");
  if (state.empty()) return;
  const std::vector<std::string> entries = absl::StrSplit(state, ',');
  Check(entries.size() <= kMaxTraceStateEntries, "it has few enough entries");
  Check(JoinTraceState({state}) == state, "what is sent on is taken as it is");
  Check(JoinTraceState({entries.begin(), entries.end()}) == state, "its entries make it");
}

}  // namespace
}  // namespace inventory::tracing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace tracing = inventory::tracing;
  inventory::fuzz::Choices data(bytes, size);
  if (data.Bool()) {
    const std::string header = data.Rest();
    tracing::CheckParent(header);
    tracing::CheckParent(absl::StrCat("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", header));
  } else {
    std::vector<std::string> parts(data.NumberIn<std::size_t>(0, 4));
    for (std::string& part : parts) part = data.Text(600);
    tracing::CheckState(parts);
  }
  return 0;
}
