// Low-stock rules over gRPC, and webhooks that a real server calls.
#include <fstream>
#include <memory>
#include <set>

#include "nlohmann/json.hpp"
#include "server/activities/signature.h"
#include "tests/http_receiver.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSecret[] = "0123456789abcdef-of-the-shop";

// Impatient, so that failures come to an end within the test.
class LowStockTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    secrets_ = std::make_unique<ScratchFolder>();
    std::ofstream(secrets_->path() + "/shop") << kSecret << "\n";
    for (const char* name : {"/shop.hosts", "/missing.hosts"}) {
      std::ofstream(secrets_->path() + name) << "127.0.0.1\n";
    }
    StartServer({"--webhook-secrets=" + secrets_->path(), "--sweep-interval=10ms",
                 "--webhook-private-networks=127.0.0.0/8", "--low-stock-timeout=1s", "--low-stock-lease=3s",
                 "--low-stock-max-attempts=3", "--low-stock-backoff=10ms", "--low-stock-max-backoff=50ms"});
  }
  static void TearDownTestSuite() {
    ServerTest::TearDownTestSuite();
    secrets_.reset();
  }

 protected:
  // A rule of that name on Sku() with the threshold 5 and the margin 0, but for what the text says.
  v1::LowStockRule Watch(const std::string& name, const std::string& text) {
    auto request = Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: '$0' sku: '$1' threshold: 5 }", Name(name), Sku()));
    request.mutable_rule()->MergeFrom(Pb<v1::LowStockRule>(text));
    return Must(client().Call(request));
  }
  v1::LowStockRule WatchBy(const std::string& name, const HttpReceiver& receiver) {
    return Watch(name, absl::Substitute("activity: 'webhook' parameters { key: 'url' value: '$0' }", receiver.url()));
  }

  static std::vector<v1::LowStockEvent> EventsOf(const std::string& rule_id) {
    v1::ListLowStockEventsRequest request;
    request.mutable_filter()->set_rule_id(rule_id);
    return ListAll(client(), request, &v1::ListLowStockEventsResponse::events);
  }
  // "LOW DONE, RECOVERED PENDING".
  static std::string Show(const std::vector<v1::LowStockEvent>& events) {
    std::string shown;
    for (const v1::LowStockEvent& event : events) {
      absl::StrAppend(&shown, shown.empty() ? "" : ", ", v1::LowStockEventType_Name(event.type()).substr(21), " ",
                      v1::LowStockEventState_Name(event.state()).substr(22));
    }
    return shown;
  }
  // Waits until the rule's events are so.
  static void Await(const std::string& rule_id, const std::string& events) {
    EXPECT_TRUE(Eventually([&] { return Show(EventsOf(rule_id)) == events; }, absl::Seconds(20)))
        << Show(EventsOf(rule_id)) << " instead of " << events;
  }

  // The ids of the events in the requests, in the order of their first coming, and how often each came.
  static std::vector<std::string> IdsOf(const std::vector<HttpReceiver::Request>& requests) {
    std::vector<std::string> ids;
    for (const HttpReceiver::Request& request : requests) {
      ids.push_back(nlohmann::json::parse(request.body)["id"].get<std::string>());
    }
    return ids;
  }

 private:
  static inline std::unique_ptr<ScratchFolder> secrets_;
};

TEST_F(LowStockTest, RulesAreResources) {
  SetStock(Sku(), "w1", 10);
  const v1::LowStockRule made = Watch("rule", "rearm_margin: 2 activity: 'log'");
  EXPECT_FALSE(made.low());
  const auto get = Pb<v1::GetLowStockRuleRequest>(absl::Substitute("rule_id: '$0'", Name("rule")));
  EXPECT_THAT(Must(client().Call(get)), EqualsProto(made));
  const auto update = Pb<v1::UpdateLowStockRuleRequest>(
      absl::Substitute("rule { rule_id: '$0' threshold: 10 etag: '$1' }", Name("rule"), made.etag()));
  const v1::LowStockRule updated = Must(client().Call(update));
  EXPECT_EQ(updated.threshold(), 10);
  EXPECT_EQ(updated.rearm_margin(), 2);
  EXPECT_TRUE(updated.low());
  EXPECT_EQ(Outcome(client().Call(update)), "ABORTED ETAG_MISMATCH");
  Await(Name("rule"), "LOW DONE");

  Watch("other", "activity: 'log'");
  auto list = Pb<v1::ListLowStockRulesRequest>(absl::Substitute("page_size: 1 filter { sku: '$0' }", Sku()));
  const auto all = ListAll(client(), list, &v1::ListLowStockRulesResponse::rules);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[1], EqualsProto(updated));
  list.mutable_filter()->set_low(false);
  EXPECT_THAT(ListAll(client(), list, &v1::ListLowStockRulesResponse::rules), SizeIs(1));

  const auto remove = Pb<v1::DeleteLowStockRuleRequest>(absl::Substitute("rule_id: '$0'", Name("rule")));
  Must(client().Call(remove));
  EXPECT_EQ(Outcome(client().Call(get)), "NOT_FOUND LOW_STOCK_RULE_NOT_FOUND");
  EXPECT_THAT(ListAll(client(), list, &v1::ListLowStockRulesResponse::rules), SizeIs(1));
  EXPECT_THAT(EventsOf(Name("rule")), SizeIs(1)) << "its events stay";
}

