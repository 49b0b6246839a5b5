// The activities against a real HTTP server on this host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"
#include "server/activities/activity.h"
#include "server/activities/http_post.h"
#include "server/activities/signature.h"
#include "server/http/url.h"
#include "tests/http_receiver.h"

namespace inventory::activities {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kSecret[] = "0123456789abcdef-the-first";
constexpr char kNextSecret[] = "0123456789abcdef-the-next";

class TestContext final : public Context {
 public:
  absl::Time deadline() const override { return absl::Now() + patience; }
  bool stopping() const override { return stop; }
  const Options& options() const override { return allowed; }
  absl::Status Run(std::string_view, std::unique_ptr<pipeline::Command>) override {
    return absl::UnimplementedError("no pipeline here");
  }

  absl::Duration patience = absl::Seconds(10);
  bool stop = false;
  Options allowed;
};

LowStockEvent Event(const std::string& url) {
  return {.event_id = "R-1:7",
          .rule_id = "R-1",
          .number = 7,
          .sku = "T-SHIRT \"M\"",
          .warehouse_id = "ber-1",
          .available = 1'000'000'000'000'001,
          .threshold = 5,
          .margin = 2,
          .time = absl::FromUnixMicros(1'700'000'000'123'456),
          .parameters = {{"url", url}}};
}

class WebhookTest : public ::testing::Test {
 protected:
  void SetUp() override {
    context_.allowed.webhook_private_networks = Networks::Parse("127.0.0.0/8").value();
    folder_ = ::testing::TempDir() + "/webhook_secrets";
    std::filesystem::create_directories(folder_);
    context_.allowed.webhook_secrets = folder_;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // A secret for the receiver's host.
  void WriteSecret(const std::string& name, const std::string& text) const {
    Write(name, text);
    Write(name + ".hosts", "127.0.0.1\n");
  }
  void Write(const std::string& name, const std::string& text) const { std::ofstream(folder_ + "/" + name) << text; }
  absl::Status Execute(const LowStockEvent& event) { return Find("webhook")->Execute(event, context_); }
  absl::Status Call() { return Execute(Event(receiver_.url())); }

  std::string folder_;
  HttpReceiver receiver_{HttpReceiver::Status(200)};
  TestContext context_;
};

std::string Hmac(const std::string& secret, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return absl::BytesToHexString(std::string(reinterpret_cast<char*>(digest), size));
}

TEST_F(WebhookTest, PostsACloudEvent) {
  ASSERT_TRUE(Call().ok());
  ASSERT_THAT(receiver_.requests(), SizeIs(1));
  const HttpReceiver::Request request = receiver_.requests()[0];
  EXPECT_EQ(request.target, "/hook");
  EXPECT_THAT(request.headers.at("content-type"), HasSubstr("application/cloudevents+json"));
  EXPECT_FALSE(request.headers.contains("inventory-signature"));
  EXPECT_FALSE(request.headers.contains("expect"));
  EXPECT_EQ(
      request.body,
      R"({"specversion":"1.0","id":"R-1:7","source":"/inventory/low-stock-rules/R-1","type":"inventory.low_stock.v1",)"
      R"("subject":"T-SHIRT \"M\"","time":"2023-11-14T22:13:20.123456Z","datacontenttype":"application/json",)"
      R"("data":{"rule_id":"R-1","number":7,"sku":"T-SHIRT \"M\"","warehouse_id":"ber-1",)"
      R"("available":1000000000000001,"threshold":5,"margin":2}})");
}

TEST_F(WebhookTest, RepeatsTheSameBytes) {
  LowStockEvent event = Event(receiver_.url());
  event.type = LowStockEvent::Type::kRecovered;
  event.channel_id = "web";
  ASSERT_TRUE(Execute(event).ok());
  event.attempt = 2;
  ASSERT_TRUE(Execute(event).ok());
  ASSERT_THAT(receiver_.requests(), SizeIs(2));
  EXPECT_EQ(receiver_.requests()[0].body, receiver_.requests()[1].body);
  const nlohmann::json body = nlohmann::json::parse(receiver_.requests()[0].body);
  EXPECT_EQ(body["type"], "inventory.low_stock_recovered.v1");
  EXPECT_EQ(body["data"]["channel_id"], "web");
}

TEST_F(WebhookTest, SignsTimeAndBodyUnderEverySecretOfTheFile) {
  WriteSecret("shop", absl::StrCat(kSecret, "\n", kNextSecret, "\r\n"));
  LowStockEvent event = Event(receiver_.url());
  event.parameters["secret"] = "shop";
  ASSERT_TRUE(Execute(event).ok());
  const HttpReceiver::Request request = receiver_.requests().at(0);
  const std::vector<std::string> parts = absl::StrSplit(request.headers.at("inventory-signature"), ',');
  ASSERT_THAT(parts, SizeIs(3));
  const std::string time = parts[0].substr(2);
  EXPECT_NEAR(static_cast<double>(std::stoll(time)), static_cast<double>(absl::ToUnixSeconds(absl::Now())), 10);
  EXPECT_THAT(parts, ElementsAre("t=" + time, "v1=" + Hmac(kSecret, time + "." + request.body),
                                 "v1=" + Hmac(kNextSecret, time + "." + request.body)));
}

// Whoever writes rules may name any secret and any host.
TEST_F(WebhookTest, SignsForTheHostsOfTheSecretOnly) {
  Write("shop", kSecret);
  LowStockEvent event = Event(receiver_.url());
  event.parameters["secret"] = "shop";
  const auto message = [&] { return std::string(Execute(event).message()); };
  EXPECT_EQ(message(), "the secret shop has no file of hosts that it may be used for");
  for (const char* none : {"", "\n \n", "not a host\n", "*\n", "127.0.0.1 127.0.0.2\n", ",\n"}) {
    Write("shop.hosts", none);
    EXPECT_EQ(message(), "the secret shop has a file of hosts that does not list any as it should") << none;
  }
  Write("shop.hosts", "hooks.example.com\n127.0.0.10\n");
  EXPECT_EQ(message(), "the secret shop is not for this host: its file of hosts does not name it");
  EXPECT_THAT(receiver_.requests(), IsEmpty());
  Write("shop.hosts", "*.example.com\r\n\n 127.0.0.1 \n");
  EXPECT_TRUE(Execute(event).ok());
  EXPECT_TRUE(receiver_.requests().at(0).headers.contains("inventory-signature"));
}

TEST_F(WebhookTest, WaitsForItsHost) {
  const Activity& webhook = *Find("webhook");
  EXPECT_EQ(webhook.destination({{"url", "https://Hooks.Example.com:8443/a?b"}}), "hooks.example.com");
  EXPECT_EQ(webhook.destination({{"url", "no url"}}), "");
  EXPECT_EQ(webhook.destination({}), "");
  EXPECT_EQ(Find("log")->destination({}), "");
}

// Computed with openssl dgst -sha256 -hmac.
TEST(SignatureTest, IsTheHmacOfTimeAndBody) {
  EXPECT_EQ(Sign("{}", absl::FromUnixSeconds(1'700'000'000), {"0123456789abcdef"}),
            "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
}

TEST_F(WebhookTest, WithoutItsSecretNothingIsSentAndNothingOfItIsTold) {
  WriteSecret("short", "tiny-secret");
  WriteSecret("empty", "");
  LowStockEvent event = Event(receiver_.url());
  for (const char* name : {"missing", "short", "empty", "short.hosts", "../shop", ".", ""}) {
    event.parameters["secret"] = name;
    const absl::Status status = Execute(event);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("tiny-secret")));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(folder_)));
  }
  context_.allowed.webhook_secrets = "";
  event.parameters["secret"] = "shop";
  EXPECT_EQ(Execute(event).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(receiver_.requests(), IsEmpty());
}

TEST_F(WebhookTest, NoFailureTellsSecretUrlOrAddress) {
  WriteSecret("shop", kSecret);
  const std::string url = receiver_.url("/hook?token=in-the-url");
  LowStockEvent event = Event(url);
  event.parameters["secret"] = "shop";
  receiver_.SetAnswer(HttpReceiver::Status(500, "", "echo of in-the-body"));
  std::vector<absl::Status> failures = {Execute(event)};
  receiver_.SetAnswer(HttpReceiver::Raw("garbage"));
  failures.push_back(Execute(event));
  context_.allowed.webhook_private_networks = Networks();
  failures.push_back(Execute(event));
  for (const absl::Status& failure : failures) {
    ASSERT_FALSE(failure.ok());
    for (const char* part : {kSecret, "in-the-url", "in-the-body", "127.0.0.1"}) {
      EXPECT_THAT(failure.ToString(), Not(HasSubstr(part)));
    }
  }
}

TEST_F(WebhookTest, OnlyAnswersOf2xxAreSuccess) {
  for (const int status : {200, 201, 202, 204, 299}) {
    receiver_.SetAnswer(HttpReceiver::Status(status));
    EXPECT_TRUE(Call().ok()) << status;
  }
  for (const int status : {300, 304, 400, 401, 404, 408, 410, 425, 429, 500, 503}) {
    receiver_.SetAnswer(HttpReceiver::Status(status));
    const absl::Status failed = Call();
    EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_THAT(std::string(failed.message()), HasSubstr(absl::StrCat(status)));
    EXPECT_FALSE(AfterAtLeastOf(failed).has_value());
  }
}

TEST_F(WebhookTest, AReceiverCanAskForTimeWithinReason) {
  receiver_.SetAnswer(HttpReceiver::Status(429, "Retry-After: 120\r\n"));
  EXPECT_EQ(AfterAtLeastOf(Call()), absl::Seconds(120));
  receiver_.SetAnswer(HttpReceiver::Status(503, "Retry-After: 999999999\r\n"));
  EXPECT_EQ(AfterAtLeastOf(Call()), absl::Hours(1));
  receiver_.SetAnswer(HttpReceiver::Status(503, "Retry-After: soon\r\n"));
  EXPECT_FALSE(AfterAtLeastOf(Call()).has_value());
}

TEST_F(WebhookTest, RedirectionsAreNotFollowed) {
  HttpReceiver other(HttpReceiver::Status(200));
  for (const int status : {301, 302, 303, 307, 308}) {
    receiver_.SetAnswer(HttpReceiver::Status(status, absl::StrCat("Location: ", other.url(), "\r\n")));
    EXPECT_FALSE(Call().ok()) << status;
  }
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(WebhookTest, AStallingReceiverCostsNoMoreThanTheDeadline) {
  context_.patience = absl::Milliseconds(300);
  for (const auto& stall : {HttpReceiver::Stall(), HttpReceiver::Trickle("HTTP/1.1 200 "),
                            HttpReceiver::Trickle("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")}) {
    receiver_.SetAnswer(stall);
    const absl::Time start = absl::Now();
    EXPECT_EQ(Call().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  }
}

TEST_F(WebhookTest, AStatusCountsHoweverTheRestEnds) {
  context_.patience = absl::Milliseconds(300);
  receiver_.SetAnswer(HttpReceiver::Trickle("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_TRUE(Call().ok());
  receiver_.SetAnswer(HttpReceiver::Raw("HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\ncut off"));
  EXPECT_TRUE(Call().ok());
  receiver_.SetAnswer(HttpReceiver::Trickle("HTTP/1.1 500 Bad\r\n\r\n"));
  EXPECT_EQ(Call().code(), absl::StatusCode::kUnavailable);
  // Twice in one answer: the first counts.
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const std::string bad = "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n";
  receiver_.SetAnswer(HttpReceiver::Raw(ok + bad));
  EXPECT_TRUE(Call().ok());
  receiver_.SetAnswer(HttpReceiver::Raw(bad + ok));
  EXPECT_FALSE(Call().ok());
}

TEST_F(WebhookTest, AHugeAnswerIsNotRead) {
  receiver_.SetAnswer(HttpReceiver::Flood());
  const absl::Time start = absl::Now();
  EXPECT_TRUE(Call().ok());
  receiver_.SetAnswer(HttpReceiver::Raw("HTTP/1.1 200 OK\r\n" + std::string(90'000, 'x') + ": y\r\n\r\n"));
  EXPECT_TRUE(Call().ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(WebhookTest, GarbageAndSilenceAreFailures) {
  for (const char* bytes : {"", "\r\n\r\n", "garbage", "HTTP/1.1 abc\r\n\r\n", "SSH-2.0-x\r\n"}) {
    receiver_.SetAnswer(HttpReceiver::Raw(bytes));
    EXPECT_EQ(Call().code(), absl::StatusCode::kUnavailable) << bytes;
  }
  int port = 0;
  {
    const HttpReceiver gone(HttpReceiver::Status(200));
    port = gone.port();
  }
  EXPECT_EQ(Execute(Event(absl::StrCat("http://127.0.0.1:", port, "/"))).code(), absl::StatusCode::kUnavailable);
  // TLS where there is none.
  context_.patience = absl::Milliseconds(300);
  EXPECT_FALSE(Execute(Event(absl::StrCat("https://127.0.0.1:", receiver_.port(), "/"))).ok());
}

TEST_F(WebhookTest, AStoppingServerGivesUp) {
  context_.stop = true;
  receiver_.SetAnswer(HttpReceiver::Stall());
  const absl::Time start = absl::Now();
  EXPECT_EQ(Call().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(WebhookTest, AddressesThatAreNotPublicAreRefusedHoweverTheyAreWritten) {
  context_.allowed.webhook_private_networks = Networks();
  const int port = receiver_.port();
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0", "0",
                           "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "%31%32%37.0.0.1"}) {
    EXPECT_EQ(Execute(Event(absl::StrCat("http://", host, ":", port, "/"))).code(), absl::StatusCode::kPermissionDenied)
        << host;
  }
  for (const char* host : {"169.254.169.254", "10.0.0.1", "[fd00::1]", "100.64.0.1"}) {
    EXPECT_EQ(Execute(Event(absl::StrCat("http://", host, "/"))).code(), absl::StatusCode::kPermissionDenied) << host;
  }
  EXPECT_THAT(receiver_.requests(), IsEmpty());
}

TEST_F(WebhookTest, HostsThatAreNotListedAreRefused) {
  context_.allowed.webhook_hosts = Hosts::Parse("hooks.example.com").value();
  EXPECT_EQ(Call().code(), absl::StatusCode::kPermissionDenied);
  context_.allowed.webhook_hosts = Hosts::Parse("localhost").value();
  EXPECT_TRUE(Execute(Event(absl::StrCat("http://LOCALHOST:", receiver_.port(), "/hook"))).ok());
  EXPECT_THAT(receiver_.requests(), SizeIs(1));
}

TEST_F(WebhookTest, NoProxyIsUsed) {
  HttpReceiver proxy(HttpReceiver::Status(200));
  setenv("http_proxy", proxy.url("").c_str(), 1);
  EXPECT_TRUE(Call().ok());
  unsetenv("http_proxy");
  EXPECT_THAT(proxy.requests(), IsEmpty());
}

std::vector<std::string> ProblemsOf(const Parameters& parameters) {
  std::vector<std::string> found;
  for (const ParameterProblem& problem : CheckParameters(*Find("webhook"), parameters)) {
    found.push_back(absl::StrCat(problem.name, " ", problem.problem));
  }
  return found;
}

TEST(WebhookParametersTest, AreCheckedWhenTheRuleIsWritten) {
  EXPECT_THAT(ProblemsOf({{"url", "https://hooks.example.com:8443/low?shop=1"}, {"secret", "shop-1.key"}}), IsEmpty());
  EXPECT_THAT(ProblemsOf({}), ElementsAre("url is required"));
  EXPECT_THAT(ProblemsOf({{"URL", "x"}, {"zone", "x"}}),
              ElementsAre("URL is not a parameter of this activity", "zone is not a parameter of this activity",
                          "url is required"));
  EXPECT_THAT(ProblemsOf({{"url", "x"}, {"secret", "../x"}}), SizeIs(2));
}

TEST(WebhookParametersTest, OnlyPlainUrlsOfHttpAreTaken) {
  for (const char* url : {"", "hooks.example.com", "//hooks.example.com/", "ftp://a.org/", "file:///etc/passwd",
                          "gopher://a.org", "http://", "http://a b/", "http://a.org/\n", "http://a.org/\r\nX: y",
                          "http://a.org:99999/", "javascript:alert(1)"}) {
    EXPECT_EQ(http::UrlProblem(url), "is not a URL of http or https") << url;
  }
  EXPECT_EQ(http::UrlProblem("http://user@a.org/"), "must not hold a user or a password");
  EXPECT_EQ(http::UrlProblem("http://user:pass@a.org/"), "must not hold a user or a password");
  EXPECT_EQ(http::UrlProblem("http://:pass@a.org/"), "must not hold a user or a password");
  EXPECT_EQ(http::UrlProblem("http://a.org/#x"), "must not have a fragment");
  EXPECT_EQ(http::UrlProblem("http://a.org/" + std::string(2048, 'x')), "is longer than 2048 bytes");
  for (const char* url : {"http://a.org", "HTTPS://A.org/x?y=z", "http://[2606:4700::1111]:80/", "http://1.2.3.4/"}) {
    EXPECT_EQ(http::UrlProblem(url), "") << url;
  }
}

}  // namespace
}  // namespace inventory::activities
