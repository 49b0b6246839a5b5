// Callers who take more than their share, or too long, leave room to others.
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/integration/bulk_calls.h"
#include "tests/integration/metric.h"
#include "tests/integration/raw_http2.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;

class FairnessTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    StartServer({"--max-calls-per-client=4", "--max-open-streams=3", "--max-open-streams-per-client=2",
                 "--slow-client-timeout=500ms"},
                /*metrics=*/true);
  }

 protected:
  void TearDown() override {
    LetGo();
    ServerTest::TearDown();
  }

  // A write that waits until LetGo. Calls of it take all of the caller's places; any of them may come after another
  // call.
  v1::SetStockRequest BlockedWrite() {
    SetStock(Sku(), "w1", 10);
    blocker_ = storage::MustOpen(database());
    storage::Must(*blocker_, {"BEGIN", absl::StrCat("SELECT * FROM item WHERE sku = '", Sku(), "' FOR UPDATE")});
    v1::SetStockRequest request;
    request.set_sku(Sku());
    request.set_warehouse_id("w1");
    for (int i = 0; i < 4; ++i) {
      blocked_.emplace_back([request] { EXPECT_TRUE(Eventually([&request] { return client().Call(request).ok(); })); });
    }
    return request;
  }
  void LetGo() {
    if (blocker_ != nullptr) storage::Must(*blocker_, {"ROLLBACK"});
    blocker_.reset();
    for (std::thread& thread : blocked_) thread.join();
    blocked_.clear();
  }
  static bool HasMetric(const std::string& line) {
    return absl::StrContains(HttpGet(server().metrics_port(), "/metrics"), absl::StrCat("\n", line, "\n"));
  }

 private:
  std::unique_ptr<storage::Connection> blocker_;
  std::vector<std::thread> blocked_;
};

TEST_F(FairnessTest, OneCallerHasOnlySoManyCallsUnderWay) {
  const v1::SetStockRequest request = BlockedWrite();
  absl::Status refused;
  EXPECT_TRUE(Eventually([&] {
    refused = client().Call(request, absl::Milliseconds(500)).status();
    return absl::IsResourceExhausted(refused);
  }));
  EXPECT_EQ(Outcome(refused), "RESOURCE_EXHAUSTED TOO_MANY_CALLS");
  EXPECT_EQ(RetryDelayOf(refused), absl::Milliseconds(100));
  // Another caller is served.
  RawConnection other(server().port(), "127.0.0.2");
  ASSERT_TRUE(other.Begin());
  other.Send(CallFrame(1, "/inventory.v1.InventoryService/GetStockLevel"));
  v1::GetStockLevelRequest get;
  get.set_sku(Sku());
  get.set_warehouse_id("w1");
  other.Send(FrameOf(FrameType::kData, kEndStream, 1, MessageOf(get.SerializeAsString())));
  const auto answer = other.ReadUntil(FrameType::kData, 1);
  EXPECT_TRUE(answer.has_value() && absl::StrContains(answer->payload, Sku()));
  LetGo();
  EXPECT_TRUE(client().Call(request).ok());
  EXPECT_FALSE(HasMetric("inventory_limit_refusals_total{reason=\"too_many_of_a_caller\",what=\"call\"} 0"));
}

TEST_F(FairnessTest, OneHostHasOnlySoManyWhoWatchTheHealth) {
  using grpc::health::v1::HealthCheckResponse;
  const auto stub = grpc::health::v1::Health::NewStub(client().channel());
  std::deque<grpc::ClientContext> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<HealthCheckResponse>>> watches;
  // The code of a watch that ends at once, OK of one that goes on.
  const auto watch = [&] {
    HealthCheckResponse response;
    auto reader = stub->Watch(&contexts.emplace_back(), {});
    if (!reader->Read(&response)) return reader->Finish().error_code();
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
    watches.push_back(std::move(reader));
    return grpc::StatusCode::OK;
  };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(watch(), grpc::StatusCode::OK);
  EXPECT_EQ(watch(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  contexts.front().TryCancel();
  EXPECT_TRUE(Eventually([&] { return watch() == grpc::StatusCode::OK; }));
  for (grpc::ClientContext& context : contexts) context.TryCancel();
}

// What ends a refused watch and its caller's going come in any order.
TEST_F(FairnessTest, WhoMayNotWatchTheHealthMayGoAtOnce) {
  using grpc::health::v1::HealthCheckResponse;
  const auto stub = grpc::health::v1::Health::NewStub(client().channel());
  std::deque<grpc::ClientContext> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<HealthCheckResponse>>> watches;
  HealthCheckResponse response;
  for (int i = 0; i < 4; ++i) {
    watches.push_back(stub->Watch(&contexts.emplace_back(), {}));
    EXPECT_TRUE(watches.back()->Read(&response));
  }
  for (int i = 0; i < 1000; ++i) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Microseconds(i % 100 * 20)));
    const auto refused = stub->Watch(&context, {});
    EXPECT_FALSE(refused->Read(&response));
    EXPECT_FALSE(refused->Finish().ok());
  }
  EXPECT_EQ(client().Health(), "SERVING");
  for (grpc::ClientContext& context : contexts) context.TryCancel();
}

