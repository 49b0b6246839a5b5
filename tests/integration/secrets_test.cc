// Goal: what the server is trusted with is shown to nobody but whom it is for. Method: a server that writes all it can
// to its log signs webhooks and events and exports traces, to receivers that at first refuse and repeat what they were
// sent, and then take it.
#include <fstream>

#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/activities/signature.h"
#include "tests/http_receiver.h"
#include "tests/integration/collector.h"
#include "tests/integration/server_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOfTheWebhook[] = "open-sesame-0123456789";
constexpr char kOfTheFeed[] = "abracadabra-0123456789";
constexpr char kOfTheCollector[] = "hocus-pocus-0123456789";

// A refusal that has all headers of the request in its own and in its body.
HttpReceiver::Answer RefuseAndRepeat() {
  return [](const HttpReceiver::Request& request, HttpReceiver::Caller& caller) {
    std::string headers;
    for (const auto& [name, value] : request.headers) absl::StrAppend(&headers, "X-", name, ": ", value, "\r\n");
    HttpReceiver::Status(500, headers, headers)(request, caller);
  };
}

void ExpectSignedWith(const std::string& secret, const HttpReceiver::Request& request) {
  const std::string signature = request.headers.at("inventory-signature");
  EXPECT_EQ(signature,
            activities::Sign(request.body, absl::FromUnixSeconds(std::stoll(signature.substr(2))), {secret}));
}

TEST(SecretsTest, AreInNoLogMetricErrorOrProcessList) {
  const ScratchFolder folder;
  std::ofstream(folder.path() + "/shop") << kOfTheWebhook << "\n";
  std::ofstream(folder.path() + "/shop.hosts") << "127.0.0.1\n";
  std::ofstream(folder.path() + "/feed") << kOfTheFeed << "\n";
  std::ofstream(folder.path() + "/headers") << "authorization: Bearer " << kOfTheCollector << "\n";
  HttpReceiver hook(RefuseAndRepeat());
  HttpReceiver feed(RefuseAndRepeat());
  Collector collector;
  collector.receiver().SetAnswer(RefuseAndRepeat());
  std::vector<std::string> arguments = {"--log-level=debug",
                                        "--webhook-secrets=" + folder.path(),
                                        "--webhook-private-networks=127.0.0.0/8",
                                        "--sweep-interval=10ms",
                                        "--low-stock-backoff=10ms",
                                        "--low-stock-max-backoff=50ms",
                                        "--low-stock-max-attempts=1000",
                                        "--event-feed-url=" + feed.url(),
                                        "--event-feed-secret=" + folder.path() + "/feed"};
  if (Collector::IsThere()) {
    arguments.insert(arguments.end(),
                     {collector.option(), "--otlp-headers-file=" + folder.path() + "/headers", "--trace-ratio=1"});
  }
  const storage::DatabaseOptions database = storage::NewDatabase();
  std::vector<std::string> shown;
  {
    ServerProcess server({.database_url = storage::UrlOf(database), .arguments = arguments, .metrics = true});
    const Client client(server.address());
    MakeWarehouse(client, "w1");
    Must(client.Call(Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: 'rule' sku: 'sku' threshold: 1000000 activity: 'webhook' "
                         "parameters { key: 'url' value: '$0' } parameters { key: 'secret' value: 'shop' } }",
                         hook.url()))));
    const auto move = [&client] {
      Must(client.Call(Pb<v1::AdjustStockRequest>("sku: 'sku' warehouse_id: 'w1' delta: 1")));
    };
    const auto event = [&client] {
      const auto events = Must(client.Call(Pb<v1::ListLowStockEventsRequest>("filter { rule_id: 'rule' }")));
      return events.events_size() == 0 ? v1::LowStockEvent() : events.events(0);
    };
    // While a further attempt is under way, the event has no error. The feed begins with what happens once it is there.
    EXPECT_TRUE(Eventually([&] {
      move();
      shown.push_back(event().ShortDebugString());
      return !event().last_error().empty() && feed.requests().size() > 1;
    }));
    const std::size_t posts = Collector::IsThere() ? 1 : 0;
    EXPECT_GE(collector.receiver().Await(posts).size(), posts);
    const std::size_t refused = feed.requests().size();
    for (HttpReceiver* receiver : {&hook, &feed, &collector.receiver()}) receiver->SetAnswer(HttpReceiver::Status(200));
    EXPECT_TRUE(Eventually([&] {
      move();
      return event().state() == v1::LOW_STOCK_EVENT_STATE_DONE && feed.requests().size() > refused + 1;
    }));
    shown.push_back(HttpGet(server.metrics_port(), "/metrics"));
    shown.push_back(ReadFile(absl::StrCat("/proc/", server.pid(), "/cmdline")));
    EXPECT_THAT(shown.back(), HasSubstr("--event-feed-secret="));
    EXPECT_EQ(server.Stop(), 0);
    shown.push_back(server.run().output());
    EXPECT_THAT(shown.back(), HasSubstr("a low-stock activity failed"));
    EXPECT_THAT(shown.back(), HasSubstr("can't post events"));
    if (posts > 0) {
      EXPECT_THAT(shown.back(), HasSubstr("spans could not be exported"));
    }
  }
  storage::DropDatabase(database);
  // They were used.
  for (const HttpReceiver::Request& request : hook.requests()) ExpectSignedWith(kOfTheWebhook, request);
  for (const HttpReceiver::Request& request : feed.requests()) ExpectSignedWith(kOfTheFeed, request);
  for (const HttpReceiver::Request& request : collector.receiver().requests()) {
    EXPECT_EQ(request.headers.at("authorization"), absl::StrCat("Bearer ", kOfTheCollector));
  }
  for (const char* secret : {kOfTheWebhook, kOfTheFeed, kOfTheCollector}) {
    for (const std::string& text : shown) EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace inventory::integration
