#include "server/metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "prometheus/metric_family.h"
#include "prometheus/text_serializer.h"
#include "server/errors.h"
#include "tests/unit/pipeline_jobs.h"

namespace inventory::server {
namespace {

std::string Exposed(const Metrics& metrics) {
  return prometheus::TextSerializer().Serialize(metrics.collectable()->Collect());
}

pipeline::Jobs MakeJobs(int count, const std::string& command = "SetStock") {
  pipeline::Jobs jobs;
  for (int i = 0; i < count; ++i) {
    jobs.push_back(std::make_unique<pipeline::Job>());
    jobs.back()->command = std::make_unique<pipeline::NoCommand>(command);
  }
  return jobs;
}

void End(const pipeline::Observer& observer, const absl::Status& answer, const std::string& command = "SetStock") {
  const pipeline::Jobs jobs = MakeJobs(1, command);
  jobs[0]->answer = answer;
  observer.command(*jobs[0]);
}

bool Has(const Metrics& metrics, const std::string& line) {
  return absl::StrContains(absl::StrCat("\n", Exposed(metrics)), absl::StrCat("\n", line, "\n"));
}

TEST(MetricsTest, CountsRpcsByMethodAndCode) {
  Metrics metrics;
  RpcMetrics& rpc = metrics.ForMethod("inventory.v1.InventoryService.SetStock");
  EXPECT_EQ(&rpc, &metrics.ForMethod("inventory.v1.InventoryService.SetStock"));
  rpc.Record(0, absl::Milliseconds(3));
  rpc.Record(0, absl::Milliseconds(4));
  rpc.Record(5, absl::Seconds(20));
  rpc.Record(99, absl::ZeroDuration());
  std::set<std::string> codes;
  double ok_calls = 0;
  for (const prometheus::MetricFamily& family : metrics.collectable()->Collect()) {
    if (family.name != "inventory_rpc_total") continue;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) {
        if (label.name == "service") {
          EXPECT_EQ(label.value, "inventory.v1.InventoryService");
        }
        if (label.name == "method") {
          EXPECT_EQ(label.value, "SetStock");
        }
        if (label.name == "code") codes.insert(label.value);
        if (label.name == "code" && label.value == "OK") ok_calls = metric.counter.value;
      }
    }
  }
  EXPECT_EQ(codes, (std::set<std::string>{"OK", "NOT_FOUND", "UNKNOWN"}));
  EXPECT_EQ(ok_calls, 2);
}

TEST(MetricsTest, RecordsFromManyThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      RpcMetrics& rpc = metrics.ForMethod("a.B.C");
      for (int call = 0; call < 1700; ++call) rpc.Record(call % 17, absl::Milliseconds(call));
    });
  }
  for (std::thread& thread : threads) thread.join();
  double total = 0;
  for (const prometheus::MetricFamily& family : metrics.collectable()->Collect()) {
    if (family.name != "inventory_rpc_total") continue;
    EXPECT_EQ(family.metric.size(), 17u);
    for (const auto& metric : family.metric) total += metric.counter.value;
  }
  EXPECT_EQ(total, 4 * 1700);
}

TEST(MetricsTest, SortsCommandsByOutcome) {
  Metrics metrics;
  const pipeline::Observer observer = metrics.PipelineObserver();
  const auto counted = [&](const char* outcome) {
    double value = -1;
    for (const prometheus::MetricFamily& family : metrics.collectable()->Collect()) {
      if (family.name != "inventory_commands_total") continue;
      for (const auto& metric : family.metric) {
        for (const auto& label : metric.label) {
          if (label.name == "outcome" && label.value == outcome) value = metric.counter.value;
        }
      }
    }
    return value;
  };
  End(observer, absl::OkStatus());
  EXPECT_EQ(counted("failed"), 0);
  End(observer, absl::FailedPreconditionError(""));
  End(observer, absl::NotFoundError(""));
  End(observer, absl::UnavailableError(""));
  End(observer, absl::InternalError(""));
  End(observer, absl::DeadlineExceededError(""));
  End(observer, absl::CancelledError(""));
  EXPECT_EQ(counted("cancelled"), 1);
  EXPECT_EQ(counted("ok"), 1);
  EXPECT_EQ(counted("refused"), 2);
  EXPECT_EQ(counted("failed"), 3);
}

