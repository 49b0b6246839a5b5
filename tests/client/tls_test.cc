// TLS, mTLS and tokens, against a gRPC server in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "inventory/client/connection.h"
#include "sample/v1/sample_service.client.h"
#include "tests/certificates.h"
#include "tests/client/sample_server.h"
#include "tests/integration/server_process.h"
#include "tests/read_file.h"

namespace inventory::client {
namespace {

using ::testing::ElementsAre;

// Certificates of one authority for the server's address and for another, one for a client, and another authority.
class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new integration::ScratchFolder;
    const Certificates made = Made();
    ASSERT_TRUE(made.MakeAuthority("ca").ok());
    ASSERT_TRUE(made.MakeAuthority("other-ca").ok());
    ASSERT_TRUE(made.MakeCertificate("server", "127.0.0.1", "ca").ok());
    ASSERT_TRUE(made.MakeCertificate("elsewhere", "127.0.0.2", "ca").ok());
    ASSERT_TRUE(made.MakeCertificate("client", "127.0.0.1", "ca").ok());
    ASSERT_TRUE(made.MakeCertificate("stranger", "127.0.0.1", "other-ca").ok());
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static Certificates Made() { return Certificates(folder_->path()); }

  static std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const std::string& name, bool ask_for_client) {
    grpc::SslServerCredentialsOptions options(ask_for_client
                                                  ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                  : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = ReadFile(Made().Pem("ca"));
    options.pem_key_cert_pairs.push_back({ReadFile(Made().Key(name)), ReadFile(Made().Pem(name))});
    return grpc::SslServerCredentials(options);
  }

  // How one attempt of a call ends.
  static absl::StatusCode Try(const std::vector<std::string>& addresses, const TlsOptions& tls,
                              ConnectionOptions options = {}) {
    options.addresses = addresses;
    options.tls = tls;
    options.retry.max_attempts = 1;
    absl::StatusOr<std::shared_ptr<Connection>> connection = Connect(options);
    if (!connection.ok()) return connection.status().code();
    return sample::client::MakeSampleClient(*std::move(connection))->GetThing({}).status().code();
  }

  static TlsOptions Trusting(const std::string& authority) { return {.ca_file = Made().Pem(authority)}; }
  static TlsOptions As(const std::string& name) {
    return {.ca_file = Made().Pem("ca"), .certificate_file = Made().Pem(name), .key_file = Made().Key(name)};
  }

  static integration::ScratchFolder* folder_;
};

integration::ScratchFolder* TlsTest::folder_ = nullptr;

TEST_F(TlsTest, TrustsTheAuthorityThatIsNamed) {
  SampleServer server({}, 0, ServerCredentials("server", false));
  EXPECT_EQ(Try({server.address()}, Trusting("ca")), absl::StatusCode::kOk);
  EXPECT_EQ(Try({server.address()}, {.ca_pem = ReadFile(Made().Pem("ca"))}), absl::StatusCode::kOk);
  EXPECT_EQ(Try({server.address()}, Trusting("other-ca")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Try({server.address()}, {}), absl::StatusCode::kUnavailable) << "the system does not know it";
  EXPECT_EQ(server.calls(), 2);
}

TEST_F(TlsTest, ChecksTheServersName) {
  SampleServer server({}, 0, ServerCredentials("elsewhere", false));
  EXPECT_EQ(Try({server.address()}, Trusting("ca")), absl::StatusCode::kUnavailable);
  TlsOptions tls = Trusting("ca");
  tls.server_name = "127.0.0.2";
  EXPECT_EQ(Try({server.address()}, tls), absl::StatusCode::kOk);
  EXPECT_EQ(server.calls(), 1);
}

TEST_F(TlsTest, ChecksTheNameThatAllServersHave) {
  SampleServer first({}, 0, ServerCredentials("server", false));
  SampleServer second({}, 0, ServerCredentials("server", false));
  TlsOptions tls = Trusting("ca");
  tls.server_name = "127.0.0.1";
  EXPECT_EQ(Try({first.address(), second.address()}, tls), absl::StatusCode::kOk);
  tls.server_name = "127.0.0.2";
  EXPECT_EQ(Try({first.address(), second.address()}, tls), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, ShowsItsOwnCertificate) {
  std::string peer;
  SampleServer server({.get =
                           [&](grpc::ServerContext& context, auto&&...) {
                             const auto names = context.auth_context()->FindPropertyValues("x509_common_name");
                             peer = names.empty() ? "" : std::string(names[0].data(), names[0].size());
                             return grpc::Status::OK;
                           }},
                      0, ServerCredentials("server", true));
  EXPECT_EQ(Try({server.address()}, Trusting("ca")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Try({server.address()}, As("stranger")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server.calls(), 0);
  EXPECT_EQ(Try({server.address()}, As("client")), absl::StatusCode::kOk);
  EXPECT_EQ(peer, "client");
  const TlsOptions pem = {.ca_pem = ReadFile(Made().Pem("ca")),
                          .certificate_pem = ReadFile(Made().Pem("client")),
                          .key_pem = ReadFile(Made().Key("client"))};
  EXPECT_EQ(Try({server.address()}, pem), absl::StatusCode::kOk);
}

// Method: the client begins with a certificate that the server does not take, which is then replaced.
TEST_F(TlsTest, TakesNewCertificatesFromFiles) {
  SampleServer server({}, 0, ServerCredentials("server", true));
  const integration::ScratchFolder folder;
  const std::string used = folder.path() + "/used";
  const auto use = [&](const std::string& name) {
    const std::string made = folder.path() + "/" + name;
    std::filesystem::create_directory(made);
    std::filesystem::copy_file(Made().Pem(name), made + "/pem");
    std::filesystem::copy_file(Made().Key(name), made + "/key");
    std::filesystem::create_symlink(made, made + ".link");
    std::filesystem::rename(made + ".link", used);
  };
  use("stranger");
  ConnectionOptions options = {.addresses = {server.address()}};
  options.tls = {.ca_file = Made().Pem("ca"), .certificate_file = used + "/pem", .key_file = used + "/key"};
  options.tls.reload_interval = absl::Seconds(1);
  options.retry.max_attempts = 1;
  const auto client = sample::client::MakeSampleClient(*Connect(options));
  EXPECT_EQ(client->GetThing({}).status().code(), absl::StatusCode::kUnavailable);
  use("client");
  EXPECT_TRUE(integration::Eventually([&] { return client->GetThing({}).ok(); }));
}

TEST_F(TlsTest, NeverFallsBackToPlaintext) {
  SampleServer server({});
  EXPECT_EQ(Try({server.address()}, Trusting("ca")), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server.calls(), 0);
}

TEST_F(TlsTest, SendsATokenOfItsOwnWithEachAttempt) {
  std::vector<std::string> tokens;
  SampleServer server({.get =
                           [&](grpc::ServerContext& context, auto&&...) {
                             const auto header = context.client_metadata().find("authorization");
                             tokens.emplace_back(header->second.data(), header->second.size());
                             if (tokens.size() == 1) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
                             return grpc::Status::OK;
                           }},
                      0, ServerCredentials("server", false));
  int count = 0;
  ConnectionOptions options = {.addresses = {server.address()}, .tls = Trusting("ca")};
  options.token = [&]() -> absl::StatusOr<std::string> { return absl::StrCat("token-", ++count); };
  const auto client = sample::client::MakeSampleClient(*Connect(options));
  EXPECT_TRUE(client->GetThing({}).ok());
  EXPECT_THAT(tokens, ElementsAre("Bearer token-1", "Bearer token-2"));
}

}  // namespace
}  // namespace inventory::client
