#include "tests/bench/bars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/unit/bench/made_up_run.h"

namespace inventory::bench {
namespace {

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

Bar BarNamed(const std::vector<Bar>& bars, const std::string& what) {
  const auto found = std::find_if(bars.begin(), bars.end(), [&](const Bar& bar) { return bar.what == what; });
  EXPECT_NE(found, bars.end()) << what;
  return found == bars.end() ? Bar() : *found;
}

void ExpectFigure(const std::string& what, double figure, const std::string& verdict) {
  const Bar bar = BarNamed(Bars(MadeUpRun()), what);
  EXPECT_THAT(bar.figure, Optional(DoubleNear(figure, 0.001))) << what;
  EXPECT_EQ(Verdict(bar), verdict) << what;
}

TEST(BarsTest, ComparesWithRawSql) {
  ExpectFigure("hot SKU, 256 in flight, to best (b)", 10, "met");
  ExpectFigure("hot SKU, 256 in flight, to ceiling", 5000 * (1 / 20'000. + 1 / 10'000.), "met");
  ExpectFigure("10,000 SKUs, 256 in flight, to (b) on 16", 8, "met");
  ExpectFigure("hot SKU, alone, median time to (b)", 1.2, "met");
}

TEST(BarsTest, ComparesOnMySqlIfThatWasRun) {
  EXPECT_EQ(BarNamed(Bars(MadeUpRun()), "MySQL: hot SKU, 256 in flight, to ceiling").from, "no mysql-c-hot-");
  ExpectFigure("MySQL: hot SKU, 256 in flight, to best (b)", 7.5, "missed");
  for (const Bar& bar : Bars({})) EXPECT_THAT(bar.what, Not(HasSubstr("MySQL")));
}

TEST(BarsTest, ComparesTheRestOnMySqlIfThatWasRun) {
  const auto more_bars = [](const std::vector<Result>& run) {
    return std::ranges::count_if(Bars(run), [](const Bar& bar) {
      return bar.what.starts_with("MySQL: ") &&
             (absl::StrContains(bar.what, "peer") || absl::StrContains(bar.what, "Zipf") ||
              absl::StrContains(bar.what, "availability"));
    });
  };
  std::vector<Result> run = MadeUpRun();
  EXPECT_EQ(more_bars(run), 0);
  run.push_back(MadeUp("mysql-p-hot-256", 500, 600));
  EXPECT_EQ(more_bars(run), 7);
  EXPECT_THAT(BarNamed(Bars(run), "MySQL: hot SKU, 256 in flight, to the peer").figure, Optional(DoubleNear(6, 0.001)));
}

TEST(BarsTest, ComparesWithThePeer) {
  ExpectFigure("hot SKU, 256 in flight, to the peer", 5000 / 600., "met");
  ExpectFigure("hot SKU, 256 in flight, p99 to the peer's", 0.125, "met");
  ExpectFigure("10,000 SKUs, alone, median time to the peer's", 1, "met");
}

TEST(BarsTest, ComparesWhatElseIsRun) {
  ExpectFigure("3-line orders over Zipf, lines/s to uniform's", 4500 / 4000., "met");
  ExpectFigure("availability of 20 SKUs, 64 in flight, to (a)", 12'000 / 16'000., "met");
  ExpectFigure("1 million SKUs with a history to 10,000", 0.85, "met");
  ExpectFigure("import of new SKUs, rows", 40'000, "met");
  ExpectFigure("hot SKU, 200 % offered, goodput to the peak", 0.9, "met");
  ExpectFigure("10,000 SKUs, 200 % offered, median of refusals", 4, "met");
  ExpectFigure("most memory of the server in any case", 57 * 1.04, "met");
}

TEST(BarsTest, SaysWhatReallyWasOffered) {
  std::vector<Result> results = MadeUpRun();
  for (Result& result : results) {
    for (Sample& sample : result.rounds) {
      if (result.what.id == "open-200") sample.more["offered_percent"] = 173.4;
    }
  }
  EXPECT_THAT(BarNamed(Bars(results), "10,000 SKUs, 173 % offered, goodput to the peak").figure,
              Optional(DoubleNear(0.9, 0.001)));
  EXPECT_EQ(Verdict(BarNamed(Bars(results), "10,000 SKUs, 173 % offered, median of refusals")), "met");
}

TEST(BarsTest, SaysIfTheLoadWasApart) {
  const std::string what = "hot SKU, 200 % offered, goodput to the peak";
  std::vector<Result> results = MadeUpRun();
  EXPECT_THAT(BarNamed(Bars(results), what).from, ::testing::EndsWith("peak_per_second of open-hot-200"));
  for (Result& result : results) {
    for (Sample& sample : result.rounds) {
      if (result.what.id == "open-hot-200") sample.more["load_cores"] = 1;
    }
  }
  EXPECT_THAT(BarNamed(Bars(results), what).from,
              ::testing::EndsWith("peak_per_second of open-hot-200, both with the load on other cores"));
}

TEST(BarsTest, MissesRefusalsWhereThereWereNone) {
  const std::string what = "10,000 SKUs, 200 % offered, median of refusals";
  std::vector<Result> results = {MadeUp("open-200", 4500, 10)};
  Bar bar = BarNamed(Bars(results), what);
  EXPECT_EQ(bar.figure, std::nullopt);
  EXPECT_EQ(Verdict(bar), "missed");
  EXPECT_EQ(bar.from, "no refusals of open-200");
  EXPECT_THAT(BarsTable({bar}),
              AllOf(HasSubstr("missed"), HasSubstr("no refusals of open-200"), HasSubstr("1 missed")));
  // Rounds without refusals have no part in the median.
  results[0].rounds[1].refused_p50_ms = 30;
  bar = BarNamed(Bars(results), what);
  EXPECT_THAT(bar.figure, Optional(30));
  EXPECT_EQ(Verdict(bar), "missed");
  EXPECT_EQ(Verdict(BarNamed(Bars({}), what)), "not run");
}

TEST(BarsTest, HasNoTailOfTooFewCalls) {
  std::vector<Result> results = {MadeUp("d-hot-256", 5000, 50), MadeUp("p-hot-256", 600, 400)};
  for (Sample& sample : results[1].rounds) sample.p99_ms = std::nullopt;
  const Bar bar = BarNamed(Bars(results), "hot SKU, 256 in flight, p99 to the peer's");
  EXPECT_EQ(Verdict(bar), "not run");
  EXPECT_EQ(bar.from, "no p99 of p-hot-256: too few calls");
}

TEST(BarsTest, TakesTheLargestTablesThatThereWere) {
  std::vector<Result> results = {MadeUp("growth-10k", 100, 1), MadeUp("growth-200k", 90, 1)};
  EXPECT_THAT(BarNamed(Bars(results), "200,000 SKUs with a history to 10,000").figure,
              Optional(DoubleNear(0.9, 0.001)));
  EXPECT_EQ(Verdict(BarNamed(Bars({}), "1 million SKUs with a history to 10,000")), "not run");
}

TEST(BarsTest, SaysWhatEachFigureWasComputedFrom) {
  const Bar bar = BarNamed(Bars(MadeUpRun()), "hot SKU, 256 in flight, to best (b)");
  EXPECT_EQ(bar.from, "5000 /s of d-hot-256; 500 /s of b-hot-16-packed");
}

TEST(BarsTest, SaysWhatWasNotRun) {
  EXPECT_THAT(Bars({}), Each(AllOf(Field(&Bar::figure, std::nullopt), Field(&Bar::from, HasSubstr("no ")))));
  std::vector<Result> results = MadeUpRun();
  std::erase_if(results, [](const Result& result) { return result.what.kind == Kind::kPeer; });
  const Bar bar = BarNamed(Bars(results), "hot SKU, 256 in flight, to the peer");
  EXPECT_EQ(Verdict(bar), "not run");
  EXPECT_EQ(bar.from, "no p-hot-256");
}

TEST(BarsTest, IsMetAtTheBarUnlessItMustBeBelow) {
  EXPECT_TRUE(Met({.figure = 8, .side = Bar::Side::kAtLeast, .bar = 8}));
  EXPECT_FALSE(Met({.figure = 7.99, .side = Bar::Side::kAtLeast, .bar = 8}));
  EXPECT_TRUE(Met({.figure = 1.5, .side = Bar::Side::kAtMost, .bar = 1.5}));
  EXPECT_FALSE(Met({.figure = 1.51, .side = Bar::Side::kAtMost, .bar = 1.5}));
  EXPECT_FALSE(Met({.figure = 20, .side = Bar::Side::kBelow, .bar = 20}));
  EXPECT_TRUE(Met({.figure = 19.9, .side = Bar::Side::kBelow, .bar = 20}));
}

TEST(BarsTest, FitsATerminalWithOrWithoutFigures) {
  for (const std::vector<Result>& results : {MadeUpRun(), std::vector<Result>{}}) {
    const std::vector<Bar> bars = Bars(results);
    const std::string table = BarsTable(bars);
    for (const auto& line : absl::StrSplit(table, '\n')) EXPECT_LE(line.size(), 110U) << line;
    for (const Bar& bar : bars) EXPECT_THAT(table, HasSubstr(bar.what));
  }
}

}  // namespace
}  // namespace inventory::bench