TEST(MetricsTest, ReportsThePipeline) {
  Metrics metrics;
  const pipeline::Observer observer = metrics.PipelineObserver();
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"deadlock\"} 0"));
  const pipeline::Jobs jobs = MakeJobs(7);
  std::vector<pipeline::Job*> ran;
  for (const auto& job : jobs) ran.push_back(job.get());
  const absl::Time start = absl::Now();
  for (pipeline::Job* job : ran) job->submitted = start - absl::Milliseconds(2);
  ran[0]->rounds = 1;
  pipeline::Tally tally;
  tally.reservations_accepted = 5;
  tally.moved_units[static_cast<std::size_t>(storage::MovementType::kTransferIn)] = 40;
  observer.batch({.jobs = ran,
                  .start = start,
                  .total = absl::Milliseconds(9),
                  .load = absl::Milliseconds(3),
                  .commit = absl::Milliseconds(4),
                  .holds_released = 2,
                  .tally = tally});
  observer.busy(absl::Milliseconds(1500));
  observer.retry("deadlock");
  observer.retry("of_a_new_kind");
  observer.dropped("cancelled");
  metrics.HoldsSwept(3);
  End(observer, StockMismatch("A", "it is wrong"));
  EXPECT_TRUE(Has(metrics, "inventory_stock_mismatches_answered_total 1"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_commands_sum 7"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_duration_seconds_count 1"));
  EXPECT_TRUE(Has(metrics, "inventory_commit_duration_seconds_bucket{le=\"0.0025\"} 0"));
  EXPECT_TRUE(Has(metrics, "inventory_commit_duration_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_holds_released_total 2"));
  // One had waited for its first batch before.
  EXPECT_TRUE(Has(metrics, "inventory_queue_wait_seconds_count 6"));
  EXPECT_TRUE(Has(metrics, "inventory_queue_wait_seconds_bucket{le=\"0.001\"} 0"));
  EXPECT_TRUE(Has(metrics, "inventory_queue_wait_seconds_bucket{le=\"0.0025\"} 6"));
  EXPECT_TRUE(Has(metrics, "inventory_lane_busy_seconds_total 1.5"));
  EXPECT_TRUE(Has(metrics, "inventory_reservations_total{outcome=\"accepted\",reason=\"\"} 5"));
  EXPECT_TRUE(Has(metrics, "inventory_moved_units_total{type=\"transfer_in\"} 40"));
  EXPECT_TRUE(Has(metrics, "inventory_moved_units_total{type=\"ship\"} 0"));
  EXPECT_TRUE(Has(metrics, "inventory_holds_swept_total 3"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"deadlock\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"of_a_new_kind\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_commands_dropped_total{reason=\"cancelled\"} 1"));
}

TEST(MetricsTest, CountsRefusedReservationsByReasonAndEachOnce) {
  Metrics metrics;
  const pipeline::Observer observer = metrics.PipelineObserver();
  const absl::Status refusal = Precondition("INSUFFICIENT_STOCK", "there are but 2");
  End(observer, refusal, "ReserveStock");
  End(observer, refusal, "ReserveStock");
  End(observer, refusal, "AmendReservation");
  End(observer, absl::UnavailableError("later"), "ReserveStock");
  End(observer, absl::InvalidArgumentError("no reason"), "ReserveStock");
  pipeline::Jobs repeated = MakeJobs(2, "ReserveStock");
  for (const auto& job : repeated) job->answer = refusal;
  repeated[0]->answered_before = true;
  repeated[1]->copy_of = repeated[0].get();
  repeated.push_back(std::move(MakeJobs(1, "ReserveStock")[0]));
  repeated[2]->answer = refusal;
  repeated[2]->trial = true;
  for (const auto& job : repeated) observer.command(*job);
  EXPECT_TRUE(Has(metrics, "inventory_reservations_total{outcome=\"refused\",reason=\"INSUFFICIENT_STOCK\"} 2"));
  EXPECT_TRUE(Has(metrics, "inventory_reservations_total{outcome=\"refused\",reason=\"INVALID_ARGUMENT\"} 1"));
  EXPECT_FALSE(absl::StrContains(Exposed(metrics), "UNAVAILABLE"));
}

TEST(MetricsTest, TellsOfTheProcess) {
  Metrics metrics;
  const auto value = [&metrics](const std::string& name) {
    for (const prometheus::MetricFamily& family : metrics.collectable()->Collect()) {
      if (family.name != name) continue;
      const prometheus::ClientMetric& metric = family.metric.at(0);
      return family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
    }
    return -1.0;
  };
  const auto now = static_cast<double>(absl::ToUnixSeconds(absl::Now()));
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  EXPECT_GT(value("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_LE(value("process_start_time_seconds"), now + 2);
  EXPECT_GT(value("process_start_time_seconds"), now - 86'400);

  const double threads = value("process_threads");
  const double open = value("process_open_fds");
  const int descriptor = dup(0);
  std::atomic<bool> done = false;
  std::thread thread([&done] {
    while (!done) std::this_thread::yield();
  });
  EXPECT_EQ(value("process_threads"), threads + 1);
  EXPECT_EQ(value("process_open_fds"), open + 1);
  EXPECT_LT(value("process_open_fds"), value("process_max_fds"));
  done = true;
  thread.join();
  close(descriptor);
}

TEST(MetricsTest, GaugesAreReadWhenCollectedUntilRemoved) {
  auto metrics = std::make_unique<Metrics>();
  double value = 1;
  int reads = 0;
  metrics->AddGauge("inventory_waiting", "Help.", {{"queue", "writes"}}, [&] { return ++reads, value; });
  metrics->AddGauge("inventory_waiting", "Help.", {{"queue", "reads"}}, [] { return 8; });
  metrics->AddCounter("inventory_seen_total", "Help.", {}, [] { return 3; });
  EXPECT_EQ(reads, 0);
  value = 5;
  EXPECT_TRUE(Has(*metrics, "inventory_waiting{queue=\"writes\"} 5"));
  EXPECT_TRUE(Has(*metrics, "inventory_waiting{queue=\"reads\"} 8"));
  EXPECT_TRUE(Has(*metrics, "# TYPE inventory_seen_total counter"));
  EXPECT_TRUE(Has(*metrics, "inventory_seen_total 3"));
  const int reads_before = reads;
  metrics->RemoveGauges();
  EXPECT_EQ(Exposed(*metrics).find("inventory_waiting"), std::string::npos);

  metrics->AddGauge("inventory_waiting", "Help.", {}, [&] { return ++reads, value; });
  const std::shared_ptr<prometheus::Collectable> collectable = metrics->collectable();
  metrics.reset();
  collectable->Collect();
  EXPECT_EQ(reads, reads_before);
}

}  // namespace
}  // namespace inventory::server
