// How inventoryctl connects: TLS, certificates of its own, and tokens.
#include "storage/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "storage/mutex.h"
#include "tests/certificates.h"
#include "tests/cli/program.h"
#include "tests/cli/shop.h"
#include "tests/integration/database_fixture.h"
#include "tests/integration/server_process.h"
#include "tests/read_file.h"
#include "tests/token_issuer.h"

namespace inventory::cli {
namespace {

using ::testing::HasSubstr;

// Has every item, and remembers who asked.
class ItemServer final : public v1::InventoryService::Service {
 public:
  explicit ItemServer(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ItemServer() override { server_->Shutdown(); }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  std::string authorization() const {
    storage::MutexLock lock(mutex_);
    return authorization_;
  }

 private:
  grpc::Status GetItem(grpc::ServerContext* context, const v1::GetItemRequest* request, v1::Item* item) override {
    storage::MutexLock lock(mutex_);
    const auto sent = context->client_metadata().find("authorization");
    authorization_ =
        sent == context->client_metadata().end() ? "" : std::string(sent->second.data(), sent->second.size());
    item->set_sku(request->sku());
    return grpc::Status::OK;
  }

  int port_ = 0;
  mutable storage::Mutex mutex_;
  std::string authorization_ GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
};

// An authority, a server's certificate and a client's.
class ConnectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(made_.MakeAuthority("ca").ok());
    ASSERT_TRUE(made_.MakeCertificate("server", "127.0.0.1", "ca").ok());
    ASSERT_TRUE(made_.MakeCertificate("client", "127.0.0.1", "ca").ok());
    for (const char* name : {"ca", "server", "client"}) {
      ASSERT_EQ(chmod(made_.Key(name).c_str(), S_IRUSR | S_IWUSR), 0);
    }
  }

  std::shared_ptr<grpc::ServerCredentials> Tls(grpc_ssl_client_certificate_request_type of_client) const {
    grpc::SslServerCredentialsOptions options(of_client);
    options.pem_root_certs = ReadFile(made_.Pem("ca"));
    options.pem_key_cert_pairs.push_back({ReadFile(made_.Key("server")), ReadFile(made_.Pem("server"))});
    return grpc::SslServerCredentials(options);
  }

  Finished GetItem(const ItemServer& server, const Words& more, int exit_code) const {
    Words words = {"get", "item", "A", "--address", server.address(), "--timeout", exit_code == 0 ? "60s" : "2s"};
    words.insert(words.end(), more.begin(), more.end());
    Finished run = RunTool(words);
    EXPECT_EQ(run.exit_code, exit_code) << run.out << run.err;
    return run;
  }

  const integration::ScratchFolder folder_;
  const Certificates made_ = Certificates(folder_.path());
};

TEST_F(ConnectionTest, ChecksTheServersCertificate) {
  const ItemServer server(Tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE));
  EXPECT_EQ(GetItem(server, {"--tls-ca", made_.Pem("ca")}, 0).out, "{\"sku\":\"A\"}\n");
  GetItem(server, {"--plaintext=false"}, 3);
  GetItem(server, {"--tls-ca", made_.Pem("ca"), "--tls-server-name", "stock.internal"}, 3);
  EXPECT_THAT(GetItem(server, {"--tls-ca", "/nowhere.pem"}, 2).err, HasSubstr("/nowhere.pem"));
}

// gRPC tries to connect again and again on threads of its own, which may be amid a handshake when the program ends.
TEST_F(ConnectionTest, MayBeGivenUpAtAnyMoment) {
  const ItemServer server(Tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE));
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&server, caller] {
      for (int i = 0; i < 20; ++i) {
        const Finished run = RunTool({"get", "item", "A", "--address", server.address(), "--plaintext=false",
                                      "--timeout", absl::StrCat(100 + (caller * 20 + i) * 3, "ms")});
        EXPECT_EQ(run.exit_code, 3) << run.err;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(ConnectionTest, ShowsItsOwnCertificate) {
  const ItemServer server(Tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY));
  const Words with = {"--tls-ca", made_.Pem("ca"), "--tls-cert", made_.Pem("client"), "--tls-key", made_.Key("client")};
  GetItem(server, with, 0);
  GetItem(server, {"--tls-ca", made_.Pem("ca")}, 3);
}

TEST_F(ConnectionTest, SendsItsTokenOnlyWhereNobodyCanReadIt) {
  const std::string token = folder_.path() + "/token";
  std::ofstream(token) << "secret\n";
  ASSERT_EQ(chmod(token.c_str(), S_IRUSR | S_IWUSR), 0);
  const ItemServer server(Tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE));
  GetItem(server, {"--tls-ca", made_.Pem("ca"), "--token-file", token}, 0);
  EXPECT_EQ(server.authorization(), "Bearer secret");

  const ItemServer plain(grpc::InsecureServerCredentials());
  GetItem(plain, {"--token-file", token}, 0);  // To this machine.
  EXPECT_EQ(plain.authorization(), "Bearer secret");
  const Finished refused =
      RunTool({"get", "item", "A", "--address", "192.0.2.1:50051", "--plaintext", "--token-file", token});
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("plaintext"));
}

