// What of events reaches the log.
#include "server/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace inventory::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(LoggingTest, WhatMustBeOnRecordIsWrittenWhateverTheLevelIs) {
  SetUpLogging(LogFormat::kText, LogLevel::kError);
  ::testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "not important");
  LogAlways(LogLevel::kWarning, "denied", {{"caller", "a"}});
  Log(LogLevel::kError, "important");
  const std::string log = ::testing::internal::GetCapturedStderr();
  SetUpLogging(LogFormat::kText, LogLevel::kInfo);
  EXPECT_THAT(log, AllOf(HasSubstr(" WARNING denied caller=a\n"), HasSubstr(" ERROR important\n"),
                         Not(HasSubstr("not important"))));
}

}  // namespace
}  // namespace inventory::server