TEST_F(LowStockTest, ActivitiesAreListed) {
  const auto answer = Must(client().Call(v1::ListLowStockActivitiesRequest()));
  std::vector<std::string> keys;
  for (const v1::LowStockActivity& activity : answer.activities()) keys.push_back(activity.key());
  EXPECT_THAT(keys, ElementsAre("log", "unpublish", "webhook"));
  ASSERT_THAT(answer.activities(2).parameters(), SizeIs(2));
  EXPECT_EQ(answer.activities(2).parameters(0).key(), "url");
  EXPECT_TRUE(answer.activities(2).parameters(0).required());
}

TEST_F(LowStockTest, AWebhookHearsOfEveryCrossingInOrder) {
  HttpReceiver receiver(HttpReceiver::Status(204));
  SetStock(Sku(), "w1", 10);
  WatchBy("rule", receiver);
  const std::string reservation = Must(Reserve(client(), {{Sku(), 7}})).reservation().reservation_id();
  Must(Cancel(client(), reservation));
  SetStock(Sku(), "w1", 0);
  Await(Name("rule"), "LOW DONE, RECOVERED DONE, LOW DONE");
  EXPECT_THAT(IdsOf(receiver.requests()), ElementsAre(Name("rule:1"), Name("rule:2"), Name("rule:3")));
  const auto body = nlohmann::json::parse(receiver.requests()[0].body);
  EXPECT_EQ(body["type"], "inventory.low_stock.v1");
  EXPECT_EQ(body["data"]["available"], 3);
  EXPECT_EQ(EventsOf(Name("rule"))[0].attempts(), 1);
}

TEST_F(LowStockTest, ASecretIsNamedAndNeverShown) {
  HttpReceiver receiver(HttpReceiver::Status(500));
  SetStock(Sku(), "w1", 1);
  Watch("rule", absl::Substitute("activity: 'webhook' parameters { key: 'url' value: '$0' } "
                                 "parameters { key: 'secret' value: 'shop' }",
                                 receiver.url("/hook?a=b=c")));
  Await(Name("rule"), "LOW DEAD");
  const HttpReceiver::Request request = receiver.requests()[0];
  EXPECT_EQ(request.target, "/hook?a=b=c");
  const std::string signature = request.headers.at("inventory-signature");
  EXPECT_EQ(signature,
            activities::Sign(request.body, absl::FromUnixSeconds(std::stoll(signature.substr(2))), {kSecret}));
  EXPECT_EQ(server().run().output().find(kSecret), std::string::npos);

  Watch("unknown", absl::Substitute("activity: 'webhook' parameters { key: 'url' value: '$0' } "
                                    "parameters { key: 'secret' value: 'missing' }",
                                    receiver.url()));
  Await(Name("unknown"), "LOW DEAD");
  EXPECT_EQ(EventsOf(Name("unknown"))[0].last_error(), "the secret missing can't be read");
}

