#include "server/metrics.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "prometheus/metric_family.h"
#include "server/activities/activity.h"
#include "server/errors.h"
#include "server/process_metrics.h"
#include "server/stock_metrics.h"

namespace inventory::server {
namespace {

using CounterFamily = prometheus::Family<prometheus::Counter>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;
using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets& Seconds() {
  static const auto* const buckets =
      new Buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *buckets;
}

const Buckets& Commands() {
  static const auto* const buckets = new Buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
  return *buckets;
}

// A name that is already there gives the same family again.
CounterFamily& Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

HistogramFamily& Histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

enum Outcome { kOk, kRefused, kFailed, kCancelled };
constexpr std::array<const char*, 4> kOutcomeNames = {"ok", "refused", "failed", "cancelled"};

// Failed is what an operator must look at; refused is what the caller is told about its request.
Outcome OutcomeOf(const absl::Status& answer) {
  switch (answer.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDeadlineExceeded:
      return kFailed;
    case absl::StatusCode::kCancelled:
      return kCancelled;
    default:
      return kRefused;
  }
}

// Gauges, and counters, that are read when they are collected. Thread-safe.
class Gauges final : public prometheus::Collectable {
 public:
  void Add(prometheus::MetricType type, const std::string& name, const std::string& help,
           const std::map<std::string, std::string>& labels, std::function<double()> read) {
    storage::MutexLock lock(mutex_);
    Family& family = families_[name];
    family.type = type;
    family.help = help;
    family.series.emplace_back(labels, std::move(read));
  }

  void Clear() {
    storage::MutexLock lock(mutex_);
    families_.clear();
  }

  // Reads with the mutex held, so that Clear waits for the last read.
  std::vector<prometheus::MetricFamily> Collect() const override {
    storage::MutexLock lock(mutex_);
    std::vector<prometheus::MetricFamily> all;
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily& collected = all.emplace_back();
      collected.name = name;
      collected.help = family.help;
      collected.type = family.type;
      for (const auto& [labels, read] : family.series) {
        prometheus::ClientMetric& metric = collected.metric.emplace_back();
        for (const auto& [label, value] : labels) metric.label.push_back({label, value});
        (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = read();
      }
    }
    return all;
  }

 private:
  struct Family {
    prometheus::MetricType type = prometheus::MetricType::Gauge;
    std::string help;
    std::vector<std::pair<std::map<std::string, std::string>, std::function<double()>>> series;
  };

  mutable storage::Mutex mutex_;
  std::map<std::string, Family> families_ GUARDED_BY(mutex_);
};

}  // namespace

RpcMetrics::RpcMetrics(prometheus::Registry& registry, const std::string& service, const std::string& method)
    : totals_(Counters(registry, "inventory_rpc_total", "RPCs answered.")),
      durations_(Histograms(registry, "inventory_rpc_duration_seconds", "Time from an RPC's arrival to its answer.")),
      service_(service),
      method_(method) {}

RpcMetrics::~RpcMetrics() {
  for (std::atomic<ByCode*>& slot : by_code_) delete slot.load(std::memory_order_acquire);
}

void RpcMetrics::Record(int code, absl::Duration duration) {
  if (code < 0 || code >= kCodes) code = static_cast<int>(absl::StatusCode::kUnknown);
  ByCode* series = by_code_[code].load(std::memory_order_acquire);
  if (series == nullptr) series = &Make(code);
  series->total.Increment();
  series->duration.Observe(absl::ToDoubleSeconds(duration));
}

RpcMetrics::ByCode& RpcMetrics::Make(int code) {
  storage::MutexLock lock(making_);
  ByCode* series = by_code_[code].load(std::memory_order_relaxed);
  if (series == nullptr) {
    const prometheus::Labels labels = {{"service", service_},
                                       {"method", method_},
                                       {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}};
    series = new ByCode{totals_.Add(labels), durations_.Add(labels, Seconds())};
    by_code_[code].store(series, std::memory_order_release);
  }
  return *series;
}

struct Metrics::Parts final : public prometheus::Collectable {
  // Makes the series whose labels are known, so that they start at zero: a rate needs a value before the first event.
  Parts() {
    for (const char* reason :
         {"deadlock", "lock_timeout", "connection_lost", "duplicate", "event_log", "item", "split"}) {
      batch_retries.Add({{"reason", reason}});
    }
    for (const auto& [what, reason] :
         {std::pair("connection", "too_many"), std::pair("connection", "too_many_of_an_address"),
          std::pair("connection", "no_descriptors"), std::pair("call", "too_many_of_a_caller"),
          std::pair("call", "too_many_bytes"), std::pair("call", "slow_client"), std::pair("call", "queue_full"),
          std::pair("request", "slow_client"), std::pair("request", "too_many_of_a_host"),
          std::pair("stream", "slow_client"), std::pair("stream", "too_many"), std::pair("watch", "slow_client"),
          std::pair("watch", "too_many"), std::pair("watch", "too_far_behind"),
          std::pair("metrics_connection", "too_many"), std::pair("metrics_connection", "too_many_of_an_address"),
          std::pair("metrics_connection", "no_descriptors"), std::pair("metrics_connection", "no_thread")}) {
      refusals.emplace(std::pair(what, reason), &refused.Add({{"what", what}, {"reason", reason}}));
    }
    for (const char* reason :
         {"CREDENTIALS_MISSING",    "CREDENTIALS_MALFORMED",   "CERTIFICATE_AMBIGUOUS",   "IDENTITY_TOO_LONG",
          "TLS_REQUIRED",           "TOKENS_NOT_ACCEPTED",     "TOKEN_TOO_LARGE",         "TOKEN_MALFORMED",
          "TOKEN_KEY_UNKNOWN",      "TOKEN_ALGORITHM_REFUSED", "TOKEN_SIGNATURE_INVALID", "TOKEN_ISSUER_REFUSED",
          "TOKEN_AUDIENCE_REFUSED", "TOKEN_CLAIM_MISSING",     "TOKEN_EXPIRED",           "TOKEN_NOT_YET_VALID",
          "TOO_MANY_BAD_TOKENS",    "ROLE_REQUIRED",           "SCOPE_NOT_SUPPORTED",     "OUT_OF_SCOPE"}) {
      denied.Add({{"reason", reason}});
    }
    for (const char* outcome : {"taken", "refused"}) certificates_read.Add({{"outcome", outcome}});
    for (const char* reason : {"deadline", "cancelled"}) commands_dropped.Add({{"reason", reason}});
    for (const activities::Activity* activity : activities::All()) {
      for (const char* outcome : {"done", "retry", "dead"}) {
        low_stock_attempts.Add({{"activity", std::string(activity->key())}, {"outcome", outcome}});
      }
    }
  }

