#include "tests/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "tests/bench/bars.h"
#include "tests/bench/figures.h"
#include "tests/bench/report_json.h"
#include "tests/bench/table.h"
#include "tests/read_file.h"
#include "tests/unit/bench/chart_test_util.h"
#include "tests/unit/bench/made_up_run.h"

namespace inventory::bench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> Titles(const std::vector<Result>& results) {
  std::vector<std::string> titles;
  for (const Group& group : Groups(results)) titles.push_back(group.title);
  return titles;
}

TEST(TableTest, GroupsAllResults) {
  const std::vector<Result> results = MadeUpRun();
  EXPECT_THAT(Titles(results), ElementsAre("comparison", "comparison: hot SKU", "comparison: 10,000 SKUs",
                                           "more and fewer in flight: hot SKU", "more and fewer in flight: 10,000 SKUs",
                                           "orders", "reads", "open loop: hot SKU", "open loop: 10,000 SKUs",
                                           "two servers: hot SKU", "growth", "import", "MySQL: hot SKU"));
  std::size_t grouped = 0;
  for (const Group& group : Groups(results)) grouped += group.results.size();
  EXPECT_EQ(grouped, results.size());
  EXPECT_THAT(Titles({MadeUp("new-kind", 1, 1)}), ElementsAre("others"));
  EXPECT_THAT(Titles({}), IsEmpty());
}

TEST(TableTest, HasEveryFigureOfACase) {
  const std::string table = Table(MadeUpFacts(), MadeUpRun());
  EXPECT_THAT(table,
              AllOf(HasSubstr("ReserveStock, 256 in flight"),
                    HasSubstr("5000   6 %   50.0    100    150    80    110   120   59"),
                    HasSubstr("in batches of 20.0 commands and 10.0 ms"), HasSubstr("lines/s 4500"),
                    HasSubstr("offered 10000/s; refused 5500/s, in 4.00 ms (median); from send p50 ms 1.00;"),
                    HasSubstr("3 rounds of 2.5s after 500ms"), HasSubstr("hot SKU, 256 in flight, to best (b)")));
}

TEST(ReportTest, HasNoTailsOfTooFewCalls) {
  Result result = MadeUp("d-hot-256", 5000, 50);
  for (Sample& sample : result.rounds) sample.p999_ms = std::nullopt;
  EXPECT_THAT(Table(MadeUpFacts(), {result}), HasSubstr("5000   6 %   50.0    100      -    80    110   120   59"));
  const nlohmann::json json = nlohmann::json::parse(Json(MadeUpFacts(), {result}));
  EXPECT_EQ(json["cases"][0]["medians"]["p99_ms"], 100);
  EXPECT_TRUE(json["cases"][0]["medians"]["p999_ms"].is_null());
  EXPECT_TRUE(json["cases"][0]["rounds"][0]["p999_ms"].is_null());
  EXPECT_TRUE(json["cases"][0]["rounds"][0]["refused_p50_ms"].is_null());
}

TEST(TableTest, ShowsTheStepsOfAFlow) {
  Result result = MadeUp("mix-orders", 100, 1);
  result.rounds.resize(1);
  result.rounds[0].more = {{"ship_per_second", 1646}, {"ship_p50_ms", 28.3}, {"ship_p99_ms", 46.9},
                           {"from_send_p50_ms", 2},   {"rows", 0},           {"skus", 7}};
  const std::string table = Table(MadeUpFacts(), {result});
  EXPECT_THAT(table, HasSubstr("\n      from send p50 ms 2.00; ship 1646/s in 28.3 and 46.9 ms\n"));
}

TEST(TableTest, FitsATerminal) {
  RunFacts facts = MadeUpFacts();
  facts.facts.emplace_back("settings",
                           "a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13, n=14, "
                           "o=15, p=16, q=17, r=18, s=19, t=20");
  const std::string table = Table(facts, MadeUpRun());
  for (const auto& line : absl::StrSplit(table, '\n')) EXPECT_LE(line.size(), 110U) << line;
}

