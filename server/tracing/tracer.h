// Traces: which calls have one, and the spans of those that are exported.
#ifndef INVENTORY_SERVER_TRACING_TRACER_H_
#define INVENTORY_SERVER_TRACING_TRACER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "server/logging.h"
#include "server/tracing/trace_context.h"

namespace inventory::tracing {

struct Span;

// Where spans go.
class SpanSink {
 public:
  virtual ~SpanSink() = default;

  // Takes a span that has ended. Never blocks: spans that are too many are dropped. Thread-safe.
  virtual void Take(const Span& span) = 0;
};

// A call's part of a trace. Constant, so thread-safe.
struct Trace {
  TraceId id = {};
  // The caller's span; none if the trace begins here.
  SpanId parent = {};
  // The call's own span.
  SpanId call = {};
  // The caller's tracestate.
  std::string state = {};
  // Null: the trace is not sampled. Its id is in the log all the same.
  SpanSink* sink = nullptr;

  bool sampled() const { return sink != nullptr; }
};

// Adds the trace's id to a line of the log; null: nothing.
void AppendTo(server::LogFields& fields, const Trace* trace);

enum class SpanKind { kServer, kClient, kInternal };

// Something that took time. Names and keys are those of OpenTelemetry's semantic conventions, where these have one.
struct Span {
  struct Attribute {
    std::string_view key;  // A literal.
    std::variant<int64_t, std::string> value;
  };

  const Trace& trace;
  SpanId id = {};
  SpanId parent = {};
  std::string_view name;
  SpanKind kind = SpanKind::kInternal;
  absl::Time start;
  absl::Time end;
  std::vector<Attribute> attributes = {};
  // Somebody should look into it. Callers' mistakes are not meant.
  bool failed = false;
};

// `db.system` of spans in which the database works. MariaDB and TiDB are called by MySQL's protocol, too.
inline constexpr char kDatabaseSystem[] = "mysql";

// A new id. Thread-safe.
SpanId NewSpanId();

// Decides which calls have a trace. Thread-safe.
class Tracer {
 public:
  struct Options {
    SpanSink* sink = nullptr;  // Must outlive everything that is traced. Default null: nothing is exported.
    double ratio = 0;          // Sampled of the calls that bring no decision, 0 to 1. Default 0.
  };

  // What a caller sends.
  struct Headers {
    std::vector<std::string_view> traceparents = {};
    std::vector<std::string_view> tracestates = {};
  };

  explicit Tracer(Options options) : options_(options) {}

  // The trace of a call. If there is one good traceparent, the caller has decided whether it is sampled; if not, the
  // ratio does. Null if the call is neither part of a caller's trace nor sampled.
  std::shared_ptr<const Trace> Begin(const Headers& headers) const;

 private:
  const Options options_;
};

}  // namespace inventory::tracing

#endif  // INVENTORY_SERVER_TRACING_TRACER_H_
