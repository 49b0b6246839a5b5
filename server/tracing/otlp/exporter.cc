// The library that exports traces by OTLP: all that knows OpenTelemetry's.
#include "opentelemetry/sdk/trace/exporter.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <cstring>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "opentelemetry/exporters/otlp/otlp_http_exporter_factory.h"
#include "opentelemetry/exporters/otlp/otlp_http_exporter_options.h"
#include "opentelemetry/sdk/common/global_log_handler.h"
#include "opentelemetry/sdk/instrumentationscope/instrumentation_scope.h"
#include "opentelemetry/sdk/resource/resource.h"
#include "opentelemetry/sdk/resource/resource_detector.h"
#include "opentelemetry/sdk/trace/recordable.h"
#include "opentelemetry/trace/span_context.h"
#include "opentelemetry/trace/trace_state.h"
#include "server/tracing/otlp.h"
#include "server/tracing/otlp/export_log.h"
#include "server/tracing/otlp/span_queue.h"
#include "storage/mutex.h"

namespace inventory::tracing {
namespace {

namespace otel = opentelemetry;
using otel::sdk::common::ExportResult;
using otel::sdk::common::internal_log::GlobalLogHandler;
using otel::sdk::common::internal_log::LogHandler;
using otel::sdk::trace::Recordable;

// The most spans of a post. As many wake the thread that posts.
constexpr std::size_t kMostOfAPost = 512;

// Keeps what OpenTelemetry's libraries complain of, for whoever says what came of it. They would say it with every
// post, and not in the log's format.
class Complaints final : public LogHandler {
 public:
  void Handle(otel::sdk::common::internal_log::LogLevel, const char*, int, const char* message,
              const otel::sdk::common::AttributeMap&) noexcept override {
    storage::MutexLock lock(mutex_);
    if (message == nullptr || said_.size() > kEnough) return;
    said_.append(said_.empty() ? "" : "; ").append(message, strnlen(message, kEnough));
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

// Makes of a span what OpenTelemetry's exporter takes. Used by one thread.
class Recorder {
 public:
  // Both must outlive it.
  Recorder(otel::sdk::trace::SpanExporter& exporter, const OtlpOptions& options)
      : exporter_(exporter),
        resource_(ResourceOf(options)),
        scope_(otel::sdk::instrumentationscope::InstrumentationScope::Create("inventory-server", options.version)) {}

  std::unique_ptr<Recordable> Record(const EndedSpan& span) {
    std::unique_ptr<Recordable> record = exporter_.MakeRecordable();
    const otel::trace::TraceFlags flags(otel::trace::TraceFlags::kIsSampled);
    record->SetIdentity({otel::trace::TraceId(span.trace_id), otel::trace::SpanId(span.id), flags,
                         /*is_remote=*/false, StateOf(span.state)},
                        otel::trace::SpanId(span.parent));
    record->SetTraceFlags(flags);
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
    return record;
  }

 private:
  // Parsing takes regular expressions, and spans of a trace mostly come together.
  const otel::nostd::shared_ptr<otel::trace::TraceState>& StateOf(const std::string& header) {
    if (header != header_) {
      header_ = header;
      state_ = otel::trace::TraceState::FromHeader(View(header));
    }
    return state_;
  }

  otel::sdk::trace::SpanExporter& exporter_;
  const otel::sdk::resource::Resource resource_;
  const std::unique_ptr<otel::sdk::instrumentationscope::InstrumentationScope> scope_;
  std::string header_;
  otel::nostd::shared_ptr<otel::trace::TraceState> state_ = otel::trace::TraceState::GetDefault();
};

// Posts spans by OpenTelemetry's exporter, on a thread of its own: whoever hands over a span only copies it. Neither
// its tracers are used, as a span of theirs gets its id only when it starts and ours are recorded when they have ended,
// nor its processor of batches, which doesn't tell what it drops.
class OtlpExport final : public SpanExport {
 public:
  explicit OtlpExport(const OtlpOptions& options)
      : timeout_(absl::ToChronoNanoseconds(options.timeout)),
        pause_(options.pause),
        exporter_(MakeExporter(options)),
        recorder_(*exporter_, options),
        log_(options.log),
        queue_(options.most_waiting, kMostOfAPost),
        thread_([this] { Run(); }) {}

  ~OtlpExport() override { Stop(); }

  void Take(const Span& span) override { queue_.Put(span); }

  SpanCounts counts() const override {
    return {.exported = exported_, .failed = failed_, .dropped = too_late_ + queue_.dropped()};
  }

  void Stop() override {
    storage::MutexLock lock(stopping_);
    if (!thread_.joinable()) return;
    const auto end_by = std::chrono::steady_clock::now() + timeout_;
    int64_t never = INT64_MAX;
    end_by_.compare_exchange_strong(never, end_by.time_since_epoch().count());
    queue_.Close();
    thread_.join();
    log_.NoteLast(counts());
  }

  // Nothing of OpenTelemetry's ends a post early: its exporter's Shutdown waits for it, too.
  void GiveUp() override { end_by_ = 0; }

 private:
  void Run() {
    std::vector<EndedSpan> spans;
    while (queue_.Take(pause_, spans)) {
      for (std::size_t first = 0; first < spans.size(); first += kMostOfAPost) {
        const std::size_t count = std::min(kMostOfAPost, spans.size() - first);
        Post({spans.data() + first, count});
        queue_.Gone(count);
        Note();
      }
      // What was put off is said without a post, too.
      Note();
    }
  }

  void Note() { log_.Note(counts(), std::chrono::steady_clock::now()); }

  void Post(std::span<EndedSpan> spans) {
    if (std::chrono::steady_clock::now().time_since_epoch().count() > end_by_) {
      too_late_ += spans.size();
      return;
    }
    std::vector<std::unique_ptr<Recordable>> records;
    records.reserve(spans.size());
    for (EndedSpan& span : spans) records.push_back(recorder_.Record(EndedSpan(std::move(span))));
    const ExportResult result = exporter_->Export({records.data(), records.size()});
    // By version 1.19 every post is a success, and only a complaint tells which were not.
    const std::string said = TheComplaints().Take();
    if (result == ExportResult::kSuccess && said.empty()) {
      exported_ += spans.size();
    } else {
      failed_ += spans.size();
      log_.Failed(said);
    }
  }

  const std::chrono::nanoseconds timeout_;
  const absl::Duration pause_;
  const std::unique_ptr<otel::sdk::trace::SpanExporter> exporter_;
  Recorder recorder_;
  ExportLog log_;
  SpanQueue queue_;
  std::atomic<uint64_t> exported_ = 0;
  std::atomic<uint64_t> failed_ = 0;
  std::atomic<uint64_t> too_late_ = 0;
  std::atomic<int64_t> end_by_ = INT64_MAX;  // By the steady clock.
  storage::Mutex stopping_;
  std::thread thread_;  // The last member: it uses the others.
};

}  // namespace
}  // namespace inventory::tracing

// What may differ between builds is touched only once both are known to be the same.
extern "C" __attribute__((visibility("default"))) inventory::tracing::SpanExport* InventoryMakeOtlpExport(
    const inventory::tracing::OtlpAbi& abi, const inventory::tracing::OtlpOptions& options, std::string& why) {
  const inventory::tracing::OtlpAbi own;
  if (std::string_view(abi.version) != own.version || abi.options_bytes != own.options_bytes ||
      abi.span_bytes != own.span_bytes || abi.trace_bytes != own.trace_bytes) {
    return nullptr;
  }
  try {
    return new inventory::tracing::OtlpExport(options);
  } catch (const std::exception& failure) {
    why = failure.what();
  } catch (...) {
    why = "unknown failure";
  }
  return nullptr;
}
