#include "server/serve.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "server/background/health_monitor.h"
#include "server/commands/mismatches.h"
#include "server/database.h"
#include "server/engine.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/metrics_endpoint.h"
#include "server/net/descriptors.h"
#include "server/options/transport.h"
#include "server/periodic.h"
#include "server/rpc/grpc_log.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/ids.h"
#include "server/tls/store.h"
#include "server/tracing/otlp.h"
#include "server/workers.h"

namespace inventory::server {
namespace {

// Many open connections need many descriptors. No more are taken than there are descriptors for.
ServerOptions FitToDescriptors(ServerOptions options) {
  const std::size_t limit = net::RaiseDescriptorLimit();
  const std::size_t most = net::DescriptorsForConnections(limit);
  Log(LogLevel::kInfo, "descriptors", {{"limit", absl::StrCat(limit)}});
  if (options.max_connections <= most) return options;
  Log(LogLevel::kWarning, "the limit of descriptors is low: fewer connections are taken than max-connections",
      {{"limit", absl::StrCat(limit)},
       {"max_connections", absl::StrCat(options.max_connections)},
       {"taken", absl::StrCat(most)}});
  options.max_connections = most;
  return options;
}

void WarnOfPlaintext(const ServerOptions& options) {
  if (options.tls_cert_file.empty() && !options::IsLocal(options.listen)) {
    Log(LogLevel::kWarning, "gRPC WITHOUT TLS is reached by other machines: whoever is on the way reads and changes it",
        {{"listen", options.listen}});
  }
  if (options.metrics_tls == MetricsTls::kOff && !options.metrics_listen.empty() &&
      !options::IsLocal(options.metrics_listen)) {
    Log(LogLevel::kWarning, "metrics WITHOUT TLS are reached by other machines", {{"listen", options.metrics_listen}});
  }
}

// The certificates in use; null without TLS.
absl::StatusOr<std::unique_ptr<tls::Store>> OpenCertificates(const ServerOptions& options, Metrics& metrics) {
  if (options.tls_cert_file.empty()) return nullptr;
  absl::StatusOr<std::unique_ptr<tls::Store>> store =
      tls::Store::Open({.files = {.certificate = options.tls_cert_file,
                                  .key = options.tls_key_file,
                                  .client_ca = options.tls_client_ca_file},
                        .expiry_warning = options.tls_expiry_warning,
                        .read = [&metrics](std::string_view outcome) { metrics.CertificatesRead(outcome); }});
  if (!store.ok()) return absl::FailedPreconditionError(absl::StrCat("TLS: ", store.status().message()));
  return store;
}

// For metrics, which may be read when nobody listens to health any more.
using Health = std::shared_ptr<std::atomic<bool>>;

void AddServerGauges(Metrics& metrics, const Health& healthy) {
  metrics.AddGauge("inventory_build_info", "1, with the version of the server.", {{"version", INVENTORY_VERSION}},
                   [] { return 1.0; });
  metrics.AddGauge("inventory_database_up", "1 while the database answers and takes writes.", {},
                   [healthy] { return *healthy ? 1.0 : 0.0; });
  metrics.AddCounter("inventory_verify_mismatches_total", "Numbers found by VerifyStock that don't add up.", {},
                     [] { return static_cast<double>(commands::MismatchesFound()); });
}

// Where traces go; null if they are not exported.
absl::StatusOr<std::unique_ptr<tracing::SpanExport>> OpenTraces(const ServerOptions& options) {
  if (options.otlp_endpoint.empty()) return nullptr;
  tracing::OtlpOptions otlp = {.endpoint = std::string(absl::StripSuffix(options.otlp_endpoint, "/")),
                               .ca_file = options.otlp_ca_file,
                               .timeout = options.otlp_timeout,
                               .version = INVENTORY_VERSION,
                               .instance = rpc::NewId(),
                               .log = Log};
  if (!options.otlp_headers_file.empty()) {
    absl::StatusOr<tracing::HttpHeaders> headers = tracing::ReadHeaders(options.otlp_headers_file);
    if (!headers.ok()) return absl::FailedPreconditionError(headers.status().message());
    otlp.headers = *std::move(headers);
  }
  return tracing::OpenOtlp(otlp);
}

void AddSpanCounters(Metrics& metrics, const tracing::SpanExport& traces) {
  const auto add = [&](const char* outcome, uint64_t tracing::SpanCounts::*count) {
    metrics.AddCounter("inventory_spans_total", "Spans of traces, by what has become of them.", {{"outcome", outcome}},
                       [&traces, count] { return static_cast<double>(traces.counts().*count); });
  };
  add("exported", &tracing::SpanCounts::exported);
  add("failed", &tracing::SpanCounts::failed);
  add("dropped", &tracing::SpanCounts::dropped);
}

void AddConnectionGauges(Metrics& metrics, rpc::GrpcServer& server, const tls::Store* certificates) {
  metrics.AddGauge("inventory_connections", "Open connections of gRPC.", {},
                   [&server] { return static_cast<double>(server.connections()); });
  metrics.AddCounter("inventory_call_threads_helped_total",
                     "Times that a thread which takes calls had no rest for 5 ms and was helped.", {},
                     [&server] { return static_cast<double>(server.helped()); });
  if (certificates == nullptr) return;
  metrics.AddGauge(
      "inventory_tls_certificate_expiry_timestamp_seconds", "When the certificate in use expires, in Unix seconds.", {},
      [certificates] { return static_cast<double>(absl::ToUnixSeconds(certificates->current()->not_after)); });
  metrics.AddGauge("inventory_tls_certificate_lifetime_seconds",
                   "From when until when the certificate in use is valid.", {}, [certificates] {
                     const auto current = certificates->current();
                     return absl::ToDoubleSeconds(current->not_after - current->not_before);
                   });
  metrics.AddGauge("inventory_tls_files_refused", "1 while the files on disk are not in use because they are broken.",
                   {}, [certificates] { return certificates->refused() ? 1.0 : 0.0; });
}

// Cuts who is too slow.
absl::Duration CutSlow(rpc::Runtime& runtime, Metrics& metrics, absl::Duration patience) {
  for (int i = runtime.open_calls().CutSlow(); i > 0; --i) metrics.Refused("call", "slow_client");
  for (int i = runtime.awaited_requests().CutSlow(); i > 0; --i) metrics.Refused("request", "slow_client");
  for (rpc::Streams* streams : {&runtime.streams(), &runtime.watches()}) {
    for (int i = streams->CutSlow(); i > 0; --i) metrics.Refused(streams->metric(), "slow_client");
  }
  return std::min(absl::Seconds(1), patience / 4);
}

// Waits for what another signal has `hurry` shorten.
void Await(const std::future<void>& ended, Signals& signals, const std::function<void()>& hurry) {
  while (ended.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    if (signals.Wait(absl::ZeroDuration(), /*requests=*/2)) hurry();
  }
}

// Stops in steps, so that callers who watch health or listen to load balancers are gone before any is refused. Another
// signal ends all waiting.
void StopCalls(rpc::GrpcServer& server, const ServerOptions& options, absl::Time drained, Signals& signals) {
  signals.Wait(drained - absl::Now(), /*requests=*/2);
  const std::future<void> stopped =
      std::async(std::launch::async, [&server, &options] { server.Stop(options.shutdown_grace); });
  Await(stopped, signals, [&server] { server.CancelCalls(); });
}

// Posts the spans that wait, unless another signal ends all waiting.
void StopTraces(tracing::SpanExport& traces, Signals& signals) {
  const std::future<void> stopped = std::async(std::launch::async, [&traces] { traces.Stop(); });
  Await(stopped, signals, [&traces] { traces.GiveUp(); });
}

absl::Status ServeOn(const Database& database, const ServerOptions& options, const tls::Store* certificates,
                     MetricsEndpoint& endpoint, Metrics& metrics, const Health& healthy, tracing::SpanSink* spans,
                     Signals& signals) {
  Engine engine(options, database.connection_options(), metrics, spans);
  auto server = rpc::GrpcServer::Start(options, engine.runtime(), certificates);
  if (!server.ok()) return server.status();
  AddConnectionGauges(metrics, **server, certificates);
  Periodic slow(
      [&engine, &metrics, &options] { return CutSlow(engine.runtime(), metrics, options.slow_client_timeout); });
  Workers workers(options, engine, metrics);
  background::HealthMonitor health(database.connection_options(), [&server, &endpoint, healthy](bool answers) {
    Log(answers ? LogLevel::kInfo : LogLevel::kError,
        answers ? "serving" : "not serving: the database does not answer");
    *healthy = answers;
    (*server)->SetServing(answers);
    endpoint.SetReady(answers);
  });
  Log(LogLevel::kInfo, "listening",
      {{"grpc", options.listen},
       {"port", absl::StrCat((*server)->port())},
       {"tls", certificates != nullptr ? "on" : "off"},
       {"metrics", options.metrics_listen}});
  signals.Wait(absl::InfiniteDuration());

  Log(LogLevel::kInfo, "stopping",
      {{"grace", absl::FormatDuration(options.shutdown_grace)},
       {"drain_delay", absl::FormatDuration(options.drain_delay)}});
  const absl::Time drained = absl::Now() + options.drain_delay;
  (*server)->Drain();
  health.Stop();
  endpoint.SetReady(false);
  StopCalls(**server, options, drained, signals);
  workers.Stop();
  engine.Stop();
  // Some read from the server, which ends first.
  metrics.RemoveGauges();
  Log(LogLevel::kInfo, "stopped");
  return absl::OkStatus();
}

}  // namespace

absl::Status Serve(const ServerOptions& asked, Signals& signals) {
  rpc::TakeGrpcLog();
  Log(LogLevel::kInfo, "inventory-server", {{"version", INVENTORY_VERSION}});
  const ServerOptions options = FitToDescriptors(asked);
  WarnOfPlaintext(options);
  const absl::StatusOr<std::unique_ptr<tracing::SpanExport>> traces = OpenTraces(options);
  if (!traces.ok()) return traces.status();
  Metrics metrics;
  absl::StatusOr<std::unique_ptr<tls::Store>> certificates = OpenCertificates(options, metrics);
  if (!certificates.ok()) return certificates.status();
  std::optional<Periodic> reload;
  if (*certificates != nullptr) {
    reload.emplace([&certificates, &options] {
      (*certificates)->Look();
      return options.tls_reload_interval;
    });
  }
  MetricsEndpoint endpoint;
  absl::Status exposed =
      endpoint.Start({.address = options.metrics_listen,
                      .certificates = options.metrics_tls == MetricsTls::kOff ? nullptr : certificates->get(),
                      .mutual = options.metrics_tls == MetricsTls::kMutual,
                      .most = options.max_metrics_connections},
                     metrics);
  if (!exposed.ok()) return exposed;
  const auto healthy = std::make_shared<std::atomic<bool>>(false);
  AddServerGauges(metrics, healthy);
  if (*traces != nullptr) AddSpanCounters(metrics, **traces);
  absl::StatusOr<Database> database = Database::Open(options, signals);
  if (!database.ok()) return database.status();
  absl::Status prepared = database->Prepare(options, options.migrate_on_start);
  if (!prepared.ok()) return prepared;
  absl::Status served =
      ServeOn(*database, options, certificates->get(), endpoint, metrics, healthy, traces->get(), signals);
  if (*traces != nullptr) StopTraces(**traces, signals);
  return served;
}

absl::Status MigrateDatabase(const ServerOptions& options, Signals& signals) {
  absl::StatusOr<Database> database = Database::Open(options, signals, Database::WhenRefused::kGiveUp);
  if (!database.ok()) return database.status();
  return database->Prepare(options, /*migrate=*/true);
}

}  // namespace inventory::server