TEST_F(LowStockTest, AFailingReceiverIsTriedAgainUntilTheEventIsDeadAndThenByHand) {
  HttpReceiver receiver(HttpReceiver::Status(500));
  SetStock(Sku(), "w1", 1);
  WatchBy("rule", receiver);
  Await(Name("rule"), "LOW DEAD");
  EXPECT_THAT(IdsOf(receiver.requests()), ElementsAre(Name("rule:1"), Name("rule:1"), Name("rule:1")));
  const v1::LowStockEvent dead = EventsOf(Name("rule"))[0];
  EXPECT_EQ(dead.attempts(), 3);
  EXPECT_EQ(dead.last_error(), "the receiver answered 500");
  EXPECT_FALSE(dead.has_next_attempt_time());
  auto list = Pb<v1::ListLowStockEventsRequest>("page_size: 1 filter { state: LOW_STOCK_EVENT_STATE_DEAD }");
  auto letters = ListAll(client(), list, &v1::ListLowStockEventsResponse::events);
  std::erase_if(letters, [this](const v1::LowStockEvent& event) { return event.rule_id() != Name("rule"); });
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_THAT(letters[0], EqualsProto(dead));

  // The dead event does not hold up those after it.
  receiver.SetAnswer(HttpReceiver::Status(200));
  SetStock(Sku(), "w1", 9);
  Await(Name("rule"), "LOW DEAD, RECOVERED DONE");
  const auto retry = Pb<v1::RetryLowStockEventRequest>(absl::Substitute("event_id: '$0'", Name("rule:1")));
  EXPECT_EQ(Must(client().Call(retry)).event().attempts(), 0);
  Await(Name("rule"), "LOW DONE, RECOVERED DONE");
  EXPECT_EQ(Outcome(client().Call(retry)), "FAILED_PRECONDITION LOW_STOCK_EVENT_STATE");
}

TEST_F(LowStockTest, LaterEventsWaitForAnEarlierOneThatFails) {
  HttpReceiver receiver(HttpReceiver::Status(503));
  SetStock(Sku(), "w1", 1);
  WatchBy("rule", receiver);
  SetStock(Sku(), "w1", 9);
  receiver.Await(1);
  receiver.SetAnswer(HttpReceiver::Status(200));
  Await(Name("rule"), "LOW DONE, RECOVERED DONE");
  const std::vector<std::string> ids = IdsOf(receiver.requests());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(ids.back(), Name("rule:2"));
}

TEST_F(LowStockTest, GarbageAndHangUpsAreFailuresAndTwoAnswersAreOne) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  HttpReceiver receiver(HttpReceiver::Raw("nonsense"));
  SetStock(Sku(), "w1", 1);
  WatchBy("rule", receiver);
  receiver.Await(1);
  receiver.SetAnswer(HttpReceiver::Raw(""));
  receiver.Await(2);
  receiver.SetAnswer(HttpReceiver::Raw(ok + ok));
  Await(Name("rule"), "LOW DONE");
  EXPECT_EQ(EventsOf(Name("rule"))[0].attempts(), 3);
}

// T7: no lock is held while a webhook is called.
TEST_F(LowStockTest, AStallingReceiverSlowsNoWriteOfItsSku) {
  HttpReceiver receiver(HttpReceiver::Stall());
  SetStock(Sku(), "w1", 10);
  WatchBy("rule", receiver);
  Must(Reserve(client(), {{Sku(), 5}}));
  ASSERT_THAT(receiver.Await(1), SizeIs(1));
  const absl::Time start = absl::Now();
  for (int i = 0; i < 5; ++i) Must(Reserve(client(), {{Sku(), 1}}));
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(800)) << "the receiver stalls for a second";
  EXPECT_THAT(receiver.requests(), SizeIs(1));
  Await(Name("rule"), "LOW DEAD");
  EXPECT_EQ(EventsOf(Name("rule"))[0].last_error(), "no answer: Timeout was reached");
}

TEST_F(LowStockTest, ConcurrentWritesOverTwoServersMakeOneEvent) {
  replica();
  SetStock(Sku(), "w1", 30);
  Watch("rule", "activity: 'log'");
  Together(30, [&](int i) { Must(Reserve(i % 2 == 0 ? client() : replica(), {{Sku(), 1}})); });
  Await(Name("rule"), "LOW DONE");
  EXPECT_EQ(EventsOf(Name("rule"))[0].available(), 5);
}

TEST_F(LowStockTest, TwoServersShareTheWorkAndDoNothingTwice) {
  replica();
  HttpReceiver receiver(HttpReceiver::Status(200));
  std::set<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    Watch(absl::StrCat("rule", i),
          absl::Substitute("sku: '$0' activity: 'webhook' parameters { key: 'url' value: '$1' }", Sku(absl::StrCat(i)),
                           receiver.url()));
    expected.insert(Name(absl::StrCat("rule", i, ":1")));
  }
  for (int i = 0; i < 40; ++i) Await(Name(absl::StrCat("rule", i)), "LOW DONE");
  const std::vector<std::string> ids = IdsOf(receiver.requests());
  EXPECT_THAT(ids, SizeIs(40));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()), expected);
}

