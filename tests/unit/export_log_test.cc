// When the log tells of spans that are lost.
#include "server/tracing/otlp/export_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace inventory::tracing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ExportLogTest : public ::testing::Test {
 protected:
  // What is said so many seconds from now.
  std::vector<std::string> Note(int second, const SpanCounts& counts) {
    lines_.clear();
    log_.Note(counts, start_ + std::chrono::seconds(second));
    return lines_;
  }

  std::vector<std::string> lines_;
  ExportLog log_{[this](server::LogLevel, std::string_view message, const server::LogFields& fields) {
    std::string line(message.substr(0, message.find(' ')));
    for (const auto& [name, value] : fields) absl::StrAppend(&line, " ", name, "=", value);
    lines_.push_back(line);
  }};
  const ExportLog::Clock::time_point start_ = ExportLog::Clock::now();
};

TEST_F(ExportLogTest, SaysNothingWhileNothingIsLost) {
  EXPECT_THAT(Note(0, {}), IsEmpty());
  EXPECT_THAT(Note(100, {.exported = 5}), IsEmpty());
  log_.NoteLast({.exported = 6});
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(ExportLogTest, SaysAtOnceThatSpansAreLostAndOnceAMinuteHowMany) {
  log_.Failed("status 503");
  EXPECT_THAT(Note(0, {.exported = 5, .failed = 1}),
              ElementsAre("spans exported=5 failed=1 dropped=0 error=status 503"));
  for (int second = 1; second < 60; ++second) {
    log_.Failed(absl::StrCat("status ", second));
    EXPECT_THAT(Note(second, {.exported = 5, .failed = static_cast<uint64_t>(second)}), IsEmpty());
  }
  EXPECT_THAT(Note(60, {.exported = 6, .failed = 59, .dropped = 7}),
              ElementsAre("spans exported=1 failed=58 dropped=7 error=status 59"));
  EXPECT_THAT(Note(120, {.exported = 6, .failed = 59, .dropped = 8}),
              ElementsAre("more exported=0 failed=0 dropped=1"));
}

TEST_F(ExportLogTest, SaysOnceThatItIsOver) {
  EXPECT_THAT(Note(0, {.dropped = 1}), ElementsAre("more exported=0 failed=0 dropped=1"));
  EXPECT_THAT(Note(60, {.dropped = 1}), IsEmpty());
  EXPECT_THAT(Note(61, {.exported = 2, .dropped = 1}), ElementsAre("spans exported=2 failed=0 dropped=0"));
  EXPECT_THAT(Note(200, {.exported = 9, .dropped = 1}), IsEmpty());
}

TEST_F(ExportLogTest, SaysAtTheEndWhatItHasPutOff) {
  Note(0, {.dropped = 1});
  lines_.clear();
  log_.NoteLast({.dropped = 3});
  EXPECT_THAT(lines_, ElementsAre("more exported=0 failed=0 dropped=2"));
}

TEST_F(ExportLogTest, CutsAnError) {
  log_.Failed(std::string(5000, 'x'));
  EXPECT_THAT(Note(0, {.failed = 1}),
              ElementsAre("spans exported=0 failed=1 dropped=0 error=" + std::string(300, 'x')));
}

TEST_F(ExportLogTest, ShowsNothingOfTheAnswer) {
  log_.Failed("Export failed, Status:500, Header:\tX-Sent: Bearer sesame\r,Body:Bearer sesame");
  EXPECT_THAT(Note(0, {.failed = 1}),
              ElementsAre("spans exported=0 failed=1 dropped=0 error=Export failed, Status:500"));
}

}  // namespace
}  // namespace inventory::tracing
