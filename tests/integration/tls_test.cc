// TLS and mutual TLS of the real server, and certificates that change while it serves.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "grpcpp/security/credentials.h"
#include "storage/child_process.h"
#include "tests/certificates.h"
#include "tests/https.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
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
    options.pem_root_certs = Text(Made().Pem(authority));
    if (!certificate.empty()) {
      options.pem_cert_chain = Text(Made().Pem(certificate));
      options.pem_private_key = Text(Made().Key(certificate));
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

}  // namespace
}  // namespace inventory::integration
