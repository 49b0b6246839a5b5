// The library that exports traces, without a server.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/tracing/otlp.h"
#include "storage/mutex.h"
#include "tests/integration/collector.h"
#include "tests/integration/server_process.h"

#ifndef INVENTORY_OTLP_LIBRARY
#define INVENTORY_OTLP_LIBRARY ""
#endif

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using tracing::SpanCounts;
using tracing::SpanExport;

class TracingExporterTest : public ::testing::Test {
 protected:
  void SetUp() override { Collector::Require(); }

  std::unique_ptr<SpanExport> Make(const tracing::OtlpAbi& abi, tracing::OtlpOptions options = {}) {
    void* const library = dlopen(INVENTORY_OTLP_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(library, nullptr) << dlerror();
    if (library == nullptr) return nullptr;
    auto* const make = reinterpret_cast<tracing::MakeOtlpExport*>(dlsym(library, tracing::kMakeOtlpExport));
    options.endpoint = collector_.receiver().url("");
    options.pause = absl::Milliseconds(1);
    options.log = [this](server::LogLevel, std::string_view message, const server::LogFields& fields) {
      std::string line(message);
      for (const auto& [name, value] : fields) absl::StrAppend(&line, " ", name, "=", value);
      storage::MutexLock lock(mutex_);
      lines_.push_back(std::move(line));
    };
    return std::unique_ptr<SpanExport>(make(abi, options, why_));
  }

  static void Take(SpanExport& to) {
    const tracing::Trace trace{.id = {1}, .call = {2}, .state = "shop=a1", .sink = &to};
    to.Take({.trace = trace, .id = trace.call, .name = "test", .start = absl::Now(), .end = absl::Now()});
  }

  std::vector<std::string> lines() {
    storage::MutexLock lock(mutex_);
    return lines_;
  }

  Collector collector_;
  std::string why_;

 private:
  storage::Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
};

TEST_F(TracingExporterTest, ACollectorThatFailsAndWorksInTurnFillsNoLog) {
  const std::unique_ptr<SpanExport> exporter = Make({});
  ASSERT_NE(exporter, nullptr) << why_;
  std::atomic<int> posts = 0;
  const std::string page(100000, 'x');
  collector_.receiver().SetAnswer([&](const HttpReceiver::Request& request, HttpReceiver::Caller& caller) {
    (posts++ % 2 == 0 ? HttpReceiver::Status(503, "", page) : HttpReceiver::Status(200))(request, caller);
  });
  for (uint64_t post = 1; post <= 50; ++post) {
    Take(*exporter);
    const auto done = [&] { return exporter->counts().exported + exporter->counts().failed == post; };
    ASSERT_TRUE(Eventually(done)) << post;
  }
  EXPECT_EQ(exporter->counts().exported, 25u);
  EXPECT_EQ(exporter->counts().failed, 25u);
  EXPECT_EQ(exporter->counts().dropped, 0u);
  EXPECT_EQ(lines().size(), 1u);
  exporter->Stop();
  const std::vector<std::string> said = lines();
  ASSERT_EQ(said.size(), 2u);
  EXPECT_THAT(said[0], HasSubstr("exported=0 failed=1 dropped=0 error="));
  EXPECT_THAT(said[0], HasSubstr("503"));
  EXPECT_THAT(said[1], HasSubstr("exported=25 failed=24 dropped=0 error="));
  for (const std::string& line : said) EXPECT_LT(line.size(), 500u);
}

TEST_F(TracingExporterTest, EverySpanIsCounted) {
  const std::unique_ptr<SpanExport> exporter = Make({}, {.timeout = absl::Seconds(1), .most_waiting = 3});
  ASSERT_NE(exporter, nullptr) << why_;
  collector_.receiver().SetAnswer(HttpReceiver::Stall());
  Take(*exporter);
  collector_.receiver().Await(1);
  for (int i = 0; i < 6; ++i) Take(*exporter);
  EXPECT_EQ(exporter->counts().dropped, 4u) << "one is being posted, two wait";
  exporter->Stop();
  Take(*exporter);
  const SpanCounts counts = exporter->counts();
  EXPECT_EQ(counts.exported, 0u);
  EXPECT_EQ(counts.failed + counts.dropped, 8u);
}

TEST_F(TracingExporterTest, GivingUpDropsWhatWaits) {
  const std::unique_ptr<SpanExport> exporter = Make({}, {.timeout = absl::Seconds(1)});
  ASSERT_NE(exporter, nullptr) << why_;
  collector_.receiver().SetAnswer(HttpReceiver::Stall());
  Take(*exporter);
  collector_.receiver().Await(1);
  for (int i = 0; i < 6; ++i) Take(*exporter);
  exporter->GiveUp();
  exporter->Stop();
  EXPECT_EQ(exporter->counts().failed, 1u);
  EXPECT_EQ(exporter->counts().dropped, 6u);
  EXPECT_EQ(collector_.receiver().requests().size(), 1u);
}

TEST_F(TracingExporterTest, AnotherBuildIsRefused) {
  EXPECT_EQ(Make({.version = "0.0.1"}), nullptr);
  EXPECT_EQ(Make({.options_bytes = sizeof(tracing::OtlpOptions) + 8}), nullptr);
  EXPECT_EQ(Make({.span_bytes = sizeof(tracing::Span) + 8}), nullptr);
  EXPECT_EQ(Make({.trace_bytes = sizeof(tracing::Trace) + 8}), nullptr);
  EXPECT_EQ(why_, "");
}

TEST_F(TracingExporterTest, WhatCanNotBeginSaysWhy) {
  EXPECT_EQ(Make({}, {.most_waiting = SIZE_MAX}), nullptr);
  EXPECT_NE(why_, "");
}

}  // namespace
}  // namespace inventory::integration
