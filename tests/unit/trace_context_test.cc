// Headers of trace context, good and bad.
#include "server/tracing/trace_context.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace inventory::tracing {
namespace {

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpan[] = "00f067aa0ba902b7";

std::string Header(const std::string& version, const std::string& trace, const std::string& span,
                   const std::string& flags) {
  return absl::StrCat(version, "-", trace, "-", span, "-", flags);
}

TEST(TraceParentTest, IsReadAsItIs) {
  const auto parent = ParseTraceParent(Header("00", kTrace, kSpan, "01"));
  ASSERT_TRUE(parent.has_value());
  EXPECT_EQ(Hex(parent->trace_id), kTrace);
  EXPECT_EQ(Hex(parent->span_id), kSpan);
  EXPECT_TRUE(parent->sampled);
}

TEST(TraceParentTest, OnlyTheLastFlagSaysWhetherItIsSampled) {
  for (const auto& [flags, sampled] :
       {std::pair("00", false), {"01", true}, {"02", false}, {"03", true}, {"ff", true}, {"fe", false}}) {
    const auto parent = ParseTraceParent(Header("00", kTrace, kSpan, flags));
    ASSERT_TRUE(parent.has_value()) << flags;
    EXPECT_EQ(parent->sampled, sampled) << flags;
  }
}

TEST(TraceParentTest, LaterVersionsMaySayMore) {
  for (const char* version : {"01", "cc", "fe"}) {
    const std::string header = Header(version, kTrace, kSpan, "01");
    EXPECT_TRUE(ParseTraceParent(header).has_value()) << version;
    EXPECT_TRUE(ParseTraceParent(header + "-what-comes-next").has_value()) << version;
    EXPECT_FALSE(ParseTraceParent(header + ".what-comes-next").has_value()) << version;
    EXPECT_FALSE(ParseTraceParent(header + "00").has_value()) << version;
  }
  EXPECT_FALSE(ParseTraceParent(Header("ff", kTrace, kSpan, "01")).has_value());
}

TEST(TraceParentTest, WhatIsNotAsTheRecommendationHasItIsNone) {
  const std::string good = Header("00", kTrace, kSpan, "01");
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(ParseTraceParent(good.substr(0, length)).has_value()) << length;
  }
  // Every byte counts: neither capital letters nor anything else will do.
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char wrong : {'A', 'g', ' ', '_', '\0', '\xff'}) {
      std::string header = good;
      header[at] = wrong;
      EXPECT_FALSE(ParseTraceParent(header).has_value()) << header;
    }
  }
  EXPECT_FALSE(ParseTraceParent(good + "-").has_value());
  EXPECT_FALSE(ParseTraceParent(good + " ").has_value());
  EXPECT_FALSE(ParseTraceParent(" " + good).has_value());
  EXPECT_FALSE(ParseTraceParent(Header("00", std::string(32, '0'), kSpan, "01")).has_value());
  EXPECT_FALSE(ParseTraceParent(Header("00", kTrace, std::string(16, '0'), "01")).has_value());
}

TEST(TraceStateTest, PartsAreJoined) {
  EXPECT_EQ(JoinTraceState({}), "");
  EXPECT_EQ(JoinTraceState({"rojo=00f067aa0ba902b7"}), "rojo=00f067aa0ba902b7");
  EXPECT_EQ(JoinTraceState({"a=1, b=2 ,\tc=3", "", "d=4,,"}), "a=1,b=2,c=3,d=4");
  EXPECT_EQ(JoinTraceState({"0tenant@system=a b;c", "a_-*/9=x"}), "0tenant@system=a b;c,a_-*/9=x");
}

TEST(TraceStateTest, OfOneThatIsMalformedNothingIsKept) {
  for (const char* wrong : {"a", "=1", "a=", "A=1", "1a=1", "a b=1", "a=1=2", "a=\x01", "a=\xc3\xa4", "@b=1", "a@=1",
                            "a@1b=1", "a@b@c=1", "a@abcdefghijklmno=1"}) {
    EXPECT_EQ(JoinTraceState({"good=1", wrong}), "") << wrong;
  }
  EXPECT_EQ(JoinTraceState({"a=1,b=2", "a=3"}), "");
}

TEST(TraceStateTest, IsBounded) {
  EXPECT_EQ(JoinTraceState({absl::StrCat("a=", std::string(256, 'x'))}).size(), 258u);
  EXPECT_EQ(JoinTraceState({absl::StrCat("a=", std::string(257, 'x'))}), "");
  EXPECT_EQ(JoinTraceState({absl::StrCat(std::string(256, 'k'), "=1")}).size(), 258u);
  EXPECT_EQ(JoinTraceState({absl::StrCat(std::string(257, 'k'), "=1")}), "");
  std::string most;
  for (std::size_t i = 0; i < kMaxTraceStateEntries; ++i) absl::StrAppend(&most, i == 0 ? "" : ",", "k", i, "=1");
  EXPECT_EQ(JoinTraceState({most}), most);
  EXPECT_EQ(JoinTraceState({most, "one=more"}), "");
  const std::string full = absl::StrCat("a=", std::string(253, 'x'), ",b=", std::string(254, 'x'));
  ASSERT_EQ(full.size(), kMaxTraceStateBytes);
  EXPECT_EQ(JoinTraceState({full}), full);
  EXPECT_EQ(JoinTraceState({full + "x"}), "");
  EXPECT_EQ(JoinTraceState({full, "c=1"}), "");
}

}  // namespace
}  // namespace inventory::tracing
