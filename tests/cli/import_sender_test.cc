#include "client/cli/import_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/synchronization/notification.h"
#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.mock_client.h"

namespace inventory::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Invoke;

// A clock that moves only by sleeping.
class SleepingClock final : public client::Clock {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration pause) override { now_ += pause; }
  void After(absl::Duration, std::function<void()>) override { ADD_FAILURE() << "nobody waits like that here"; }

 private:
  absl::Time now_ = absl::UnixEpoch();
};

// Carries imports out as the server does: each chunk once, and answers in order.
struct FakeServer {
  std::map<int64_t, int> done;  // How often, by first row.
  int steps_to_failure = -1;    // After so many messages either way the stream breaks off; never if negative.
  absl::Status failure = absl::UnavailableError("broken off");
  int streams = 0;
  std::size_t most_unanswered = 0;
};

class FakeStream final : public client::ReadWriteStream<v1::ImportInventoryRequest, v1::ImportInventoryResponse> {
 public:
  explicit FakeStream(FakeServer& server) : server_(server) { ++server_.streams; }

  absl::Status Write(const v1::ImportInventoryRequest& request) override {
    if (Fails()) return absl::UnavailableError("the stream has ended");
    EXPECT_EQ(request.has_start(), !std::exchange(started_, true));
    EXPECT_FALSE(ended_);
    ended_ = request.has_end();
    if (request.has_chunk()) {
      server_.done.try_emplace(request.chunk().first_row(), 0).first->second += 1;
      unanswered_.push_back(request.chunk().first_row());
      server_.most_unanswered = std::max(server_.most_unanswered, unanswered_.size());
    }
    return absl::OkStatus();
  }
  absl::Status WritesDone() override { return broken_ ? absl::UnavailableError("ended") : absl::OkStatus(); }

  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> Read() override {
    if (Fails()) return server_.failure;
    v1::ImportInventoryResponse response;
    if (!unanswered_.empty()) {
      response.mutable_chunk_result()->set_first_row(unanswered_.front());
      response.mutable_chunk_result()->set_applied_count(1);
      unanswered_.pop_front();
    } else {
      EXPECT_TRUE(ended_) << "the sender waits for an answer that never comes";
      response.mutable_summary();
    }
    return std::optional(response);
  }
  void Cancel() override {}

 private:
  bool Fails() {
    if (server_.steps_to_failure == 0) broken_ = true;
    if (server_.steps_to_failure >= 0) --server_.steps_to_failure;
    return broken_;
  }

  FakeServer& server_;
  std::deque<int64_t> unanswered_;
  bool started_ = false;
  bool ended_ = false;
  bool broken_ = false;
};

class ImportSenderTest : public ::testing::Test {
 protected:
  ImportSenderTest() {
    ON_CALL(client_, ImportInventory).WillByDefault(Invoke([this](const client::CallOptions&) {
      return absl::StatusOr<
          std::unique_ptr<client::ReadWriteStream<v1::ImportInventoryRequest, v1::ImportInventoryResponse>>>(
          std::make_unique<FakeStream>(server_));
    }));
  }

  // Imports so many chunks of one row.
  absl::Status Import(int chunks) {
    ImportSender::Options options;
    options.patience = patience_;
    options.start.set_import_id("id");
    options.on_retry = [this](const absl::Status&, absl::Duration) { ++retries_; };
    ImportSender sender(client_, clock_, options, [this](const FileChunk& chunk, const v1::ImportChunkResult& result) {
      EXPECT_EQ(chunk.chunk.first_row(), result.first_row());
      answered_.push_back(result.first_row());
    });
    for (int i = 1; i <= chunks; ++i) {
      FileChunk chunk;
      chunk.chunk.set_first_row(i);
      clock_.Sleep(between_sends_);
      absl::Status sent = sender.Send(std::move(chunk));
      if (!sent.ok()) return sent;
    }
    return sender.Finish();
  }

  ::testing::NiceMock<client::MockInventoryClient> client_;
  SleepingClock clock_;
  FakeServer server_;
  std::vector<int64_t> answered_;
  int retries_ = 0;
  absl::Duration patience_ = absl::Minutes(2);
  absl::Duration between_sends_;
};

