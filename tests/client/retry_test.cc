// Which calls are repeated, when, for how long, and what stays the same meanwhile. Every test runs for calls that wait
// and for those that don't.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "inventory/client/errors.h"
#include "inventory/client/internal/retrying_connection.h"
#include "inventory/v1/inventory_service.pb.h"
#include "tests/client/fake_clock.h"
#include "tests/client/scripted_transport.h"

namespace inventory::client {
namespace {

using internal::AttemptResult;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::MatchesRegex;

constexpr Method kWrite = {"inventory.v1.InventoryService", "AdjustStock", Idempotency::kIdempotent};
constexpr Method kRead = {"inventory.v1.InventoryService", "GetItem", Idempotency::kNoSideEffects};
constexpr Method kUnsafe = {"inventory.v1.InventoryService", "AdjustStock", Idempotency::kUnknown};

absl::Status Busy(absl::Duration delay) {
  return MakeError(absl::StatusCode::kResourceExhausted, "too much waits",
                   {.reason = "QUEUE_FULL", .retry_delay = delay});
}

class RetryTest : public ::testing::TestWithParam<bool> {
 protected:
  RetryTest() {
    options_.clock = clock_;
    // Never the same twice in these tests, and as long as can be.
    options_.random = [] { return 1.0; };
  }

  // Every attempt ends like this.
  void Always(const AttemptResult& result) {
    script_ = [result](int, google::protobuf::Message&) { return result; };
  }
  // The first `failures` attempts end like this, then one succeeds.
  void FailFirst(int failures, const AttemptResult& result) {
    script_ = [=](int number, google::protobuf::Message&) {
      return number <= failures ? result : AttemptResult{absl::OkStatus()};
    };
  }

  absl::Status Call(const Method& method, const google::protobuf::Message& request, const CallOptions& options = {}) {
    const auto connection =
        internal::MakeRetryingConnection(std::make_unique<ScriptedTransport>(script_, &seen_), options_);
    if (!GetParam()) return connection->Call(method, request, response_, options);
    std::optional<absl::Status> status;
    connection->CallAsync(method, request, response_, options, [&](const absl::Status& done) {
      EXPECT_FALSE(status.has_value()) << "done twice";
      status = done;
    });
    EXPECT_TRUE(status.has_value()) << "never done";
    return status.value_or(absl::InternalError("never done"));
  }
  absl::Status Write(const CallOptions& options = {}) { return Call(kWrite, v1::AdjustStockRequest(), options); }

  std::set<std::string> SeenIds() const {
    std::set<std::string> ids;
    for (const SeenAttempt& attempt : seen_) {
      ids.insert(dynamic_cast<const v1::AdjustStockRequest&>(*attempt.request).request_id());
    }
    return ids;
  }

