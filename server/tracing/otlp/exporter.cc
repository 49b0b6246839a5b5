// The library that exports traces by OTLP: all that knows OpenTelemetry's.
#include "opentelemetry/sdk/trace/exporter.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <string>
#include <utility>

#include "opentelemetry/exporters/otlp/otlp_http_exporter_factory.h"
#include "opentelemetry/exporters/otlp/otlp_http_exporter_options.h"
#include "opentelemetry/sdk/common/global_log_handler.h"
#include "opentelemetry/sdk/instrumentationscope/instrumentation_scope.h"
#include "opentelemetry/sdk/resource/resource.h"
#include "opentelemetry/sdk/resource/resource_detector.h"
#include "opentelemetry/sdk/trace/batch_span_processor.h"
#include "opentelemetry/sdk/trace/batch_span_processor_options.h"
#include "opentelemetry/sdk/trace/recordable.h"
#include "opentelemetry/trace/span_context.h"
#include "opentelemetry/trace/trace_state.h"
#include "server/tracing/otlp.h"
#include "storage/mutex.h"

namespace inventory::tracing {
namespace {

namespace otel = opentelemetry;
using otel::sdk::common::ExportResult;
using otel::sdk::common::internal_log::GlobalLogHandler;
using otel::sdk::common::internal_log::LogHandler;
using Recordables = otel::nostd::span<std::unique_ptr<otel::sdk::trace::Recordable>>;
using LogTo = decltype(OtlpOptions::log);

// Keeps what OpenTelemetry's libraries complain of, for whoever says what came of it. They would say it with every
// post, and not in the log's format.
class Complaints final : public LogHandler {
 public:
  void Handle(otel::sdk::common::internal_log::LogLevel, const char*, int, const char* message,
              const otel::sdk::common::AttributeMap&) noexcept override {
    storage::MutexLock lock(mutex_);
    if (message == nullptr || said_.size() > kEnough) return;
    said_.append(said_.empty() ? "" : "; ").append(message);
  }

  std::string Take() {
    storage::MutexLock lock(mutex_);
    return std::exchange(said_, "");
  }

 private:
  static constexpr std::size_t kEnough = 1000;

  storage::Mutex mutex_;
  std::string said_ GUARDED_BY(mutex_);
};

// The only ones: there is one handler for all. From the first call on they are kept.
Complaints& TheComplaints() {
  static const auto& complaints = *new std::shared_ptr<Complaints>([] {
    auto made = std::make_shared<Complaints>();
    GlobalLogHandler::SetLogHandler(otel::nostd::shared_ptr<LogHandler>(std::shared_ptr<LogHandler>(made)));
    GlobalLogHandler::SetLogLevel(otel::sdk::common::internal_log::LogLevel::Error);
    return made;
  }());
  return *complaints;
}

// Exports, and logs when that stops and begins to work and when spans are dropped. Called by one thread at a time.
class WatchedExporter final : public otel::sdk::trace::SpanExporter {
 public:
  WatchedExporter(std::unique_ptr<otel::sdk::trace::SpanExporter> exporter, const OtlpOptions& options,
                  const std::atomic<uint64_t>& taken, const std::atomic<int64_t>& end_by)
      : exporter_(std::move(exporter)),
        log_(options.log),
        most_waiting_(options.most_waiting),
        taken_(taken),
        end_by_(end_by) {}

  std::unique_ptr<otel::sdk::trace::Recordable> MakeRecordable() noexcept override {
    return exporter_->MakeRecordable();
  }

  ExportResult Export(const Recordables& spans) noexcept override {
    seen_ += spans.size();
    NoteDropped();
    if (std::chrono::steady_clock::now().time_since_epoch().count() > end_by_) return ExportResult::kFailure;
    const ExportResult result = exporter_->Export(spans);
    NoteResult(result == ExportResult::kSuccess);
    return result;
  }

  bool ForceFlush(std::chrono::microseconds timeout) noexcept override { return exporter_->ForceFlush(timeout); }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override { return exporter_->Shutdown(timeout); }

 private:
  // By version 1.19 every post is a success, and only a complaint tells which were not.
  void NoteResult(bool success) {
    const std::string said = TheComplaints().Take();
    const bool works = success && said.empty();
    if (works == works_) return;
    works_ = works;
    if (works) {
      log_(server::LogLevel::kInfo, "traces are exported again", {});
    } else {
      log_(server::LogLevel::kWarning, "traces can't be exported; what is recorded meanwhile is lost",
           {{"error", said}});
    }
  }

  // What was taken, has not come here and can't be waiting either.
  void NoteDropped() {
    const uint64_t waiting_or_dropped = taken_ - seen_;
    const uint64_t dropped = waiting_or_dropped - std::min<uint64_t>(waiting_or_dropped, most_waiting_);
    const auto now = std::chrono::steady_clock::now();
    if (dropped <= dropped_ || now < say_no_more_before_) return;
    log_(server::LogLevel::kWarning, "more spans than can be exported: some were dropped; lower trace-ratio",
         {{"dropped", std::to_string(dropped - dropped_)}});
    dropped_ = dropped;
    say_no_more_before_ = now + std::chrono::minutes(1);
  }

