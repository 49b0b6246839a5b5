// Webhooks over TLS: whose certificates are trusted, and for which names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/activities/http_post.h"
#include "tests/certificates.h"
#include "tests/http_receiver.h"

namespace inventory::activities {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class WebhookTlsTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    std::filesystem::create_directories(Folder());
    ASSERT_TRUE(Made().MakeAuthority("ours").ok());
    ASSERT_TRUE(Made().MakeAuthority("theirs").ok());
    ASSERT_TRUE(Made().MakeCertificate("receiver", "127.0.0.1", "ours").ok());
    ASSERT_TRUE(Made().MakeCertificate("other", "127.0.0.2", "ours").ok());
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(Folder()); }

 protected:
  static std::string Folder() { return ::testing::TempDir() + "/webhook_tls"; }
  static Certificates Made() { return Certificates(Folder()); }
  static absl::StatusOr<http::Answer> Post(const std::string& url, const std::string& authority) {
    Options options;
    options.webhook_private_networks = Networks::Parse("127.0.0.0/8").value();
    if (!authority.empty()) options.webhook_ca_file = Made().Pem(authority);
    return HttpPost({.url = url, .body = "{}", .deadline = absl::Now() + absl::Seconds(10)}, options);
  }
  static void ExpectRefused(const HttpReceiver& receiver, const absl::StatusOr<http::Answer>& answer) {
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << answer.status();
    EXPECT_THAT(std::string(answer.status().message()), ::testing::HasSubstr("certificate"));
    EXPECT_THAT(receiver.requests(), IsEmpty());
  }

  HttpReceiver receiver_{HttpReceiver::Status(204), Made().Pem("receiver"), Made().Key("receiver")};
};

TEST_F(WebhookTlsTest, AReceiverOfATrustedAuthorityIsCalled) {
  const auto answer = Post(receiver_.url(), "ours");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 204);
  ASSERT_THAT(receiver_.requests(), SizeIs(1));
  EXPECT_EQ(receiver_.requests()[0].body, "{}");
}

TEST_F(WebhookTlsTest, OfAnotherAuthorityNothingIsSent) { ExpectRefused(receiver_, Post(receiver_.url(), "theirs")); }

TEST_F(WebhookTlsTest, WithoutTheOptionOnlyTheSystemsAuthoritiesCount) {
  ExpectRefused(receiver_, Post(receiver_.url(), ""));
}

TEST_F(WebhookTlsTest, ToAnotherNameNothingIsSent) {
  ExpectRefused(receiver_, Post(absl::StrCat("https://localhost:", receiver_.port(), "/hook"), "ours"));
  const HttpReceiver other(HttpReceiver::Status(204), Made().Pem("other"), Made().Key("other"));
  ExpectRefused(other, Post(other.url(), "ours"));
}

}  // namespace
}  // namespace inventory::activities
