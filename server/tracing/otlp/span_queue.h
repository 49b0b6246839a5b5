// Spans that wait to be exported.
#ifndef INVENTORY_SERVER_TRACING_OTLP_SPAN_QUEUE_H_
#define INVENTORY_SERVER_TRACING_OTLP_SPAN_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/tracing/tracer.h"
#include "storage/mutex.h"

namespace inventory::tracing {

// A span that has outlived its trace.
struct EndedSpan {
  explicit EndedSpan(const Span& span)
      : trace_id(span.trace.id),
        id(span.id),
        parent(span.parent),
        state(span.trace.state),
        name(span.name),
        kind(span.kind),
        start(span.start),
        end(span.end),
        attributes(span.attributes),
        failed(span.failed) {}

  TraceId trace_id;
  SpanId id;
  SpanId parent;
  std::string state;
  std::string name;
  SpanKind kind;
  absl::Time start;
  absl::Time end;
  std::vector<Span::Attribute> attributes;
  bool failed;
};

// Takes spans of all threads for one that posts them. Only so many may be in it or with that one. Thread-safe.
class SpanQueue {
 public:
  // `enough` wake the one that posts. Throws std::length_error if there can't be so many.
  SpanQueue(std::size_t most, std::size_t enough) : most_(most), enough_(enough) { spans_.reserve(most); }

  // Drops the span if there are too many, or the queue is closed.
  void Put(const Span& span);

  // Replaces `spans` by all that wait, once these are enough, `pause` has passed or the queue is closed. Returns false
  // if it is closed and empty.
  bool Take(absl::Duration pause, std::vector<EndedSpan>& spans);

  // So many of those taken have gone.
  void Gone(std::size_t count);

  void Close();

  uint64_t dropped() const;

 private:
  const std::size_t most_;
  const std::size_t enough_;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  std::vector<EndedSpan> spans_ GUARDED_BY(mutex_);
  std::size_t taken_ GUARDED_BY(mutex_) = 0;  // And not gone.
  uint64_t dropped_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_OTLP_SPAN_QUEUE_H_
