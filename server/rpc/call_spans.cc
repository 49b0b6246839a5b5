#include "server/rpc/call_spans.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/rpc/stream_spans.h"

namespace inventory::rpc {
namespace {

std::vector<std::string_view> HeadersOf(const grpc::ServerContextBase& context, const char* name) {
  std::vector<std::string_view> values;
  const auto [begin, end] = context.client_metadata().equal_range(name);
  for (auto header = begin; header != end; ++header) values.emplace_back(header->second.data(), header->second.size());
  return values;
}

// By the semantic conventions, those that are not the caller's fault.
bool IsServersFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

void Record(const MethodFacts& facts, const Origin& origin, absl::Time start, const absl::Status& status,
            std::vector<tracing::Span::Attribute> more) {
  if (origin.trace == nullptr || !origin.trace->sampled()) return;
  const tracing::Trace& trace = *origin.trace;
  const std::size_t dot = facts.name.rfind('.');
  const std::string service = facts.name.substr(0, dot);
  const std::string method = facts.name.substr(dot + 1);
  const std::string name = absl::StrCat(service, "/", method);
  tracing::Span span{.trace = trace,
                     .id = trace.call,
                     .parent = trace.parent,
                     .name = name,
                     .kind = tracing::SpanKind::kServer,
                     .start = start,
                     .end = absl::Now(),
                     .attributes = {{"rpc.system", "grpc"},
                                    {"rpc.service", service},
                                    {"rpc.method", method},
                                    {"rpc.grpc.status_code", static_cast<int64_t>(status.code())}},
                     .failed = IsServersFault(status.code())};
  if (std::string reason = ReasonOf(status); !reason.empty()) {
    span.attributes.push_back({"inventory.reason", std::move(reason)});
  }
  if (!origin.request_id.empty()) span.attributes.push_back({"inventory.request_id", origin.request_id});
  std::move(more.begin(), more.end(), std::back_inserter(span.attributes));
  trace.sink->Take(span);
}

}  // namespace

std::shared_ptr<const tracing::Trace> TraceOf(const tracing::Tracer& tracer, const grpc::ServerContextBase& context) {
  tracing::Tracer::Headers headers = {.traceparents = HeadersOf(context, "traceparent")};
  if (!headers.traceparents.empty()) headers.tracestates = HeadersOf(context, "tracestate");
  return tracer.Begin(headers);
}

void RecordCall(const MethodFacts& facts, const Origin& origin, absl::Time start, const absl::Status& status) {
  Record(facts, origin, start, status, {});
}

void RecordStream(const MethodFacts& facts, const Origin& origin, absl::Time start, const absl::Status& status,
                  int64_t steps) {
  Record(facts, origin, start, status, {{"inventory.steps", steps}});
}

void RecordRead(const tracing::Trace* trace, const ReadTimes& times, const absl::Status& status) {
  if (trace == nullptr || !trace->sampled()) return;
  tracing::Span span{.trace = *trace,
                     .id = tracing::NewSpanId(),
                     .parent = trace->call,
                     .name = "wait for a reader",
                     .start = times.asked,
                     .end = std::min(times.start, times.end)};
  trace->sink->Take(span);
  if (times.start > times.end) return;
  span.id = tracing::NewSpanId();
  span.name = "read";
  span.kind = tracing::SpanKind::kClient;
  span.start = times.start;
  span.end = times.end;
  span.attributes = {{"db.system", tracing::kDatabaseSystem}};
  span.failed = IsServersFault(status.code());
  trace->sink->Take(span);
}

}  // namespace inventory::rpc