TEST_F(LowStockTest, ChangesOfTheConfigurationAreNoticed) {
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("shop"), {Name("w")});
  SetStock(Sku(), Name("w"), 10);
  Watch("all", "activity: 'log'");
  Watch("channel", absl::Substitute("channel_id: '$0' activity: 'log'", Name("shop")));
  Watch("warehouse", absl::Substitute("warehouse_id: '$0' activity: 'log'", Name("w")));
  const std::string active = "warehouse { warehouse_id: '$0' active: $1 } update_mask { paths: 'active' }";
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(absl::Substitute(active, Name("w"), "false"))));
  for (const char* rule : {"all", "channel", "warehouse"}) Await(Name(rule), "LOW DONE");
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(absl::Substitute(active, Name("w"), "true"))));
  for (const char* rule : {"all", "channel", "warehouse"}) Await(Name(rule), "LOW DONE, RECOVERED DONE");
  Must(client().Call(Pb<v1::DetachWarehouseRequest>(
      absl::Substitute("channel_id: '$0' warehouse_id: '$1'", Name("shop"), Name("w")))));
  Await(Name("channel"), "LOW DONE, RECOVERED DONE, LOW DONE");
  Await(Name("all"), "LOW DONE, RECOVERED DONE");
}

TEST_F(LowStockTest, ExpiredHoldsLetAnItemRecoverAndBePublishedAgain) {
  SetStock(Sku(), "w1", 10);
  Watch("rule", "activity: 'unpublish' parameters { key: 'republish' value: 'true' }");
  Must(Reserve(client(), {{Sku(), 8}}, {.ttl = absl::Milliseconds(700)}));
  Await(Name("rule"), "LOW DONE");
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}})), "FAILED_PRECONDITION ITEM_UNPUBLISHED");
  Await(Name("rule"), "LOW DONE, RECOVERED DONE");
  Must(Reserve(client(), {{Sku(), 1}}));
}

// A repair that runs alone judges no rules itself.
TEST_F(LowStockTest, ARepairIsACauseToo) {
  SetStock(Sku(), "w1", 10);
  Watch("rule", "activity: 'log'");
  Sql(absl::Substitute("UPDATE stock_level SET reserved = 7 WHERE sku = '$0'", Sku()));
  Must(client().Call(
      Pb<v1::UpdateLowStockRuleRequest>(absl::Substitute("rule { rule_id: '$0' rearm_margin: 1 }", Name("rule")))));
  Await(Name("rule"), "LOW DONE");
  EXPECT_FALSE(VerifyAll(client(), /*repair=*/true, Sku()).empty());
  Await(Name("rule"), "LOW DONE, RECOVERED DONE");
}

TEST_F(LowStockTest, AddressesThatAreNotAllowedAreNotCalled) {
  SetStock(Sku(), "w1", 1);
  Watch("rule", "activity: 'webhook' parameters { key: 'url' value: 'http://[::1]:1/' }");
  Await(Name("rule"), "LOW DEAD");
  EXPECT_EQ(EventsOf(Name("rule"))[0].last_error(),
            "the host's address is not a public one; see the option webhook-private-networks");
}

// Where no other server takes what this one has left.
class LowStockOneServerTest : public LowStockTest {};

TEST_F(LowStockOneServerTest, AnEventOutlivesTheServerThatCarriesItOut) {
  HttpReceiver receiver(HttpReceiver::Stall());
  SetStock(Sku(), "w1", 1);
  WatchBy("rule", receiver);
  receiver.Await(1);
  server().Kill();
  receiver.SetAnswer(HttpReceiver::Status(200));
  server().Restart();
  Await(Name("rule"), "LOW DONE");
  EXPECT_THAT(IdsOf(receiver.requests()), ElementsAre(Name("rule:1"), Name("rule:1")));
  EXPECT_EQ(EventsOf(Name("rule"))[0].attempts(), 2);
}

TEST_F(LowStockOneServerTest, AServerThatStopsGivesItsEventBackAtOnce) {
  HttpReceiver receiver(HttpReceiver::Stall());
  SetStock(Sku(), "w1", 1);
  WatchBy("rule", receiver);
  receiver.Await(1);
  receiver.SetAnswer(HttpReceiver::Status(200));
  EXPECT_EQ(server().Stop(), 0);
  server().Restart();
  Await(Name("rule"), "LOW DONE");
  EXPECT_EQ(EventsOf(Name("rule"))[0].attempts(), 1);
}

}  // namespace
}  // namespace inventory::integration
