// TLS and mutual TLS of the real server, and certificates that change while it serves.
#include <openssl/ssl.h>

#include <filesystem>

#include "absl/strings/str_split.h"
#include "grpcpp/security/credentials.h"
#include "storage/child_process.h"
#include "tests/certificates.h"
#include "tests/https.h"
#include "tests/integration/metric.h"
#include "tests/integration/raw_http2.h"
#include "tests/integration/server_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

// What an honest client sends first.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), SSL_free);
  BIO* const sent = BIO_new(BIO_s_mem());
  SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), sent);
  SSL_connect(session.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(sent, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

// Servers with certificates that the test makes; each serves a database of its own.
class TlsTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<ScratchFolder>();
    database_ = storage::NewDatabase();
    for (const char* authority : {"root", "other-root"}) ASSERT_TRUE(Made().MakeAuthority(authority).ok());
    for (const char* name : {"server", "client"}) ASSERT_TRUE(Made().MakeCertificate(name, "127.0.0.1", "root").ok());
    ASSERT_TRUE(Made().MakeCertificate("stranger", "127.0.0.1", "other-root").ok());
  }
  static void TearDownTestSuite() {
    storage::DropDatabase(database_);
    folder_.reset();
  }

 protected:
  TlsTest() { Put("server"); }

  static Certificates Made() { return Certificates(folder_->path()); }

  // Puts a certificate, and a key, where the server looks for its own.
  static void Put(const std::string& certificate, const std::string& key = "") {
    const auto options = fs::copy_options::overwrite_existing;
    fs::copy_file(Made().Pem(certificate), Made().Pem("live"), options);
    fs::copy_file(Made().Key(key.empty() ? certificate : key), Made().Key("live"), options);
  }

  // Of a caller that trusts an authority and has a certificate, if any.
  static std::shared_ptr<grpc::ChannelCredentials> Credentials(const std::string& certificate = "",
                                                               const std::string& authority = "root") {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(Made().Pem(authority));
    if (!certificate.empty()) {
      options.pem_cert_chain = ReadFile(Made().Pem(certificate));
      options.pem_private_key = ReadFile(Made().Key(certificate));
    }
    return grpc::SslCredentials(options);
  }

  static ServerProcess::Options Options(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--tls-cert-file=" + Made().Pem("live"), "--tls-key-file=" + Made().Key("live"),
                               "--tls-reload-interval=100ms"});
    return {.database_url = storage::UrlOf(database_), .arguments = more, .credentials = Credentials("client")};
  }

  // What a new caller hears of the server's health.
  static std::string Health(const ServerProcess& server, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    return Client(server.address(), credentials).Health();
  }

  // Whether `openssl s_client` shakes hands with these arguments.
  static bool ShakesHands(const ServerProcess& server, const std::string& more) {
    std::vector<std::string> arguments = {
        "/usr/bin/openssl",    "s_client", "-connect", server.address(), "-alpn", "h2", "-CAfile", Made().Pem("root"),
        "-verify_return_error"};
    for (const absl::string_view argument : absl::StrSplit(more, ' ', absl::SkipEmpty())) {
      arguments.emplace_back(argument);
    }
    return storage::RunChild(arguments, folder_->path() + "/s_client.log", "/dev/null").ok();
  }

  static const storage::DatabaseOptions& database() { return database_; }

 private:
  static inline std::unique_ptr<ScratchFolder> folder_;
  static inline storage::DatabaseOptions database_;
};