TEST_F(ImportSenderTest, SendsChunksAndHandsOnAnswersInOrder) {
  EXPECT_EQ(Import(3), absl::OkStatus());
  EXPECT_THAT(answered_, ElementsAre(1, 2, 3));
  answered_.clear();
  EXPECT_EQ(Import(50), absl::OkStatus());
  EXPECT_EQ(answered_.size(), 50u);
  EXPECT_EQ(server_.most_unanswered, ImportSender::kMostPending);
  EXPECT_EQ(retries_, 0);
  EXPECT_EQ(Import(0), absl::OkStatus());
}

// Breaks every import off once, after every number of messages that there is.
TEST_F(ImportSenderTest, GoesOnWhereverItBreaksOff) {
  for (int steps = 0; steps < 45; ++steps) {
    server_ = {.steps_to_failure = steps};
    answered_.clear();
    EXPECT_EQ(Import(20), absl::OkStatus()) << steps;
    ASSERT_EQ(answered_.size(), 20u) << steps;
    EXPECT_TRUE(std::is_sorted(answered_.begin(), answered_.end())) << steps;
    EXPECT_EQ(server_.done.size(), 20u);
  }
  EXPECT_GT(retries_, 40);
}

TEST_F(ImportSenderTest, GivesUpAfterItsPatienceAndOnRefusals) {
  server_ = {.steps_to_failure = 0};
  ON_CALL(client_, ImportInventory).WillByDefault(Invoke([](const client::CallOptions&) {
    return absl::UnavailableError("nobody there");
  }));
  EXPECT_EQ(Import(1), absl::UnavailableError("nobody there"));
  EXPECT_GE(clock_.Now() - absl::UnixEpoch(), absl::Minutes(2));
  EXPECT_LT(clock_.Now() - absl::UnixEpoch(), absl::Minutes(3));
}

// What the file takes, here far longer than the patience, is not the server's.
TEST_F(ImportSenderTest, IsPatientFromTheBreakOn) {
  between_sends_ = absl::Hours(1);
  for (int steps = 0; steps < 45; ++steps) {
    server_ = {.steps_to_failure = steps};
    EXPECT_EQ(Import(20), absl::OkStatus()) << steps;
  }
  ON_CALL(client_, ImportInventory).WillByDefault(Invoke([](const client::CallOptions&) {
    return absl::UnavailableError("nobody there");
  }));
  patience_ = absl::Seconds(5);
  const absl::Time start = clock_.Now() + between_sends_;
  EXPECT_EQ(Import(1), absl::UnavailableError("nobody there"));
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(5));
}

// Takes all and says nothing until it is cancelled.
class SilentStream final : public client::ReadWriteStream<v1::ImportInventoryRequest, v1::ImportInventoryResponse> {
 public:
  absl::Status Write(const v1::ImportInventoryRequest&) override { return absl::OkStatus(); }
  absl::Status WritesDone() override { return absl::OkStatus(); }
  absl::StatusOr<std::optional<v1::ImportInventoryResponse>> Read() override {
    cancelled_.WaitForNotification();
    return absl::CancelledError("cancelled");
  }
  void Cancel() override { cancelled_.Notify(); }

 private:
  absl::Notification cancelled_;
};

TEST_F(ImportSenderTest, GivesUpAServerThatIsSilent) {
  ON_CALL(client_, ImportInventory).WillByDefault(Invoke([](const client::CallOptions&) {
    return absl::StatusOr<
        std::unique_ptr<client::ReadWriteStream<v1::ImportInventoryRequest, v1::ImportInventoryResponse>>>(
        std::make_unique<SilentStream>());
  }));
  patience_ = absl::Milliseconds(20);
  EXPECT_EQ(Import(1), absl::DeadlineExceededError("the server has not answered for 20ms"));
  EXPECT_EQ(retries_, 0);
}

TEST_F(ImportSenderTest, ARefusalIsFinal) {
  server_ = {.steps_to_failure = 3, .failure = absl::AlreadyExistsError("another import")};
  EXPECT_EQ(Import(20), absl::AlreadyExistsError("another import"));
  EXPECT_EQ(server_.streams, 1);
  EXPECT_EQ(retries_, 0);
}

TEST_F(ImportSenderTest, WaitsAsLongAsTheServerAsks) {
  server_ = {.steps_to_failure = 3,
             .failure = client::MakeError(absl::StatusCode::kResourceExhausted, "too many",
                                          {.reason = "TOO_MANY_STREAMS", .retry_delay = absl::Seconds(30)})};
  EXPECT_EQ(Import(20), absl::OkStatus());
  EXPECT_GE(clock_.Now() - absl::UnixEpoch(), absl::Seconds(30));
}

}  // namespace
}  // namespace inventory::cli
