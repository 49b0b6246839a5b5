// Webhooks of a real server over TLS.
#include "tests/certificates.h"
#include "tests/http_receiver.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WebhookTlsTest : public ServerTest {
 public:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<ScratchFolder>();
    const Certificates made(folder_->path());
    for (const char* authority : {"ours", "theirs"}) {
      ASSERT_TRUE(made.MakeAuthority(authority).ok());
      ASSERT_TRUE(made.MakeCertificate(absl::StrCat("of-", authority), "127.0.0.1", authority).ok());
    }
    StartServer({"--webhook-ca-file=" + made.Pem("ours"), "--webhook-private-networks=127.0.0.0/8",
                 "--sweep-interval=10ms", "--low-stock-backoff=10ms"});
  }
  static void TearDownTestSuite() {
    ServerTest::TearDownTestSuite();
    folder_.reset();
  }

 protected:
  static std::unique_ptr<HttpReceiver> Receiver(const std::string& authority) {
    const Certificates made(folder_->path());
    const std::string name = absl::StrCat("of-", authority);
    return std::make_unique<HttpReceiver>(HttpReceiver::Status(204), made.Pem(name), made.Key(name));
  }

  // A rule that is low from its first moment on.
  void Watch(const std::string& rule_id, const HttpReceiver& receiver) const {
    Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: '$0' sku: '$1' activity: 'webhook' parameters { key: 'url' value: '$2' } }",
                         rule_id, Sku(), receiver.url()))));
  }
  static v1::LowStockEvent EventOf(const std::string& rule_id) {
    return Must(client().Call(Pb<v1::ListLowStockEventsRequest>(absl::Substitute("filter { rule_id: '$0' }", rule_id))))
        .events(0);
  }

 private:
  static inline std::unique_ptr<ScratchFolder> folder_;
};

TEST_F(WebhookTlsTest, EventsGoToReceiversOfTheOperatorsAuthorityOnly) {
  const auto ours = Receiver("ours");
  const auto theirs = Receiver("theirs");
  Watch(Name("ours"), *ours);
  Watch(Name("theirs"), *theirs);
  EXPECT_EQ(ours->Await(1).size(), 1u);
  EXPECT_TRUE(Eventually([&] { return EventOf(Name("ours")).state() == v1::LOW_STOCK_EVENT_STATE_DONE; }));
  // While a further attempt is under way, the event has no error.
  v1::LowStockEvent refused;
  EXPECT_TRUE(Eventually([&] {
    refused = EventOf(Name("theirs"));
    return refused.attempts() >= 2 && !refused.last_error().empty();
  }));
  EXPECT_EQ(refused.state(), v1::LOW_STOCK_EVENT_STATE_PENDING);
  EXPECT_THAT(refused.last_error(), HasSubstr("certificate"));
  EXPECT_THAT(theirs->requests(), IsEmpty());
}

}  // namespace
}  // namespace inventory::integration