TEST_F(TlsTest, CallersWhoTrustItsAuthorityAreServedAndOthersAreNot) {
  ServerProcess server(Options());
  EXPECT_EQ(Health(server, Credentials()), "SERVING");
  EXPECT_EQ(Health(server, Credentials("", "other-root")), "UNAVAILABLE");
  EXPECT_EQ(Health(server, nullptr), "UNAVAILABLE") << "plaintext";
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(TlsTest, OldVersionsAndWeakCiphersAreRefused) {
  ServerProcess server(Options());
  EXPECT_TRUE(ShakesHands(server, "-tls1_3"));
  EXPECT_TRUE(ShakesHands(server, "-tls1_2"));
  EXPECT_TRUE(ShakesHands(server, "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"));
  EXPECT_FALSE(ShakesHands(server, "-tls1_1 -cipher ALL@SECLEVEL=0"));
  EXPECT_FALSE(ShakesHands(server, "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"));
  EXPECT_FALSE(ShakesHands(server, "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384"));
}

// A third of the connections send nothing, a third half of what begins a handshake, and a third that byte by byte.
TEST_F(TlsTest, HandshakesThatStallAreEndedInTimeAndHinderNobody) {
  constexpr int kStalled = 102;
  constexpr absl::Duration kTimeout = absl::Seconds(2);
  constexpr absl::Duration kMargin = absl::Seconds(3);
  ServerProcess::Options options = Options({"--handshake-timeout=2s"});
  options.metrics = true;
  ServerProcess server(options);
  const std::string hello = ClientHello();
  ASSERT_GT(hello.size(), 100u);
  std::vector<RawConnection> stalled;
  for (int i = 0; i < kStalled; ++i) {
    ASSERT_TRUE(stalled.emplace_back(server.port(), "127.0.0.2").open());
    if (i % 3 == 1) stalled.back().Send(hello.substr(0, hello.size() / 2));
  }
  const absl::Time opened = absl::Now();
  EXPECT_TRUE(
      Eventually([&] { return MetricOf(server.metrics_port(), "inventory_connections") >= kStalled; }, kTimeout / 2));
  for (std::size_t at = 0; absl::Now() < opened + kTimeout; ++at) {
    for (int i = 2; i < kStalled; i += 3) stalled[i].Send(hello.substr(at, 1));
    const absl::Time asked = absl::Now();
    EXPECT_EQ(Health(server, Credentials()), "SERVING");
    EXPECT_LT(absl::Now() - asked, kMargin);
    absl::SleepFor(absl::Milliseconds(50));
  }
  for (RawConnection& connection : stalled) {
    EXPECT_TRUE(connection.Ends(std::max(opened + kTimeout + kMargin - absl::Now(), absl::Milliseconds(10))));
  }
}

TEST_F(TlsTest, OnlyCertifiedCallersAreServedWithAnAuthorityOfClients) {
  ServerProcess server(Options({"--tls-client-ca-file=" + Made().Pem("root")}));
  EXPECT_EQ(Health(server, Credentials("client")), "SERVING");
  EXPECT_EQ(Health(server, Credentials()), "UNAVAILABLE");
  EXPECT_EQ(Health(server, Credentials("stranger")), "UNAVAILABLE");
}

TEST_F(TlsTest, CallersWithoutACertificateAreServedIfItIsOnlyRequested) {
  ServerProcess server(Options({"--tls-client-ca-file=" + Made().Pem("root"), "--tls-client-auth=request"}));
  EXPECT_EQ(Health(server, Credentials("client")), "SERVING");
  EXPECT_EQ(Health(server, Credentials()), "SERVING");
  EXPECT_EQ(Health(server, Credentials("stranger")), "UNAVAILABLE");
}

TEST_F(TlsTest, ARenewedCertificateIsUsedByNewConnectionsAndOldOnesGoOn) {
  ServerProcess server(Options());
  const Client before(server.address(), Credentials());
  EXPECT_EQ(before.Health(), "SERVING");
  Put("stranger");
  EXPECT_TRUE(Eventually([&] { return Health(server, Credentials("", "other-root")) == "SERVING"; }));
  EXPECT_EQ(Health(server, Credentials()), "UNAVAILABLE");
  EXPECT_EQ(before.Health(), "SERVING");
}

TEST_F(TlsTest, ABrokenPairIsRefusedAndTheLastGoodOneStaysInUse) {
  ServerProcess::Options options = Options();
  options.metrics = true;
  ServerProcess server(options);
  const auto metric = [&server](const std::string& line) {
    return absl::StrContains(HttpGet(server.metrics_port(), "/metrics"), absl::StrCat("\n", line, "\n"));
  };
  EXPECT_TRUE(metric("inventory_tls_files_refused 0"));
  Put("stranger", "server");
  EXPECT_TRUE(Eventually([&] { return metric("inventory_tls_files_refused 1"); }));
  EXPECT_TRUE(metric("inventory_tls_reloads_total{outcome=\"refused\"} 1"));
  EXPECT_THAT(server.run().output(), HasSubstr("new TLS files refused, those before them stay in use"));
  EXPECT_THAT(server.run().output(), HasSubstr("does not belong to the first certificate of"));
  EXPECT_EQ(Health(server, Credentials()), "SERVING");
  Put("server");
  EXPECT_TRUE(Eventually([&] { return metric("inventory_tls_files_refused 0"); }));
  EXPECT_EQ(Health(server, Credentials()), "SERVING");
}

TEST_F(TlsTest, TheAuthoritiesOfClientsAreReadAgainToo) {
  const auto trust = [](const std::string& authority) {
    fs::copy_file(Made().Pem(authority), Made().Pem("live-ca"), fs::copy_options::overwrite_existing);
  };
  trust("root");
  ServerProcess server(Options({"--tls-client-ca-file=" + Made().Pem("live-ca")}));
  EXPECT_EQ(Health(server, Credentials("stranger")), "UNAVAILABLE");
  trust("other-root");
  EXPECT_TRUE(Eventually([&] { return Health(server, Credentials("stranger")) == "SERVING"; }));
  EXPECT_EQ(Health(server, Credentials("client")), "UNAVAILABLE");
}

TEST_F(TlsTest, MetricsTellWhenTheCertificateExpires) {
  ServerProcess::Options options = Options({"--metrics-tls=mutual", "--tls-client-ca-file=" + Made().Pem("root")});
  options.metrics = true;
  ServerProcess server(options);
  const HttpsCaller stranger = {.authority = Made().Pem("root")};
  EXPECT_THAT(HttpsGet(server.metrics_port(), "/metrics", stranger), StartsWith("curl: "));
  const HttpsCaller certified = {
      .authority = Made().Pem("root"), .certificate = Made().Pem("client"), .key = Made().Key("client")};
  const std::string metrics = HttpsGet(server.metrics_port(), "/metrics", certified);
  const std::size_t at = metrics.find("\ninventory_tls_certificate_expiry_timestamp_seconds ");
  ASSERT_NE(at, std::string::npos) << metrics;
  const double expiry = std::stod(metrics.substr(metrics.find(' ', at)));
  EXPECT_NEAR(expiry, static_cast<double>(absl::ToUnixSeconds(absl::Now() + absl::Hours(48))), 3600);
  EXPECT_THAT(server.run().output(), Not(HasSubstr("expires soon")));
}

TEST_F(TlsTest, TheLogWarnsBeforeTheCertificateExpires) {
  ASSERT_TRUE(Made().MakeCertificate("short-lived", "127.0.0.1", "root").ok());
  const absl::Time now = absl::Now();
  ASSERT_TRUE(Made().SetValidity("short-lived", "root", now - absl::Hours(24), now + absl::Hours(1)).ok());
  Put("short-lived");
  ServerProcess server(Options());
  EXPECT_THAT(server.run().output(), HasSubstr("WARNING the TLS certificate expires soon"));
  EXPECT_EQ(Health(server, Credentials()), "SERVING");
}

TEST_F(TlsTest, ABrokenPairAtTheStartEndsTheServerWithWhatIsWrong) {
  Put("stranger", "server");
  const std::vector<std::string> more = Options().arguments;
  std::vector<std::string> arguments = {"serve", "--database-url=" + storage::UrlOf(database()), "--listen=127.0.0.1:0",
                                        "--metrics-listen="};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Finished finished = RunServerProgram(arguments);
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.output, HasSubstr("does not belong to the first certificate of"));
}

