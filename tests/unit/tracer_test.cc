// Which calls are traced.
#include "server/tracing/tracer.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace inventory::tracing {
namespace {

constexpr char kSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kNotSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

class Sink final : public SpanSink {
 public:
  void Take(const Span&) override {}
};

class TracerTest : public ::testing::Test {
 protected:
  Tracer Of(double ratio) { return Tracer({.sink = &sink_, .ratio = ratio}); }
  // How many of so many calls that decide nothing are sampled.
  int SampledOf(int calls, double ratio) {
    const Tracer tracer = Of(ratio);
    int sampled = 0;
    for (int i = 0; i < calls; ++i) sampled += tracer.Begin({}) != nullptr ? 1 : 0;
    return sampled;
  }

  Sink sink_;
};

TEST_F(TracerTest, TheCallerDecides) {
  for (const double ratio : {0.0, 1.0}) {
    const auto sampled = Of(ratio).Begin({.traceparents = {kSampled}, .tracestates = {"a=1", "b=2"}});
    ASSERT_NE(sampled, nullptr);
    EXPECT_EQ(sampled->sink, &sink_);
    EXPECT_EQ(Hex(sampled->id), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(Hex(sampled->parent), "00f067aa0ba902b7");
    EXPECT_EQ(sampled->state, "a=1,b=2");
    EXPECT_NE(sampled->call, SpanId());
    EXPECT_NE(sampled->call, sampled->parent);
    // Its id is for the log.
    const auto not_sampled = Of(ratio).Begin({.traceparents = {kNotSampled}});
    ASSERT_NE(not_sampled, nullptr);
    EXPECT_FALSE(not_sampled->sampled());
    EXPECT_EQ(not_sampled->id, sampled->id);
  }
}

TEST_F(TracerTest, OfOtherCallsTheRatioIsSampled) {
  EXPECT_EQ(SampledOf(1000, 0), 0);
  EXPECT_EQ(SampledOf(1000, 1), 1000);
  // Once in 10^8 runs further off.
  EXPECT_NEAR(SampledOf(10000, 0.25), 2500, 250);
}

TEST_F(TracerTest, ATraceThatBeginsHereHasIdsOfItsOwn) {
  const Tracer tracer = Of(1);
  std::set<TraceId> traces;
  std::set<SpanId> calls;
  for (int i = 0; i < 1000; ++i) {
    const auto trace = tracer.Begin({});
    EXPECT_EQ(trace->parent, SpanId());
    traces.insert(trace->id);
    calls.insert(trace->call);
  }
  EXPECT_EQ(traces.size(), 1000u);
  EXPECT_EQ(calls.size(), 1000u);
}

TEST_F(TracerTest, WhatDecidesNothingIsLeftToTheRatio) {
  for (const Tracer::Headers& headers : {Tracer::Headers{.traceparents = {"00-4bf92f35"}},
                                         {.traceparents = {kSampled, kSampled}},
                                         {.traceparents = {kSampled, kNotSampled}},
                                         {.tracestates = {"a=1"}}}) {
    EXPECT_EQ(Of(0).Begin(headers), nullptr);
    const auto begun = Of(1).Begin(headers);
    ASSERT_NE(begun, nullptr);
    EXPECT_NE(Hex(begun->id), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(begun->state, "");
  }
}

TEST_F(TracerTest, WithoutASinkOnlyTheCallersIdsAreKept) {
  const Tracer tracer({.ratio = 1});
  EXPECT_EQ(tracer.Begin({}), nullptr);
  const auto trace = tracer.Begin({.traceparents = {kSampled}});
  ASSERT_NE(trace, nullptr);
  EXPECT_FALSE(trace->sampled());
  server::LogFields fields = {{"a", "1"}};
  AppendTo(fields, nullptr);
  AppendTo(fields, trace.get());
  EXPECT_EQ(fields, (server::LogFields{{"a", "1"}, {"trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"}}));
}

}  // namespace
}  // namespace inventory::tracing