TEST(TableTest, SaysWhereTheTimingIsAnother) {
  std::vector<Result> results = MadeUpRun();
  for (Result& result : results) {
    if (result.what.place == Place::kSmall) result.timing.measured = absl::Seconds(8);
  }
  EXPECT_THAT(Table(MadeUpFacts(), results), AllOf(HasSubstr("growth, 3 x 8s"), Not(HasSubstr("import, 3"))));
}

TEST(JsonTest, HasEverything) {
  const std::vector<Result> results = MadeUpRun();
  const std::vector<Bar> bars = Bars(results);
  const nlohmann::json json = nlohmann::json::parse(Json(MadeUpFacts(), results, bars));
  EXPECT_EQ(json["facts"]["machine"], "2 cores, a \"fast\" one");
  EXPECT_EQ(json["timing"]["measured_seconds"], 2.5);
  ASSERT_THAT(json["bars"], SizeIs(bars.size()));
  EXPECT_EQ(json["bars"][0]["limit"], ">= 8 x");
  EXPECT_EQ(json["bars"][0]["verdict"], "met");
  ASSERT_THAT(json["cases"], SizeIs(results.size()));
  for (const nlohmann::json& one : json["cases"]) {
    EXPECT_THAT(one["rounds"], SizeIs(3)) << one["id"];
    if (one["id"] == "zipf-256") {
      EXPECT_EQ(one["medians"]["lines_per_second"], 4500);
      EXPECT_TRUE(one["rounds"][0].contains("lines_per_second"));
      EXPECT_TRUE(one["batches"].is_null());
    }
    if (one["id"] == "d-hot-256") {
      EXPECT_THAT(one["batches"]["sizes"], SizeIs(4));
      EXPECT_EQ(one["medians"]["cpu_us"]["database"], 120);
    }
  }
}

TEST(JsonTest, IsValidWithWhatIsNoNumberOrNoText) {
  Result result = MadeUp("d-hot-256", std::numeric_limits<double>::quiet_NaN(), 1);
  result.batches.batches = 1;
  result.batches.by_commands = {{std::numeric_limits<double>::infinity(), 1}};
  RunFacts facts = MadeUpFacts();
  facts.facts.emplace_back("odd", "\xff\n\"");
  const nlohmann::json json = nlohmann::json::parse(Json(facts, {result}, {}));
  EXPECT_TRUE(json["cases"][0]["medians"]["per_second"].is_null());
  EXPECT_TRUE(json["cases"][0]["batches"]["sizes"][0]["up_to_commands"].is_null());
}

TEST(FiguresTest, DrawsAllOfAFullRun) {
  const std::map<std::string, std::string> figures = Figures(MadeUpFacts(), MadeUpRun());
  std::vector<std::string> names;
  for (const auto& [name, svg] : figures) {
    names.push_back(name);
    const XmlElement picture = Parsed(svg);
    ExpectTextsInside(picture);
    if (picture.All("rect", "data").size() == 1) ExpectAllInside(picture);
  }
  EXPECT_THAT(names, UnorderedElementsAreArray(FigureNames()));
}

TEST(FiguresTest, SaysWhatWasVerifiedOfTheDatabases) {
  const auto subtitle = [](const RunFacts& run) {
    return TextsOf(Parsed(Figures(run, MadeUpRun()).at("throughput-hot.svg")));
  };
  RunFacts run = {.facts = {}, .rounds = 3, .timing = {}};
  EXPECT_THAT(subtitle(run), Contains("Medians and range of all rounds"));
  run.facts = {{"file system", "ext4"}, {"one", "innodb_flush_log_at_trx_commit=1, x=2"}};
  EXPECT_THAT(subtitle(run), Contains("Medians and range of all rounds; every commit flushed to ext4"));
  run.facts[0].second = "tmpfs";
  EXPECT_THAT(subtitle(run), Contains("Medians and range of all rounds; every commit flushed to tmpfs, in memory"));
  run.facts.emplace_back("other", "innodb_flush_log_at_trx_commit=2");
  EXPECT_THAT(subtitle(run), Contains("Medians and range of all rounds"));
}

