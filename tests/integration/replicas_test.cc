// Three servers on one database: what runs in the background is shared without a leader, nothing is done twice, and a
// server that is killed in the middle of it leaves its part to the others.
#include <algorithm>
#include <future>
#include <set>

#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"
#include "storage/records.h"
#include "tests/http_receiver.h"
#include "tests/integration/metric.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::integration {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using TimeUtil = google::protobuf::util::TimeUtil;

// server() and two more. All of them look all the time for what is to be done.
class ReplicasTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    const std::vector<std::string> arguments = {
        "--sweep-interval=10ms",
        "--movement-retention=24h",
        "--webhook-private-networks=127.0.0.0/8",
        absl::StrCat("--low-stock-threads=", 2 * kShare),
        "--low-stock-timeout=4s",
        "--low-stock-lease=5s",
    };
    StartServer(arguments, /*metrics=*/true);
    for (int i = 0; i < kOthers; ++i) {
      others_.push_back(std::make_unique<ServerProcess>(
          ServerProcess::Options{.database_url = storage::UrlOf(database()), .arguments = arguments, .metrics = true}));
      clients_.push_back(std::make_unique<Client>(others_.back()->address()));
    }
  }
  static void TearDownTestSuite() {
    for (const auto& server : others_) EXPECT_EQ(server->Stop(), 0) << server->run().output();
    others_.clear();
    clients_.clear();
    ServerTest::TearDownTestSuite();
  }

 protected:
  static constexpr int kOthers = 2;
  // Events for one host that a server carries out at once.
  static constexpr int kShare = 2;

  // Whoever was killed or stopped is back for the next test.
  void TearDown() override {
    for (const auto& server : others_) {
      if (server->run().Ended()) server->Restart();
    }
  }

  static ServerProcess& other(int number) { return *others_[number]; }
  // Each of the three in turn.
  static const Client& One(int i) { return i % 3 == 0 ? client() : *clients_[i % 3 - 1]; }

  std::string SkuOf(int number) const { return Sku(absl::StrCat(number)); }

  static int64_t Count(const std::string& table, const std::string& condition) {
    return Sql(absl::Substitute("SELECT COUNT(*) FROM $0 WHERE $1", table, condition))[0].Int(0);
  }

  // ---- Holds ----

  // One unit each of so many SKUs, through all servers at once, that run out one after another. When that is, by
  // reservation.
  std::map<std::string, google::protobuf::Timestamp> MakeHolds(int count, int skus) const {
    constexpr int kServers = kOthers + 1;
    std::vector<v1::Reservation> holds(count);
    Together(kServers, [&](int server) {
      for (int i = server; i < count; i += kServers) {
        const absl::Duration ttl = absl::Seconds(1) + i * absl::Milliseconds(5);
        holds[i] = Must(Reserve(One(server), {{SkuOf(i % skus), 1}}, {.ttl = ttl})).reservation();
      }
    });
    std::map<std::string, google::protobuf::Timestamp> ends;
    for (const v1::Reservation& hold : holds) ends[hold.reservation_id()] = hold.expire_time();
    return ends;
  }
  // How many have given their units back.
  int64_t Released() const {
    return Count("movement", absl::Substitute("sku LIKE '$0%' AND type = $1", Name(""),
                                              static_cast<int>(storage::MovementType::kExpire)));
  }
  // How many ends the servers say that they have written, and how many commands they ran for it.
  static int64_t Swept() { return SumOf("inventory_holds_swept_total"); }
  static int64_t Sweeps() { return SumOf("inventory_commands_total{command=\"ExpireReservation\",outcome=\"ok\"}"); }
  // How many have the state of their end, which comes after that.
  int64_t Ended() const {
    return Count("reservation JOIN reservation_line USING (reservation_id)",
                 absl::Substitute("sku LIKE '$0%' AND state = $1", Name(""),
                                  static_cast<int>(storage::ReservationState::kExpired)));
  }

  static int64_t SumOf(const std::string& series) {
    double sum = MetricOf(server().metrics_port(), series);
    for (const auto& server : others_) sum += MetricOf(server->metrics_port(), series);
    return static_cast<int64_t>(sum);
  }

  // ---- Webhooks ----

  // Sets the stock of all SKUs at once.
  void SetAll(int skus, int64_t on_hand) const {
    v1::BatchUpdateStockRequest request;
    for (int i = 0; i < skus; ++i) {
      *request.add_updates() =
          Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' set_on_hand: $1", SkuOf(i), on_hand));
    }
    Must(client().Call(request));
  }
  void MakeRules(int count, const std::string& url) const {
    for (int i = 0; i < count; ++i) {
      Must(One(i).Call(Pb<v1::CreateLowStockRuleRequest>(
          absl::Substitute("rule { rule_id: '$0' sku: '$0' threshold: 5 activity: 'webhook' "
                           "parameters { key: 'url' value: '$1' } }",
                           SkuOf(i), url))));
    }
  }
  int64_t EventsDone() const {
    return Count("low_stock_event", absl::Substitute("rule_id LIKE '$0%' AND state = $1", Name(""),
                                                     static_cast<int>(storage::LowStockEventState::kDone)));
  }
  // The numbers of the events of each rule, as they came.
  static std::map<std::string, std::vector<int>> NumbersOf(const std::vector<HttpReceiver::Request>& requests) {
    std::map<std::string, std::vector<int>> numbers;
    for (const HttpReceiver::Request& request : requests) {
      const auto id = nlohmann::json::parse(request.body)["id"].get<std::string>();
      const std::size_t colon = id.rfind(':');
      numbers[id.substr(0, colon)].push_back(std::stoi(id.substr(colon + 1)));
    }
    return numbers;
  }

  // ---- Ledgers ----

  // Older than all that is kept.
  void MakeOldMovements(int count, int skus) const {
    v1::BatchUpdateStockRequest request;
    request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
    for (int i = 0; i < count; ++i) {
      *request.add_updates() =
          Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: 'w1' adjust_on_hand: 1", SkuOf(i % skus)));
    }
    Must(client().Call(request));
    Sql(absl::Substitute("UPDATE movement SET create_time = create_time - INTERVAL 2 DAY WHERE sku LIKE '$0%'",
                         Name("")));
  }
  int64_t Movements() const { return Count("movement", absl::Substitute("sku LIKE '$0%'", Name(""))); }

 private:
  static inline std::vector<std::unique_ptr<ServerProcess>> others_;
  static inline std::vector<std::unique_ptr<Client>> clients_;
};