TEST_F(FairnessTest, ARefusalTellsGrpcsOwnRetriesWhenToComeBack) {
  const v1::SetStockRequest request = BlockedWrite();
  const auto stub = v1::InventoryService::NewStub(client().channel());
  EXPECT_TRUE(Eventually([&] {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(500)));
    v1::SetStockResponse response;
    const grpc::Status status = stub->SetStock(&context, request, &response);
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto pushback = trailers.find("grpc-retry-pushback-ms");
    return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED && pushback != trailers.end() &&
           pushback->second == "100";
  }));
  LetGo();
}

// Callers who would come back at once come back when they were told: four times, 100 ms apart.
TEST_F(FairnessTest, AStormOfRetriesComesBackWhenItWasTold) {
  const v1::SetStockRequest request = BlockedWrite();
  ASSERT_TRUE(
      Eventually([&] { return absl::IsResourceExhausted(client().Call(request, absl::Milliseconds(500)).status()); }));
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(R"({"methodConfig": [{"name": [{"service": "inventory.v1.InventoryService"}],
      "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.001s", "maxBackoff": "0.001s", "backoffMultiplier": 1,
                      "retryableStatusCodes": ["RESOURCE_EXHAUSTED"]}}]})");
  const auto stub = v1::InventoryService::NewStub(
      grpc::CreateCustomChannel(server().address(), grpc::InsecureChannelCredentials(), arguments));
  // As a call, or before its request was there.
  const auto refusals = [] {
    double all = 0;
    for (const char* labels :
         {"{reason=\"too_many_of_a_caller\",what=\"call\"}", "{reason=\"too_many_of_a_host\",what=\"request\"}"}) {
      all += MetricOf(server().metrics_port(), absl::StrCat("inventory_limit_refusals_total", labels));
    }
    return all;
  };
  const double before = refusals();
  constexpr int kCallers = 50;
  Together(kCallers, [&](int) {
    const absl::Time start = absl::Now();
    grpc::ClientContext context;
    v1::SetStockResponse response;
    EXPECT_EQ(stub->SetStock(&context, request, &response).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_GE(absl::Now() - start, absl::Milliseconds(390));  // gRPC's timers are no finer than a millisecond.
  });
  EXPECT_GE(refusals() - before, 5 * kCallers);  // Those of blocked writes that come late are among them.
  LetGo();
}

