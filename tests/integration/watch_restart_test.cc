// Tokens outlive whatever is killed: the database under a running server, the server, both. Goal: whoever goes on with
// a token, be it from before all that, is told what he lacks, each SKU's in order, and nothing twice.
#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "tests/integration/database_server.h"
#include "tests/integration/load.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/watching.h"

namespace inventory::integration {
namespace {

// What somebody was told, and the token that he was given with the last of it; at first none.
struct Told {
  std::vector<v1::Event> events;
  std::string token;
};

// A database and a server that are killed and started again, under load.
class WatchRestartTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() { files_ = std::make_unique<DatabaseFiles>(); }
  static void TearDownTestSuite() { files_.reset(); }

 protected:
  WatchRestartTest() {
    database_.Start();
    server_ = std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = UrlOf({&database_}),
                               .arguments = {"--migrate-on-start=false", "--database-connect-timeout=1s",
                                             "--database-lock-timeout=1s", "--database-read-timeout=3s"}});
    client_ = std::make_unique<Client>(server_->address());
    MakeWarehouse(*client_, "w1");
  }
  ~WatchRestartTest() override { EXPECT_EQ(server_->Stop(), 0) << server_->run().output(); }

  DatabaseServer& database() { return database_; }
  ServerProcess& server() { return *server_; }
  const Client& client() const { return *client_; }
  void AwaitHealth(const std::string& state) const {
    EXPECT_TRUE(Eventually([&] { return client().Health() == state; }));
  }

  // Goes on from there, with as many calls as it takes, until there is enough.
  Told GoOn(Told told, const std::function<bool(const Told&)>& enough) const {
    for (const absl::Time end = absl::Now() + absl::Minutes(1); absl::Now() < end;) {
      WatchCall call(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()),
                     RequestFrom(told.token), absl::Minutes(1));
      while (const auto message = call.Receive()) {
        told.events.insert(told.events.end(), message->events().begin(), message->events().end());
        told.token = message->resume_token();
        if (enough(told)) return told;
      }
      const absl::Status ended = call.Finish();
      EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
      absl::SleepFor(absl::Milliseconds(50));
    }
    ADD_FAILURE() << "there was not enough in a minute";
    return told;
  }
  Told GoOn(Told told, std::size_t more) const {
    const std::size_t enough = told.events.size() + more;
    return GoOn(std::move(told), [enough](const Told& now) { return now.events.size() >= enough; });
  }
  Told GoOnToTheEnd(Told told) const {
    return GoOn(std::move(told), [](const Told& now) {
      return std::any_of(now.events.rbegin(), now.events.rend(),
                         [](const v1::Event& event) { return event.movement().request_id() == "last"; });
    });
  }

  // Takes tokens under load, at the beginning and before each of two times that something is killed.
  void KillBetweenTokens(const std::function<void()>& kill_and_start) {
    Load load({server().address()});
    std::vector<Told> places(1);
    for (int i = 0; i < 2; ++i) {
      load.AwaitAcknowledged(100);
      places.push_back(GoOn(places.back(), 50));
      kill_and_start();
    }
    load.AwaitAcknowledged(100);
    load.Stop();
    AwaitHealth("SERVING");
    Must(client().Call(Pb<v1::AdjustStockRequest>("request_id: 'last' sku: 'other' warehouse_id: 'w1' delta: 1"),
                       absl::Seconds(20)));
    for (const Told& place : places) {
      SCOPED_TRACE(place.events.size());
      const Told all = GoOnToTheEnd(place);
      ExpectTold(all.events, ReadLedgers(client(), load.shop().skus));
    }
    load.Check(client());
  }

 private:
  static v1::WatchRequest RequestFrom(const std::string& token) {
    auto request = Pb<v1::WatchRequest>("heartbeat_interval { seconds: 1 } filter { types: EVENT_TYPE_MOVEMENT }");
    if (token.empty()) {
      request.mutable_beginning();
    } else {
      request.set_resume_token(token);
    }
    return request;
  }

  static inline std::unique_ptr<DatabaseFiles> files_;
  DatabaseServer database_{files_->path()};
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(WatchRestartTest, TokensAreGoodAfterTheDatabaseIsKilledUnderARunningServer) {
  KillBetweenTokens([this] {
    database().Kill();
    AwaitHealth("NOT_SERVING");
    database().Start();
  });
}

TEST_F(WatchRestartTest, TokensAreGoodAfterDatabaseAndServerAreKilled) {
  KillBetweenTokens([this] {
    database().Kill();
    server().Kill();
    database().Start();
    server().Restart();
  });
}

}  // namespace
}  // namespace inventory::integration
