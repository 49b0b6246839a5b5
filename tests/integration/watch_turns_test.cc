// Watches whose turn to read what was before has not come, because others read: they hear that the server is there, and
// end at once. The server is in this process, so that its turns can be taken.
#include <atomic>
#include <memory>
#include <utility>

#include "server/engine.h"
#include "server/metrics.h"
#include "server/rpc/grpc_server.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

using ::testing::IsEmpty;

// All turns to read pages, from now on and until it ends.
class TakenTurns {
 public:
  explicit TakenTurns(rpc::Turns& turns) : turns_(turns) {
    int before = -1;
    while (before != *taken_) {
      before = *taken_;
      turns_.Begin("test", [taken = taken_] { ++*taken; });
    }
  }
  // Also of the last, which waits until then.
  ~TakenTurns() {
    for (int ended = 0; ended < *taken_; ++ended) turns_.End();
  }

 private:
  rpc::Turns& turns_;
  const std::shared_ptr<std::atomic<int>> taken_ = std::make_shared<std::atomic<int>>(0);
};

class WatchTurnsTest : public ServerTest {
 protected:
  WatchTurnsTest() {
    auto started = rpc::GrpcServer::Start(options_, engine_.runtime(), /*certificates=*/nullptr);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    client_ = std::make_unique<Client>(absl::StrCat("127.0.0.1:", server_->port()));
    SetStock(Sku(), "w1", 1);
    turns_ = std::make_unique<TakenTurns>(engine_.runtime().page_turns());
  }
  ~WatchTurnsTest() override {
    turns_.reset();
    Stop();
  }

  // Of what has happened already, so that it has something to read. Its first message has come.
  std::unique_ptr<WatchCall> Watch() const {
    auto call = std::make_unique<WatchCall>(
        *client_, absl::Substitute("beginning {} filter { skus: '$0' } heartbeat_interval { seconds: 1 }", Sku()));
    return call->Receive() ? std::move(call) : nullptr;
  }
  // All that wait go on.
  void GiveTurnsBack() { turns_.reset(); }
  void Stop() {
    if (server_ == nullptr) return;
    server_->Drain();
    server_->Stop(absl::Seconds(10));
    server_.reset();
  }
  static void ExpectAll(WatchCall& call) {
    const auto events = call.ReceiveUntil([](const v1::Event& event) { return event.has_availability(); });
    EXPECT_EQ(events.size(), 2u);
  }

 private:
  static server::ServerOptions Options() {
    server::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.max_watches = 1;
    return options;
  }

  const server::ServerOptions options_ = Options();
  server::Metrics metrics_;
  server::Engine engine_{options_, database(), metrics_};
  std::unique_ptr<rpc::GrpcServer> server_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<TakenTurns> turns_;
};

TEST_F(WatchTurnsTest, HeartbeatsComeMeanwhile) {
  const auto call = Watch();
  ASSERT_NE(call, nullptr);
  const std::string token = call->token();
  for (int i = 0; i < 2; ++i) {
    const absl::Time start = absl::Now();
    const auto heartbeat = call->Receive();
    ASSERT_TRUE(heartbeat);
    EXPECT_LT(absl::Now() - start, absl::Seconds(3));
    EXPECT_THAT(heartbeat->events(), IsEmpty());
    EXPECT_EQ(call->token(), token);
  }
  GiveTurnsBack();
  ExpectAll(*call);
}

TEST_F(WatchTurnsTest, WhoeverLeavesMakesRoomAtOnceAndTakesNobodysTurn) {
  ASSERT_NE(Watch(), nullptr);
  std::unique_ptr<WatchCall> call;
  EXPECT_TRUE(Eventually([&] { return (call = Watch()) != nullptr; }));
  ASSERT_NE(call, nullptr);
  GiveTurnsBack();
  ExpectAll(*call);
}

TEST_F(WatchTurnsTest, AStopDoesNotWaitForThem) {
  const auto call = Watch();
  ASSERT_NE(call, nullptr);
  const absl::Time start = absl::Now();
  Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  while (call->Receive()) {
  }
  EXPECT_EQ(Outcome(call->Finish()), "UNAVAILABLE STOPPING");
}

}  // namespace
}  // namespace inventory::integration