TEST_F(FairnessTest, AnImportThatNothingComesOfEnds) {
  ImportCall call(client());
  ASSERT_TRUE(call.Start(Name("import")));
  while (call.Receive()) {
  }
  const absl::Status status = call.Finish();
  EXPECT_EQ(Outcome(status), "UNAVAILABLE STREAM_IDLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("nothing came from the caller for 500ms"));
}

TEST_F(FairnessTest, AnImportThatGoesOnDoesNotEnd) {
  ImportCall call(client());
  ASSERT_TRUE(call.Start(Name("import")));
  v1::ImportChunk chunk;
  v1::StockUpdate& row = *chunk.add_stock_updates();
  row.set_sku(Sku());
  row.set_warehouse_id("w1");
  // Longer than a caller may take for one message.
  for (int i = 1; i <= 8; ++i) {
    absl::SleepFor(absl::Milliseconds(150));
    chunk.set_first_row(i);
    row.set_set_on_hand(i);
    ASSERT_TRUE(call.SendChunk(chunk));
    ASSERT_TRUE(call.Receive()) << call.Finish();
  }
  call.SendEnd();
  while (call.Receive()) {
  }
  EXPECT_EQ(Outcome(call.Finish()), "OK");
}

TEST_F(FairnessTest, OneCallerHasOnlySoManyImportsAndExports) {
  auto chunk = Pb<v1::ImportChunk>("first_row: 1 stock_updates { warehouse_id: 'w1' set_on_hand: 1 }");
  chunk.mutable_stock_updates(0)->set_sku(Sku());
  // Once it is answered it has its place. A call that ended just now may still have one.
  std::unique_ptr<ImportCall> first;
  std::unique_ptr<ImportCall> second;
  for (std::unique_ptr<ImportCall>* call : {&first, &second}) {
    EXPECT_TRUE(Eventually([&] {
      *call = std::make_unique<ImportCall>(client());
      return (*call)->Start(Name(call == &first ? "first" : "second")) && (*call)->SendChunk(chunk) &&
             (*call)->Receive().has_value();
    }));
  }
  EXPECT_TRUE(Eventually([this] {
    ImportCall third(client());
    third.Start(Name("third"));
    while (third.Receive()) {
    }
    return Outcome(third.Finish()) == "RESOURCE_EXHAUSTED TOO_MANY_STREAMS";
  }));
}

class OneLaneTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    SetStock(Sku(), "w1", 10);
    request_.set_sku(Sku());
    request_.set_warehouse_id("w1");
    request_.set_on_hand(11);
    blocker_ = storage::MustOpen(database());
    storage::Must(*blocker_, {"BEGIN", absl::StrCat("SELECT * FROM item WHERE sku = '", Sku(), "' FOR UPDATE")});
    // The lane waits with this one.
    Start();
    absl::SleepFor(absl::Milliseconds(300));
    EXPECT_TRUE(Wait(0));
  }
  void TearDown() override {
    LetGo();
    ServerTest::TearDown();
  }

  // Calls, and counts how it ends.
  void Start() {
    callers_.emplace_back([this] {
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Hours(1)));
      v1::SetStockResponse response;
      const grpc::Status status = stub_->SetStock(&context, request_, &response);
      ok_ += status.ok() ? 1 : 0;
      full_ += absl::StrContains(status.error_message(), "too many writes are waiting") ? 1 : 0;
      late_ += absl::StrContains(status.error_message(), "the deadline passed before the command was started") ? 1 : 0;
    });
  }
  void LetGo() {
    if (blocker_ != nullptr) storage::Must(*blocker_, {"ROLLBACK"});
    blocker_.reset();
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }
  static bool Wait(int writes) {
    return Eventually([writes] {
      return absl::StrContains(HttpGet(server().metrics_port(), "/metrics"),
                               absl::StrCat("\ninventory_writes_waiting ", writes, "\n"));
    });
  }

  const std::unique_ptr<v1::InventoryService::Stub> stub_ = v1::InventoryService::NewStub(client().channel());
  v1::SetStockRequest request_;
  std::atomic<int> ok_ = 0;
  std::atomic<int> full_ = 0;
  std::atomic<int> late_ = 0;

 private:
  std::unique_ptr<storage::Connection> blocker_;
  std::vector<std::thread> callers_;
};

class FullQueueTest : public OneLaneTest {
 public:
  static void SetUpTestSuite() { StartServer({"--max-waiting-writes=4", "--lanes=1"}, /*metrics=*/true); }
};

TEST_F(FullQueueTest, WhoHasMostWaitingGivesWayToAnother) {
  for (int i = 0; i < 11; ++i) Start();
  EXPECT_TRUE(Eventually([this] { return full_ == 7; }));
  EXPECT_TRUE(Wait(4));
  RawConnection other(server().port(), "127.0.0.2");
  ASSERT_TRUE(other.Begin());
  other.Send(CallFrame(1, "/inventory.v1.InventoryService/SetStock"));
  other.Send(FrameOf(FrameType::kData, kEndStream, 1, MessageOf(request_.SerializeAsString())));
  EXPECT_TRUE(Eventually([this] { return full_ == 8; }));
  LetGo();
  const auto answer = other.ReadUntil(FrameType::kData, 1);
  EXPECT_TRUE(answer.has_value() && absl::StrContains(answer->payload, Sku()));
  EXPECT_EQ(ok_, 4);
  EXPECT_EQ(full_, 8);
}

class MaxDeadlineTest : public OneLaneTest {
 public:
  static void SetUpTestSuite() {
    StartServer({"--lanes=1", "--default-deadline=10ms", "--max-deadline=400ms"}, /*metrics=*/true);
  }
};

TEST_F(MaxDeadlineTest, IsThatOfACallWhichAllowsMore) {
  Start();
  EXPECT_TRUE(Wait(1));
  absl::SleepFor(absl::Milliseconds(600));
  LetGo();
  EXPECT_EQ(ok_, 1);
  EXPECT_EQ(late_, 1);
}

}  // namespace
}  // namespace inventory::integration