// The real server.
class SecureServerTest : public ConnectionTest {
 protected:
  void SetUp() override {
    ConnectionTest::SetUp();
    database_ = storage::NewDatabase();
  }
  void TearDown() override { storage::DropDatabase(database_); }

  std::unique_ptr<integration::ServerProcess> Start(const Words& more = {}) const {
    Words arguments = {"--tls-cert-file=" + made_.Pem("server"), "--tls-key-file=" + made_.Key("server")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(made_.Pem("ca"));
    options.pem_cert_chain = ReadFile(made_.Pem("client"));
    options.pem_private_key = ReadFile(made_.Key("client"));
    return std::make_unique<integration::ServerProcess>(
        integration::ServerProcess::Options{.database_url = storage::UrlOf(database_),
                                            .arguments = arguments,
                                            .credentials = grpc::SslCredentials(options)});
  }

  static int ListItems(const integration::ServerProcess& server, const Words& more) {
    Words words = {"list", "items", "--address", server.address(), "--timeout", "2s"};
    words.insert(words.end(), more.begin(), more.end());
    return RunTool(words).exit_code;
  }

 private:
  storage::DatabaseOptions database_;
};

TEST_F(SecureServerTest, IsReachedOverTls) {
  const auto server = Start();
  EXPECT_EQ(ListItems(*server, {"--tls-ca", made_.Pem("ca")}), 0);
  EXPECT_EQ(ListItems(*server, {"--plaintext"}), 3);
  EXPECT_EQ(ListItems(*server, {"--tls-ca", made_.Pem("ca"), "--tls-server-name", "stock.internal"}), 3);
}

TEST_F(SecureServerTest, IsReachedOverMutualTls) {
  const auto server = Start({"--tls-client-ca-file=" + made_.Pem("ca")});
  const Words with = {"--tls-ca", made_.Pem("ca"), "--tls-cert", made_.Pem("client"), "--tls-key", made_.Key("client")};
  EXPECT_EQ(ListItems(*server, with), 0);
  EXPECT_EQ(ListItems(*server, {"--tls-ca", made_.Pem("ca")}), 3);
}

TEST_F(SecureServerTest, VerifiesItsToken) {
  const TokenIssuer issuer(TokenIssuer::Kind::kP256, "key");
  const std::string policy = folder_.path() + "/policy.json";
  const std::string keys = folder_.path() + "/keys.json";
  std::ofstream(policy) << R"({"bindings": [{"identity": "jwt:operator", "role": "operator"}]})";
  std::ofstream(keys) << nlohmann::json({{"keys", {issuer.jwk()}}}).dump();
  const auto server =
      Start({"--auth-policy-file=" + policy, "--jwt-keys=" + keys, "--jwt-issuer=shop", "--jwt-audience=inventory"});
  const auto list_as = [&](const std::string& subject) {
    const std::string token = folder_.path() + "/token-of-" + subject;
    std::ofstream(token) << issuer.Sign({{"iss", "shop"},
                                         {"aud", "inventory"},
                                         {"sub", subject},
                                         {"exp", absl::ToUnixSeconds(absl::Now() + absl::Minutes(5))}});
    EXPECT_EQ(chmod(token.c_str(), S_IRUSR | S_IWUSR), 0);
    return ListItems(*server, {"--tls-ca", made_.Pem("ca"), "--token-file", token});
  };
  EXPECT_EQ(list_as("operator"), 0);
  EXPECT_EQ(list_as("stranger"), 1);
  EXPECT_EQ(ListItems(*server, {"--tls-ca", made_.Pem("ca")}), 1);
}

}  // namespace
}  // namespace inventory::cli