  const std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  const absl::Time start_ = clock_->Now();
  ConnectionOptions options_;
  ScriptedTransport::Script script_;
  std::vector<SeenAttempt> seen_;
  v1::AdjustStockResponse response_;
};

INSTANTIATE_TEST_SUITE_P(Calls, RetryTest, ::testing::Bool(),
                         [](const auto& info) -> std::string { return info.param ? "ThatDontWait" : "ThatWait"; });

TEST_P(RetryTest, RepeatsUntilItSucceeds) {
  FailFirst(3, {absl::UnavailableError("away")});
  EXPECT_EQ(Write(), absl::OkStatus());
  EXPECT_EQ(seen_.size(), 4u);
  EXPECT_EQ(seen_[0].path, "/inventory.v1.InventoryService/AdjustStock");
}

TEST_P(RetryTest, BacksOffExponentiallyUpToALimit) {
  FailFirst(9, {absl::UnavailableError("away")});
  EXPECT_EQ(Write({.timeout = absl::Minutes(2)}), absl::OkStatus());
  EXPECT_THAT(clock_->pauses(), ElementsAre(absl::Milliseconds(50), absl::Milliseconds(100), absl::Milliseconds(200),
                                            absl::Milliseconds(400), absl::Milliseconds(800), absl::Milliseconds(1600),
                                            absl::Milliseconds(3200), absl::Seconds(5), absl::Seconds(5)));
}

// Goal: full jitter, so a pause is anything from nothing to the back-off. Method: true random numbers, and a back-off
// that does not grow, so that all pauses have one distribution.
TEST_P(RetryTest, PausesAreRandomPartsOfTheBackoff) {
  std::mt19937 generator(17);
  options_.random = [&] { return std::uniform_real_distribution<>(0, 1)(generator); };
  options_.retry = {.initial_backoff = absl::Seconds(1), .max_backoff = absl::Seconds(1)};
  FailFirst(1000, {absl::UnavailableError("away")});
  EXPECT_EQ(Write({.timeout = absl::Hours(1)}), absl::OkStatus());
  ASSERT_EQ(clock_->pauses().size(), 1000u);
  EXPECT_THAT(clock_->pauses(), Each(AllOf(Ge(absl::ZeroDuration()), Le(absl::Seconds(1)))));
  const double mean = absl::ToDoubleSeconds(clock_->Now() - start_) / 1000;
  EXPECT_NEAR(mean, 0.5, 0.05);
}

TEST_P(RetryTest, FillsTheRequestIdOnceForAllAttempts) {
  FailFirst(5, {absl::UnavailableError("away")});
  EXPECT_EQ(Write(), absl::OkStatus());
  ASSERT_EQ(SeenIds().size(), 1u);
  EXPECT_THAT(*SeenIds().begin(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_P(RetryTest, EachCallHasAnIdOfItsOwnInOrderOfTime) {
  FailFirst(0, {});
  std::set<std::string> ids;
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    seen_.clear();
    EXPECT_EQ(Write(), absl::OkStatus());
    const std::string id = *SeenIds().begin();
    EXPECT_GT(id, last);
    EXPECT_TRUE(ids.insert(id).second);
    last = id;
    clock_->Advance(absl::Milliseconds(1));
  }
}

TEST_P(RetryTest, KeepsTheCallersRequestId) {
  FailFirst(2, {absl::UnavailableError("away")});
  v1::AdjustStockRequest request;
  request.set_request_id("mine");
  request.set_sku("A");
  EXPECT_EQ(Call(kWrite, request), absl::OkStatus());
  EXPECT_THAT(SeenIds(), ElementsAre("mine"));
  EXPECT_EQ(dynamic_cast<v1::AdjustStockRequest&>(*seen_[2].request).sku(), "A");
}

TEST_P(RetryTest, LeavesTheCallersRequestAlone) {
  FailFirst(0, {});
  v1::AdjustStockRequest request;
  EXPECT_EQ(Call(kWrite, request), absl::OkStatus());
  EXPECT_EQ(request.request_id(), "");
}

TEST_P(RetryTest, RepeatsReadsAndRequestsWithoutId) {
  FailFirst(1, {absl::UnavailableError("away")});
  EXPECT_EQ(Call(kRead, v1::GetItemRequest()), absl::OkStatus());
  EXPECT_EQ(seen_.size(), 2u);
}

TEST_P(RetryTest, NeverRepeatsWhatMayHappenTwice) {
  Always({absl::UnavailableError("away")});
  EXPECT_EQ(Call(kUnsafe, v1::AdjustStockRequest()), absl::UnavailableError("away"));
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_P(RetryTest, OtherCodesAreFinal) {
  for (int code = 1; code <= 16; ++code) {
    const auto status_code = static_cast<absl::StatusCode>(code);
    if (status_code == absl::StatusCode::kUnavailable || status_code == absl::StatusCode::kCancelled) continue;
    seen_.clear();
    Always({absl::Status(status_code, "no")});
    EXPECT_EQ(Write(), absl::Status(status_code, "no"));
    EXPECT_EQ(seen_.size(), 1u) << code;
  }
  EXPECT_THAT(clock_->pauses(), IsEmpty());
}

TEST_P(RetryTest, RepeatsWhatAStoppingServerCancels) {
  FailFirst(1, {absl::CancelledError("the server stops")});
  EXPECT_EQ(Write(), absl::OkStatus());
}

TEST_P(RetryTest, WaitsAsLongAsTheServerAsks) {
  FailFirst(2, {Busy(absl::Seconds(3))});
  EXPECT_EQ(Write(), absl::OkStatus());
  EXPECT_THAT(clock_->pauses(), ElementsAre(absl::Milliseconds(3050), absl::Milliseconds(3100)));
}

TEST_P(RetryTest, WaitsForTheServersPushback) {
  FailFirst(1, {absl::ResourceExhaustedError("slow down"), absl::Seconds(2)});
  EXPECT_EQ(Write(), absl::OkStatus());
  EXPECT_THAT(clock_->pauses(), ElementsAre(absl::Milliseconds(2050)));
}

TEST_P(RetryTest, APushbackCanForbidToTryAgain) {
  Always({absl::UnavailableError("go away"), absl::InfiniteDuration()});
  EXPECT_EQ(Write({.deadline = absl::InfiniteFuture()}), absl::UnavailableError("go away"));
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_P(RetryTest, NoPauseGoesBeyondTheDeadline) {
  Always({Busy(absl::Seconds(4))});
  const absl::Status status = Write({.timeout = absl::Seconds(10)});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL") << "the last error keeps its details";
  EXPECT_THAT(std::string(status.message()), HasSubstr("(attempt 3)"));
  EXPECT_EQ(seen_.size(), 3u);
  EXPECT_LE(clock_->Now(), start_ + absl::Seconds(10));
}

TEST_P(RetryTest, AllAttemptsHaveTheDeadlineOfTheCall) {
  FailFirst(3, {absl::UnavailableError("away")});
  EXPECT_EQ(Write({.timeout = absl::Seconds(7)}), absl::OkStatus());
  for (const SeenAttempt& attempt : seen_) EXPECT_EQ(attempt.options.deadline, start_ + absl::Seconds(7));
}

TEST_P(RetryTest, TheDeadlineIsTheCallsOrTheConnections) {
  FailFirst(0, {});
  options_.timeout = absl::Seconds(5);
  EXPECT_EQ(Write(), absl::OkStatus());
  EXPECT_EQ(Write({.timeout = absl::Seconds(60)}), absl::OkStatus());
  EXPECT_EQ(Write({.deadline = start_ + absl::Seconds(90)}), absl::OkStatus());
  EXPECT_EQ(Write({.timeout = absl::Seconds(60), .deadline = start_ + absl::Seconds(90)}), absl::OkStatus());
  std::vector<absl::Duration> timeouts;
  for (const SeenAttempt& attempt : seen_) timeouts.push_back(attempt.options.deadline - start_);
  EXPECT_THAT(timeouts, ElementsAre(absl::Seconds(5), absl::Seconds(60), absl::Seconds(90), absl::Seconds(60)));
}

TEST_P(RetryTest, SaysWhatWasBeforeTheDeadline) {
  script_ = [](int number, google::protobuf::Message&) -> AttemptResult {
    if (number == 1) return {absl::UnavailableError("database away")};
    return {absl::DeadlineExceededError("Deadline Exceeded")};
  };
  const absl::Status status = Write();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("UNAVAILABLE: database away"));
}

TEST_P(RetryTest, AttemptsCanBeLimited) {
  Always({absl::UnavailableError("away")});
  options_.retry.max_attempts = 4;
  EXPECT_FALSE(Write().ok());
  EXPECT_EQ(seen_.size(), 4u);
  seen_.clear();
  EXPECT_EQ(Write({.retry = RetryOptions{.max_attempts = 1}}), absl::UnavailableError("away"));
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_P(RetryTest, SendsMetadataAndAFreshTokenWithEachAttempt) {
  FailFirst(1, {absl::UnavailableError("away")});
  int tokens = 0;
  options_.token = [&]() -> absl::StatusOr<std::string> { return absl::StrCat("t", ++tokens); };
  EXPECT_EQ(Write({.metadata = {{"x-trace", "7"}}}), absl::OkStatus());
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(seen_[0].options.metadata, ElementsAre(Pair("x-trace", "7"), Pair("authorization", "Bearer t1")));
  EXPECT_THAT(seen_[1].options.metadata, ElementsAre(Pair("x-trace", "7"), Pair("authorization", "Bearer t2")));
}

TEST_P(RetryTest, ATokensErrorIsTheAttempts) {
  FailFirst(0, {});
  int calls = 0;
  options_.token = [&]() -> absl::StatusOr<std::string> {
    if (++calls < 3) return absl::UnavailableError("the identity provider is away");
    return absl::PermissionDeniedError("no token for you");
  };
  EXPECT_EQ(Write().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_P(RetryTest, RefusesATokenThatIsNone) {
  FailFirst(0, {});
  for (const char* token : {"", "two words", "line\nbreak", "\xff"}) {
    options_.token = [=]() -> absl::StatusOr<std::string> { return token; };
    const absl::Status status = Write();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << token;
  }
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_P(RetryTest, WaitsForReadyOnlyIfAsked) {
  FailFirst(0, {});
  EXPECT_EQ(Write(), absl::OkStatus());
  EXPECT_EQ(Write({.wait_for_ready = true}), absl::OkStatus());
  EXPECT_FALSE(seen_[0].options.wait_for_ready);
  EXPECT_TRUE(seen_[1].options.wait_for_ready);
}

TEST_P(RetryTest, RefusesOptionsThatCantBe) {
  FailFirst(0, {});
  const absl::Status status = Write({.retry = RetryOptions{.max_attempts = -1, .multiplier = 0.5},
                                     .metadata = {{"Upper", "x"}, {"grpc-x", "x"}, {"x", "\n"}, {"x-bin", "\n"}}});
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(status)) fields.push_back(violation.field);
  EXPECT_THAT(fields,
              ElementsAre("retry.max_attempts", "retry.multiplier", "metadata.Upper", "metadata.grpc-x", "metadata.x"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(seen_, IsEmpty());
}

}  // namespace
}  // namespace inventory::client