// T26.
TEST_F(ReplicasTest, TenCopiesAtOnceHaveOneEffectAndOneAnswer) {
  for (int round = 0; round < 10; ++round) {
    SCOPED_TRACE(round);
    const std::string sku = SkuOf(round);
    SetStock(sku, "w1", 5);
    const auto send = [&](int64_t quantity) {
      const v1::ReserveStockRequest request =
          ReserveRequest({{sku, quantity}}, {.request_id = Name(absl::StrCat(round, "-", quantity))});
      std::vector<absl::StatusOr<v1::ReserveStockResponse>> answers(10);
      Together(10, [&](int i) { answers[i] = One(i).Call(request); });
      return answers;
    };
    const auto reserved = send(3);
    for (const auto& answer : reserved) EXPECT_THAT(Must(answer), EqualsProto(Must(reserved[0])));
    const auto refused = send(4);
    EXPECT_EQ(Outcome(refused[0]), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
    for (const auto& answer : refused) EXPECT_EQ(answer.status(), refused[0].status());
    EXPECT_EQ(Show(LevelOf(sku, "w1")), "5 on hand, 3 reserved, 0 safety, 2 available");
    EXPECT_THAT(MovementsOf(sku), SizeIs(2));
  }
}

TEST_F(ReplicasTest, EachHoldEndsOnceAndSoonThoughAServerIsKilled) {
  constexpr int kHolds = 300;
  constexpr int kSkus = 20;
  SetAll(kSkus, kHolds / kSkus);
  const auto ends = MakeHolds(kHolds, kSkus);
  ASSERT_THAT(ends, SizeIs(kHolds));
  EXPECT_TRUE(Eventually([&] { return Released() >= kHolds / 3; }));
  // The first that was there: if any were a leader, it would be this one.
  server().Kill();
  EXPECT_LT(Released(), kHolds) << "it was to die in the middle";
  EXPECT_TRUE(Eventually([&] { return Ended() == kHolds; })) << Ended();
  server().Restart();

  std::map<std::string, int> released;
  for (int i = 0; i < kSkus; ++i) {
    EXPECT_EQ(Show(LevelOf(SkuOf(i), "w1")), "15 on hand, 0 reserved, 0 safety, 15 available");
    for (const v1::Movement& movement : MovementsOf(SkuOf(i))) {
      if (movement.type() != v1::MOVEMENT_TYPE_EXPIRE) continue;
      ++released[movement.document_id()];
      const auto late = TimeUtil::DurationToMilliseconds(movement.create_time() - ends.at(movement.document_id()));
      EXPECT_GE(late, 0);
      EXPECT_LT(late, 5000);
    }
  }
  EXPECT_THAT(released, SizeIs(kHolds));
  EXPECT_THAT(released, Each(::testing::Pair(::testing::_, 1)));
}

// Servers find the same holds all the time, and what one has ended the others come to in vain.
TEST_F(ReplicasTest, EachHoldIsCountedByTheServerThatHasEndedIt) {
  constexpr int kHolds = 200;
  constexpr int kSkus = 20;
  const int64_t swept = Swept();
  const int64_t sweeps = Sweeps();
  SetAll(kSkus, kHolds / kSkus);
  MakeHolds(kHolds, kSkus);
  EXPECT_TRUE(Eventually([&] { return Ended() == kHolds; })) << Ended();
  EXPECT_TRUE(Eventually([&] { return Swept() - swept >= kHolds; })) << Swept() - swept;
  // Whoever comes in vain counts once the others are through.
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(Swept() - swept, kHolds);
  EXPECT_GT(Sweeps() - sweeps, kHolds) << "nobody has come in vain";
}

TEST_F(ReplicasTest, EachWebhookComesInOrderAndThoseOfAKilledServerOnceMore) {
  constexpr int kRules = 30;
  constexpr int kEvents = 3;  // Of a rule: low, recovered, low.
  constexpr std::size_t kUnderWay = std::size_t{kOthers + 1} * kShare;
  std::promise<void> gate;
  HttpReceiver receiver(
      [open = gate.get_future().share()](const HttpReceiver::Request& request, HttpReceiver::Caller& caller) {
        open.wait();
        HttpReceiver::Status(204)(request, caller);
      });
  SetAll(kRules, 10);
  MakeRules(kRules, receiver.url());
  SetAll(kRules, 1);
  // All that three servers have under way at once, so each of them has its share.
  EXPECT_THAT(receiver.Await(kUnderWay), SizeIs(kUnderWay));
  other(1).Kill();
  gate.set_value();
  SetAll(kRules, 10);
  SetAll(kRules, 1);
  EXPECT_TRUE(Eventually([&] { return EventsDone() == int64_t{kRules} * kEvents; })) << EventsDone();

  const auto numbers = NumbersOf(receiver.requests());
  EXPECT_THAT(numbers, SizeIs(kRules));
  std::size_t again = 0;
  for (const auto& [rule, came] : numbers) {
    EXPECT_TRUE(std::is_sorted(came.begin(), came.end())) << rule;
    EXPECT_THAT(std::set<int>(came.begin(), came.end()), ElementsAre(1, 2, 3)) << rule;
    again += came.size() - kEvents;
  }
  EXPECT_EQ(again, kShare) << "what the dead one had under way, and nothing else";
}

// A server looks for old movements when it starts, and then every ten minutes.
TEST_F(ReplicasTest, TheLedgerThatAKilledServerWasFoldingIsFoldedByOthers) {
  constexpr int kMovements = 3000;
  constexpr int kSkus = 10;
  MakeOldMovements(kMovements, kSkus);
  EXPECT_EQ(other(0).Stop(), 0);
  EXPECT_EQ(other(1).Stop(), 0);
  const auto locker = storage::MustOpen(database());
  storage::Must(*locker,
                {"BEGIN", absl::Substitute("SELECT 1 FROM item WHERE sku = '$0' FOR UPDATE", SkuOf(kSkus - 1))});
  other(0).Restart();
  storage::WaitForLockWaits(*storage::MustOpen(database()), database().database);
  other(0).Kill();
  storage::Must(*locker, {"ROLLBACK"});
  EXPECT_GT(Movements(), kSkus) << "it was to die in the middle";

  other(0).Restart();
  other(1).Restart();
  EXPECT_TRUE(Eventually([&] { return Movements() == kSkus; })) << Movements();
  for (int i = 0; i < kSkus; ++i) EXPECT_EQ(LevelOf(SkuOf(i), "w1").on_hand(), kMovements / kSkus);
  EXPECT_THAT(VerifyAll(client(), /*repair=*/false, Name("")), IsEmpty());
}

}  // namespace
}  // namespace inventory::integration
