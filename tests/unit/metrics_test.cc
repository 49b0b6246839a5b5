#include "server/metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "prometheus/metric_family.h"
#include "prometheus/text_serializer.h"

namespace inventory::server {
namespace {

// The directory is set by the build; without it, tests run at the root of the repository.
#ifndef INVENTORY_SOURCE_DIR
#define INVENTORY_SOURCE_DIR "."
#endif

const char* TypeName(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "other";
  }
}

// One line a metric: name, type and the names of its labels, sorted.
std::string Describe(const Metrics& metrics) {
  std::set<std::string> lines;
  for (const prometheus::MetricFamily& family : metrics.collectable()->Collect()) {
    std::set<std::string> labels;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) labels.insert(label.name);
    }
    std::string line = family.name + " " + TypeName(family.type);
    for (const std::string& label : labels) line += " " + label;
    lines.insert(line + "\n");
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string Exposed(const Metrics& metrics) {
  return prometheus::TextSerializer().Serialize(metrics.collectable()->Collect());
}

bool Has(const Metrics& metrics, const std::string& line) {
  return absl::StrContains(absl::StrCat("\n", Exposed(metrics)), absl::StrCat("\n", line, "\n"));
}

TEST(MetricsTest, NamesTypesAndLabelsArePinned) {
  Metrics metrics;
  metrics.ForMethod("inventory.v1.InventoryService.SetStock").Record(0, absl::Milliseconds(3));
  const pipeline::Observer observer = metrics.PipelineObserver();
  observer.command("SetStock", absl::OkStatus());
  std::ifstream file(INVENTORY_SOURCE_DIR "/tests/unit/golden/metrics.txt");
  std::ostringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(Describe(metrics), golden.str()) << "dashboards and alerts depend on these names";
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
  observer.command("SetStock", absl::OkStatus());
  EXPECT_EQ(counted("failed"), 0);
  observer.command("SetStock", absl::FailedPreconditionError(""));
  observer.command("SetStock", absl::NotFoundError(""));
  observer.command("SetStock", absl::UnavailableError(""));
  observer.command("SetStock", absl::InternalError(""));
  observer.command("SetStock", absl::DeadlineExceededError(""));
  EXPECT_EQ(counted("ok"), 1);
  EXPECT_EQ(counted("refused"), 2);
  EXPECT_EQ(counted("failed"), 3);
}

TEST(MetricsTest, ReportsThePipeline) {
  Metrics metrics;
  const pipeline::Observer observer = metrics.PipelineObserver();
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"deadlock\"} 0"));
  observer.batch(7, absl::Milliseconds(9), absl::Milliseconds(4), 2);
  observer.retry("deadlock");
  observer.retry("of_a_new_kind");
  observer.dropped("cancelled");
  metrics.HoldsSwept(3);
  EXPECT_TRUE(Has(metrics, "inventory_batch_commands_sum 7"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_duration_seconds_count 1"));
  EXPECT_TRUE(Has(metrics, "inventory_commit_duration_seconds_bucket{le=\"0.0025\"} 0"));
  EXPECT_TRUE(Has(metrics, "inventory_commit_duration_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_holds_released_total 2"));
  EXPECT_TRUE(Has(metrics, "inventory_holds_swept_total 3"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"deadlock\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_batch_retries_total{reason=\"of_a_new_kind\"} 1"));
  EXPECT_TRUE(Has(metrics, "inventory_commands_dropped_total{reason=\"cancelled\"} 1"));
}

TEST(MetricsTest, GaugesAreReadWhenCollectedUntilRemoved) {
  auto metrics = std::make_unique<Metrics>();
  double value = 1;
  int reads = 0;
  metrics->AddGauge("inventory_waiting", "Help.", {{"queue", "writes"}}, [&] { return ++reads, value; });
  metrics->AddGauge("inventory_waiting", "Help.", {{"queue", "reads"}}, [] { return 8; });
  EXPECT_EQ(reads, 0);
  value = 5;
  EXPECT_TRUE(Has(*metrics, "inventory_waiting{queue=\"writes\"} 5"));
  EXPECT_TRUE(Has(*metrics, "inventory_waiting{queue=\"reads\"} 8"));
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
