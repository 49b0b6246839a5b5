// Trace context as callers send it: the W3C recommendation "Trace Context", level 1.
#ifndef INVENTORY_SERVER_TRACING_TRACE_CONTEXT_H_
#define INVENTORY_SERVER_TRACING_TRACE_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inventory::tracing {

// All bytes 0: none.
using TraceId = std::array<uint8_t, 16>;
using SpanId = std::array<uint8_t, 8>;

// In lower case.
std::string Hex(const TraceId& id);
std::string Hex(const SpanId& id);

// What the header `traceparent` says.
struct TraceParent {
  TraceId trace_id = {};
  SpanId span_id = {};  // The caller's span.
  bool sampled = false;
};

// Nothing unless the header is as the recommendation has it: a version other than ff, ids in lower case that are not
// all 0, and nothing after the flags; a later version may have more after them, which is passed over.
std::optional<TraceParent> ParseTraceParent(std::string_view header);

// The longest `tracestate` that is kept, and the most entries of one.
inline constexpr std::size_t kMaxTraceStateBytes = 512;
inline constexpr std::size_t kMaxTraceStateEntries = 32;

// The header `tracestate`, which may come in several parts, in one; its entries mean something only to those who have
// added them. Empty if an entry is malformed, if two have the same key, or if there is more than is kept: half of it
// would be wrong.
std::string JoinTraceState(const std::vector<std::string_view>& headers);

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_TRACE_CONTEXT_H_