TEST_F(TlsTest, OthersAreNotServedInTheClearUnlessAsked) {
  const Finished refused = RunServerProgram({"serve", "--listen=0.0.0.0:0"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, HasSubstr("--listen: 0.0.0.0:0 is reached by other machines"));
  ServerProcess asked({.database_url = storage::UrlOf(database()),
                       .arguments = {"--listen=0.0.0.0:0", "--allow-plaintext", "--allow-unauthenticated"}});
  EXPECT_THAT(asked.run().output(), HasSubstr("WARNING gRPC WITHOUT TLS is reached by other machines"));
  EXPECT_EQ(asked.Stop(), 0);
}

TEST_F(TlsTest, MetricsAreNotServedToOthersInTheClearUnlessAsked) {
  const Finished refused = RunServerProgram({"serve", "--metrics-listen=0.0.0.0:0"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, HasSubstr("--metrics-listen: 0.0.0.0:0 is reached by other machines"));
  const int port = FreePort();
  ServerProcess asked({.database_url = storage::UrlOf(database()),
                       .arguments = {absl::StrCat("--metrics-listen=0.0.0.0:", port), "--metrics-allow-plaintext"}});
  EXPECT_THAT(asked.run().output(), HasSubstr("WARNING metrics WITHOUT TLS are reached by other machines"));
  EXPECT_THAT(HttpGet(port, "/metrics"), HasSubstr("\ninventory_build_info{"));
  EXPECT_EQ(asked.Stop(), 0);
}

}  // namespace
}  // namespace inventory::integration