  void Batch(const pipeline::BatchReport& report) {
    batch_commands.Observe(static_cast<double>(report.jobs.size()));
    batch_duration.Observe(absl::ToDoubleSeconds(report.total));
    commit_duration.Observe(absl::ToDoubleSeconds(report.commit));
    holds_released.Increment(static_cast<double>(report.holds_released));
    stock.Committed(report.tally);
    for (const pipeline::Job* job : report.jobs) {
      // A clock that was put back makes nobody wait less than not at all.
      if (job->rounds == 0) queue_wait.Observe(std::max(0.0, absl::ToDoubleSeconds(report.start - job->submitted)));
    }
  }

  void Command(const pipeline::Job& job) {
    const Outcome outcome = OutcomeOf(job.answer);
    if (outcome == kRefused) stock.Refused(job);
    if (absl::IsInternal(job.answer) && ReasonOf(job.answer) == "STOCK_MISMATCH") stock_mismatches.Increment();
    const std::string_view command = job.command->name();
    storage::MutexLock lock(mutex);
    auto it = commands.find(command);
    if (it == commands.end()) {
      it = commands.emplace(command, std::array<prometheus::Counter*, kOutcomeNames.size()>()).first;
      for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
        it->second[i] = &commands_total.Add({{"command", std::string(command)}, {"outcome", kOutcomeNames[i]}});
      }
    }
    it->second[outcome]->Increment();
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> all = registry.Collect();
    std::vector<prometheus::MetricFamily> read = gauges.Collect();
    all.insert(all.end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
    std::vector<prometheus::MetricFamily> process = CollectProcess();
    all.insert(all.end(), std::make_move_iterator(process.begin()), std::make_move_iterator(process.end()));
    return all;
  }

  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  Gauges gauges;
  StockMetrics stock{registry};