  const std::unique_ptr<otel::sdk::trace::SpanExporter> exporter_;
  const LogTo log_;
  const uint64_t most_waiting_;
  const std::atomic<uint64_t>& taken_;
  const std::atomic<int64_t>& end_by_;  // By the steady clock.
  uint64_t seen_ = 0;
  uint64_t dropped_ = 0;  // Of which the log has told.
  std::chrono::steady_clock::time_point say_no_more_before_ = {};
  bool works_ = true;
};

// What OpenTelemetry's own variables say wins: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
otel::sdk::resource::Resource ResourceOf(const OtlpOptions& options) {
  char host[HOST_NAME_MAX + 1] = {};
  gethostname(host, sizeof(host) - 1);
  return otel::sdk::resource::Resource::Create({{"service.name", "inventory-server"},
                                                {"service.version", options.version},
                                                {"service.instance.id", options.instance},
                                                {"host.name", std::string(host)}})
      .Merge(otel::sdk::resource::OTELResourceDetector().Detect());
}

std::unique_ptr<otel::sdk::trace::SpanExporter> MakeExporter(const OtlpOptions& options) {
  TheComplaints();
  otel::exporter::otlp::OtlpHttpExporterOptions http;
  http.url = options.endpoint + "/v1/traces";
  http.content_type = otel::exporter::otlp::HttpRequestContentType::kBinary;
  http.timeout = absl::ToChronoMilliseconds(options.timeout);
  for (const auto& [name, value] : options.headers) {
    http.http_headers.erase(name);
    http.http_headers.emplace(name, value);
  }
  if (!options.ca_file.empty()) http.ssl_ca_cert_path = options.ca_file;
  http.retry_policy_max_attempts = 0;
  return otel::exporter::otlp::OtlpHttpExporterFactory::Create(http);
}

otel::trace::SpanKind KindOf(SpanKind kind) {
  switch (kind) {
    case SpanKind::kServer:
      return otel::trace::SpanKind::kServer;
    case SpanKind::kClient:
      return otel::trace::SpanKind::kClient;
    case SpanKind::kInternal:
      break;
  }
  return otel::trace::SpanKind::kInternal;
}

otel::nostd::string_view View(std::string_view text) { return {text.data(), text.size()}; }

otel::trace::SpanContext ContextOf(const Span& span) {
  return {otel::trace::TraceId(span.trace.id), otel::trace::SpanId(span.id),
          otel::trace::TraceFlags(otel::trace::TraceFlags::kIsSampled), /*is_remote=*/false,
          span.trace.state.empty() ? otel::trace::TraceState::GetDefault()
                                   : otel::trace::TraceState::FromHeader(View(span.trace.state))};
}

// Hands spans to OpenTelemetry's processor, whose thread exports them in batches. Its tracers are not used: a span of
// theirs gets its id only when it starts, and ours are recorded when they have ended.
class OtlpSink final : public SpanSink {
 public:
  explicit OtlpSink(const OtlpOptions& options)
      : timeout_(absl::ToChronoNanoseconds(options.timeout)),
        resource_(ResourceOf(options)),
        scope_(otel::sdk::instrumentationscope::InstrumentationScope::Create("inventory-server", options.version)),
        processor_(std::make_unique<WatchedExporter>(MakeExporter(options), options, taken_, end_by_),
                   {.max_queue_size = options.most_waiting,
                    .schedule_delay_millis = absl::ToChronoMilliseconds(options.pause)}) {}

  ~OtlpSink() override {
    end_by_ = (std::chrono::steady_clock::now() + timeout_).time_since_epoch().count();
    processor_.Shutdown();
  }

  void Take(const Span& span) override {
    std::unique_ptr<otel::sdk::trace::Recordable> record = processor_.MakeRecordable();
    const otel::trace::SpanContext context = ContextOf(span);
    record->SetIdentity(context, otel::trace::SpanId(span.parent));
    record->SetTraceFlags(context.trace_flags());
    record->SetResource(resource_);
    record->SetInstrumentationScope(*scope_);
    record->SetName(View(span.name));
    record->SetSpanKind(KindOf(span.kind));
    record->SetStartTime(otel::common::SystemTimestamp(absl::ToChronoTime(span.start)));
    record->SetDuration(absl::ToChronoNanoseconds(std::max(span.end - span.start, absl::ZeroDuration())));
    for (const Span::Attribute& attribute : span.attributes) {
      if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
        record->SetAttribute(View(attribute.key), *number);
      } else {
        record->SetAttribute(View(attribute.key), View(std::get<std::string>(attribute.value)));
      }
    }
    if (span.failed) record->SetStatus(otel::trace::StatusCode::kError, "");
    ++taken_;
    processor_.OnEnd(std::move(record));
  }

 private:
  const std::chrono::nanoseconds timeout_;
  std::atomic<uint64_t> taken_ = 0;
  std::atomic<int64_t> end_by_ = INT64_MAX;
  const otel::sdk::resource::Resource resource_;
  const std::unique_ptr<otel::sdk::instrumentationscope::InstrumentationScope> scope_;
  otel::sdk::trace::BatchSpanProcessor processor_;
};

}  // namespace
}  // namespace inventory::tracing

// Both sides know the version before they touch anything that may differ between versions.
extern "C" __attribute__((visibility("default"))) inventory::tracing::SpanSink* InventoryMakeOtlpSink(
    const char* server_version, const inventory::tracing::OtlpOptions& options) {
  if (std::string_view(server_version) != INVENTORY_VERSION) return nullptr;
  return new inventory::tracing::OtlpSink(options);
}
