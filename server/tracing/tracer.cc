#include "server/tracing/tracer.h"

#include <algorithm>

#include "absl/random/random.h"

namespace inventory::tracing {
namespace {

absl::BitGen& Random() {
  thread_local absl::BitGen random;
  return random;
}

template <typename Id>
Id NewId() {
  Id id;
  do {
    std::generate(id.begin(), id.end(), [] { return absl::Uniform<uint8_t>(Random()); });
  } while (id == Id());
  return id;
}

}  // namespace

void AppendTo(server::LogFields& fields, const Trace* trace) {
  if (trace != nullptr) fields.emplace_back("trace_id", Hex(trace->id));
}

SpanId NewSpanId() { return NewId<SpanId>(); }

std::shared_ptr<const Trace> Tracer::Begin(const Headers& headers) const {
  std::optional<TraceParent> parent;
  // Of two nobody knows which one counts.
  if (headers.traceparents.size() == 1) parent = ParseTraceParent(headers.traceparents[0]);
  SpanSink* sink = options_.sink;
  if (sink != nullptr && !(parent ? parent->sampled : absl::Bernoulli(Random(), options_.ratio))) sink = nullptr;
  if (!parent && sink == nullptr) return nullptr;
  auto trace = std::make_shared<Trace>();
  trace->sink = sink;
  trace->id = parent ? parent->trace_id : NewId<TraceId>();
  if (parent) {
    trace->parent = parent->span_id;
    trace->state = JoinTraceState(headers.tracestates);
  }
  if (sink != nullptr) trace->call = NewSpanId();
  return trace;
}

}  // namespace inventory::tracing