  prometheus::Histogram& batch_commands =
      Histograms(registry, "inventory_batch_commands", "Commands in a committed batch.").Add({}, Commands());
  prometheus::Histogram& batch_duration =
      Histograms(registry, "inventory_batch_duration_seconds", "Time a batch took, from its first read to its commit.")
          .Add({}, Seconds());
  prometheus::Histogram& commit_duration =
      Histograms(registry, "inventory_commit_duration_seconds", "Time the writes and the commit of a batch took.")
          .Add({}, Seconds());
  prometheus::Histogram& queue_wait =
      Histograms(registry, "inventory_queue_wait_seconds",
                 "Time from a command's arrival to the start of the batch that committed it.")
          .Add({}, Seconds());
  prometheus::Counter& lane_busy =
      Counters(registry, "inventory_lane_busy_seconds_total", "Time lanes were not waiting for work, of all lanes.")
          .Add({});
  prometheus::Counter& holds_released =
      Counters(registry, "inventory_holds_released_total", "Expired holds that were released.").Add({});
  prometheus::Counter& holds_swept =
      Counters(registry, "inventory_holds_swept_total", "Holds that the sweeper ended.").Add({});
  CounterFamily& batch_retries =
      Counters(registry, "inventory_batch_retries_total", "Batches that ran again, by what made them.");
  CounterFamily& commands_dropped =
      Counters(registry, "inventory_commands_dropped_total", "Commands dropped before they ran.");
  CounterFamily& low_stock_attempts =
      Counters(registry, "inventory_low_stock_attempts_total", "Attempts of low-stock activities, by outcome.");
  CounterFamily& refused =
      Counters(registry, "inventory_limit_refusals_total",
               "Connections, requests on their way, calls and streams refused or cut to keep a limit.");
  // Of the pairs that are known from the start: in an overload most calls are refused, and for that as quickly as can
  // be.
  std::map<std::pair<std::string_view, std::string_view>, prometheus::Counter*> refusals;
  CounterFamily& certificates_read = Counters(registry, "inventory_tls_reloads_total",
                                              "New certificate files that were found, by what became of them.");
  CounterFamily& denied =
      Counters(registry, "inventory_denied_calls_total", "Calls denied for who their caller is, by reason.");
  prometheus::Counter& stock_mismatches =
      Counters(registry, "inventory_stock_mismatches_answered_total",
               "Writes that were refused because what is stored of the SKU contradicts itself.")
          .Add({});
  CounterFamily& commands_total = Counters(registry, "inventory_commands_total", "Commands ended, by outcome.");

  storage::Mutex mutex;
  std::map<std::string, std::array<prometheus::Counter*, kOutcomeNames.size()>, std::less<>> commands GUARDED_BY(mutex);
  std::map<std::string, std::unique_ptr<RpcMetrics>> methods GUARDED_BY(mutex);
};

Metrics::Metrics() : parts_(std::make_shared<Parts>()) {}

Metrics::~Metrics() { RemoveGauges(); }

RpcMetrics& Metrics::ForMethod(const std::string& full_name) {
  storage::MutexLock lock(parts_->mutex);
  std::unique_ptr<RpcMetrics>& method = parts_->methods[full_name];
  if (method == nullptr) {
    const std::size_t dot = full_name.rfind('.');
    method = dot == std::string::npos
                 ? std::make_unique<RpcMetrics>(parts_->registry, "", full_name)
                 : std::make_unique<RpcMetrics>(parts_->registry, full_name.substr(0, dot), full_name.substr(dot + 1));
  }
  return *method;
}

pipeline::Observer Metrics::PipelineObserver() {
  const std::shared_ptr<Parts> parts = parts_;
  pipeline::Observer observer;
  observer.batch = [parts](const pipeline::BatchReport& report) { parts->Batch(report); };
  observer.retry = [parts](std::string_view reason) {
    parts->batch_retries.Add({{"reason", std::string(reason)}}).Increment();
  };
  observer.dropped = [parts](std::string_view reason) {
    parts->commands_dropped.Add({{"reason", std::string(reason)}}).Increment();
  };
  observer.command = [parts](const pipeline::Job& job) { parts->Command(job); };
  observer.busy = [parts](absl::Duration time) {
    parts->lane_busy.Increment(std::max(0.0, absl::ToDoubleSeconds(time)));
  };
  return observer;
}

void Metrics::LowStockAttempt(const std::string& activity, std::string_view outcome) {
  parts_->low_stock_attempts.Add({{"activity", activity}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::Refused(std::string_view what, std::string_view reason) {
  const auto it = parts_->refusals.find({what, reason});
  if (it != parts_->refusals.end()) return it->second->Increment();
  parts_->refused.Add({{"what", std::string(what)}, {"reason", std::string(reason)}}).Increment();
}

void Metrics::CertificatesRead(std::string_view outcome) {
  parts_->certificates_read.Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::Denied(std::string_view reason) { parts_->denied.Add({{"reason", std::string(reason)}}).Increment(); }

void Metrics::HoldsSwept(std::size_t reservations) { parts_->holds_swept.Increment(static_cast<double>(reservations)); }

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       const std::map<std::string, std::string>& labels, std::function<double()> read) {
  parts_->gauges.Add(prometheus::MetricType::Gauge, name, help, labels, std::move(read));
}

void Metrics::AddCounter(const std::string& name, const std::string& help,
                         const std::map<std::string, std::string>& labels, std::function<double()> read) {
  parts_->gauges.Add(prometheus::MetricType::Counter, name, help, labels, std::move(read));
}

void Metrics::RemoveGauges() { parts_->gauges.Clear(); }

std::shared_ptr<prometheus::Collectable> Metrics::collectable() const { return parts_; }

}  // namespace inventory::server