TEST(ReportTest, SaysThatARunWasNotFinished) {
  RunFacts facts = MadeUpFacts();
  facts.facts.emplace(facts.facts.begin(), kNotFinished, "d-hot-256: the server has ended");
  EXPECT_THAT(Table(facts, {}), HasSubstr("  not finished       d-hot-256: the server has ended\n"));
  EXPECT_THAT(Figures(facts, MadeUpRun()).at("throughput-hot.svg"), HasSubstr("the run was not finished"));
  EXPECT_THAT(Figures(MadeUpFacts(), MadeUpRun()).at("throughput-hot.svg"), Not(HasSubstr("not finished")));
}

TEST(FiguresTest, DrawsNothingOfNothing) { EXPECT_THAT(Figures(MadeUpFacts(), {}), IsEmpty()); }

TEST(FiguresTest, ComparesTheServerWithRawSqlAndThePeer) {
  const XmlElement picture = Parsed(Figures(MadeUpFacts(), MadeUpRun()).at("throughput-hot.svg"));
  EXPECT_THAT(picture.All("circle", "point"), SizeIs(3 + 2 + 2));
  EXPECT_THAT(picture.All("line", "level"), SizeIs(1));
  EXPECT_THAT(TextsOf(picture),
              AllOf(Contains("this server"), Contains("5000/s at 256"), Contains("conventional service"),
                    Contains("raw SQL, one transaction each"), Contains("raw SQL, best batches"), Contains("10k/s")));
}

TEST(FiguresTest, NamesBatchesByTheirSizesAndDropsTheEmptyEnd) {
  const std::vector<std::string> texts = TextsOf(Parsed(Figures(MadeUpFacts(), MadeUpRun()).at("batch-sizes.svg")));
  EXPECT_THAT(texts, AllOf(Contains("1"), Contains("2"), Contains("3-4"), Not(Contains("5-8"))));
}

TEST(FiguresTest, ShowsRefusalsOnlyWhereThereWereSome) {
  const XmlElement picture = Parsed(Figures(MadeUpFacts(), MadeUpRun()).at("overload-hot.svg"));
  EXPECT_THAT(picture.All("circle", "point"), SizeIs(3 + 3 + 3 + 3 + 1));
  EXPECT_THAT(picture.All("rect", "data"), SizeIs(2));
}

TEST(WriteReportTest, WritesItsFilesAndRemovesChartsOfEarlierRuns) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "bench_report" / "new";
  std::filesystem::remove_all(folder.parent_path());
  ASSERT_TRUE(WriteReport(folder, MadeUpFacts(), MadeUpRun()).ok());
  EXPECT_EQ(ReadFile(folder / "table.txt"), Table(MadeUpFacts(), MadeUpRun()));
  EXPECT_TRUE(nlohmann::json::accept(ReadFile(folder / "result.json")));
  EXPECT_TRUE(std::filesystem::exists(folder / "growth.svg"));
  std::ofstream(folder / "notes") << "mine";
  ASSERT_TRUE(WriteReport(folder, MadeUpFacts(), {MadeUp("d-hot-256", 1, 1)}).ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "growth.svg"));
  EXPECT_EQ(ReadFile(folder / "notes"), "mine");
  std::filesystem::remove_all(folder.parent_path());
}

TEST(WriteReportTest, FailsWhereNothingCanBeWritten) {
  EXPECT_FALSE(WriteReport("/dev/null/folder", MadeUpFacts(), MadeUpRun()).ok());
}

}  // namespace
}  // namespace inventory::bench
