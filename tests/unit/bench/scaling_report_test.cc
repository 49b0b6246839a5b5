// What the simulation reads and writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/bench/scaling/measured.h"
#include "tests/bench/scaling/report.h"
#include "tests/bench/scaling/study.h"
#include "tests/unit/bench/chart_test_util.h"

namespace inventory::bench::scaling {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTable[] = R"(
  machine            2 cores
comparison: hot SKU                                  per s range    p50    p99  p99.9 client server    db  MiB
  (b) raw SQL transactions, packed, 1 connection      1815  18 %   0.50   0.80      -   113      4   382
  (d) ReserveStock, 256 in flight                    13695  19 %   18.8   30.4   36.0    26     43    45  153
      in batches of 100 commands and 7.12 ms, of which 5.14 ms for writing and committing
  (p) conventional service, 256 in flight             1299   9 %    197    231      -   107    373   568

more and fewer in flight: 10,000 SKUs                per s range    p50    p99  p99.9 client server    db  MiB
  (d) ReserveStock, 4 in flight                       2223     -   1.74   3.20      -    84    253   470   84
      in batches of 1.12 commands and 1.34 ms, of which 0.88 ms for writing and committing

two servers: hot SKU                                 per s range    p50    p99  p99.9 client server    db  MiB
  all calls to one server, 256 in flight             14948   8 %   17.2   26.7   29.7    25     40    40   91
      in batches of 105 commands and 6.93 ms, of which 5.04 ms for writing and committing
  half of the calls to each server, 256 in flight    13710   4 %   18.5   27.4   28.7    26     47    48   82
      in batches of 62.1 commands and 8.67 ms, of which 4.47 ms for writing and committing

MySQL: hot SKU                                       per s range    p50    p99  p99.9 client server    db  MiB
  (d) ReserveStock, 1 in flight                        643  12 %   1.51      -      -    88    404   914   72
      in batches of 1.00 commands and 1.28 ms, of which 0.89 ms for writing and committing
)";

TEST(MeasuredTest, ReadsCasesOfTheServerOnTheMainDatabase) {
  const std::vector<Measured> all = ParseMeasured(kTable);
  ASSERT_EQ(all.size(), 3U);
  const auto is = [](bool hot, int servers, int in_flight, double per_second, double commands, double server,
                     double database) {
    return AllOf(Field(&Measured::hot, hot), Field(&Measured::servers, servers), Field(&Measured::in_flight, in_flight),
                 Field(&Measured::per_second, per_second), Field(&Measured::commands, commands),
                 Field(&Measured::server_us, server), Field(&Measured::database_us, database));
  };
  EXPECT_THAT(all, ElementsAre(is(true, 1, 256, 13695, 100, 43, 45), is(false, 1, 4, 2223, 1.12, 253, 470),
                               is(true, 2, 256, 13710, 62.1, 47, 48)));
}

TEST(MeasuredTest, SaysIfThereIsNone) {
  EXPECT_THAT(ParseMeasured(""), IsEmpty());
  EXPECT_FALSE(ReadMeasured("/nowhere").ok());
}

Curves MadeUp(const std::string& commit) {
  return {.commit = {.name = commit, .replication_us = 1000},
          .curves = {{.name = "uniform", .points = {{1, {.per_second = 70'000}}, {32, {.per_second = 1'400'000}}}},
                     {.name = "one hot SKU",
                      .points = {{1, {.per_second = 17'000, .commands = 256, .batch_ms = 15, .lock_wait_ms = 2.5}},
                                 {32, {.per_second = 16'000}}}}}};
}

Findings MadeUp() {
  return {.seed = 17,
          .checks = {{.measured = {.hot = true, .servers = 2, .in_flight = 256, .per_second = 10'000, .commands = 100},
                      .simulated = {.per_second = 11'000, .commands = 120}}},
          .nodes = {MadeUp("fast"), MadeUp("slow")},
          .batches = {MadeUp("fast")},
          .parts = {MadeUp("fast")}};
}

TEST(ScalingReportTest, TableHasChecksAndCurves) {
  const std::string table = Table(MadeUp());
  EXPECT_THAT(table, HasSubstr("one hot SKU, two servers, 256 in flight"));
  EXPECT_THAT(table, HasSubstr("10000/s   11000/s  +10 %     100 and 120"));
  EXPECT_THAT(table, HasSubstr("nodes of the database; slow"));
  EXPECT_THAT(table, HasSubstr("1400000"));
}

TEST(ScalingReportTest, JsonHasEveryPoint) {
  const nlohmann::json json = nlohmann::json::parse(Json(MadeUp()));
  EXPECT_EQ(json["seed"], 17);
  EXPECT_EQ(json["checks"][0]["simulated"]["per_second"], 11'000);
  EXPECT_EQ(json["nodes"][1]["commit"], "slow");
  EXPECT_EQ(json["nodes"][1]["curves"][1]["load"], "one hot SKU");
  EXPECT_EQ(json["nodes"][1]["curves"][1]["points"][0]["nodes"], 1);
  EXPECT_EQ(json["nodes"][1]["curves"][1]["points"][0]["lock_wait_ms"], 2.5);
  EXPECT_EQ(json["batches"][0]["curves"][0]["points"][1]["max_batch"], 32);
  EXPECT_EQ(json["parts"][0]["curves"][0]["points"][1]["parts"], 32);
}

TEST(ScalingReportTest, ChartShowsEveryPointOfBothCommits) {
  const XmlElement picture = Parsed(NodesChart(MadeUp()));
  EXPECT_EQ(picture.All("circle", "point").size(), 8U);
  EXPECT_THAT(TextsOf(picture), AllOf(Contains("nodes, fast"), Contains("nodes, slow"), Contains("uniform"),
                                      Contains("1.4M/s at 32"), Contains("16k/s at 32")));
  ExpectTextsInside(picture);
}

}  // namespace
}  // namespace inventory::bench::scaling
