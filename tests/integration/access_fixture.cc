#include "tests/integration/access_fixture.h"

#include <filesystem>
#include <fstream>

#include "grpcpp/security/credentials.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

using nlohmann::json;

// One suite runs at a time.
struct AccessSuite {
  ScratchFolder folder;
  Certificates certificates{folder.path()};
  TokenIssuer issuer{TokenIssuer::Kind::kP256, "key-1"};
  storage::DatabaseOptions database = storage::NewDatabase();
  std::unique_ptr<ServerProcess> server;
};

std::unique_ptr<AccessSuite>& CurrentAccess() {
  static auto& current = *new std::unique_ptr<AccessSuite>();
  return current;
}

json Bound(const std::string& identity, const std::string& role) { return {{"identity", identity}, {"role", role}}; }

}  // namespace

void AccessTest::SetUpTestSuite() {
  CurrentAccess() = std::make_unique<AccessSuite>();
  const Certificates& made = certificates();
  ASSERT_TRUE(made.MakeAuthority("root").ok());
  ASSERT_TRUE(made.MakeCertificate("server", "127.0.0.1", "root").ok());
  ASSERT_TRUE(made.MakeCertificateFor("checkout", "URI:spiffe://shop.example/checkout", "root").ok());
  ASSERT_TRUE(made.MakeCertificateFor("reports", "DNS:reports.shop.example", "root").ok());
  ASSERT_TRUE(made.MakeCertificateFor("stranger", "DNS:stranger.example", "root").ok());
  ASSERT_TRUE(
      made.MakeCertificateFor("two", "URI:spiffe://shop.example/checkout,URI:spiffe://shop.example/a", "root").ok());
  WritePolicy(Bindings());
  WriteKeys({issuer().jwk()});
  CurrentAccess()->server = std::make_unique<ServerProcess>(ServerProcess::Options{
      .database_url = storage::UrlOf(CurrentAccess()->database),
      .arguments = {"--tls-cert-file=" + made.Pem("server"), "--tls-key-file=" + made.Key("server"),
                    "--tls-client-ca-file=" + made.Pem("root"), "--tls-client-auth=request", "--channelz",
                    "--auth-policy-file=" + PolicyPath(), "--jwt-keys=" + KeysPath(),
                    std::string("--jwt-issuer=") + kIssuer, std::string("--jwt-audience=") + kAudience,
                    "--jwt-keys-min-refresh=1s"},
      .metrics = true,
      .credentials = Channel()});
  const Client admin = CallerAs("admin");
  MakeWarehouse(admin, "w1");
  MakeWarehouse(admin, "w2");
  MakeChannel(admin, "web", {"w1", "w2"});
  MakeChannel(admin, "shop", {"w1", "w2"});
  v1::SetStockRequest any;
  any.set_sku("any");
  any.set_warehouse_id("w1");
  any.set_on_hand(1);
  Must(admin.Call(any));
}

void AccessTest::TearDownTestSuite() {
  EXPECT_EQ(CurrentAccess()->server->Stop(), 0) << Log();
  storage::DropDatabase(CurrentAccess()->database);
  CurrentAccess().reset();
}

const Certificates& AccessTest::certificates() { return CurrentAccess()->certificates; }
const TokenIssuer& AccessTest::issuer() { return CurrentAccess()->issuer; }
ServerProcess& AccessTest::server() { return *CurrentAccess()->server; }

json AccessTest::Claims(const std::string& subject) {
  return {{"iss", kIssuer}, {"aud", kAudience}, {"sub", subject}, {"exp", absl::ToUnixSeconds(absl::Now()) + 600}};
}

std::shared_ptr<grpc::ChannelCredentials> AccessTest::Channel(const std::string& certificate) {
  grpc::SslCredentialsOptions options{
      .pem_root_certs = ReadFile(certificates().Pem("root")), .pem_private_key = {}, .pem_cert_chain = {}};
  if (!certificate.empty()) {
    options.pem_cert_chain = ReadFile(certificates().Pem(certificate));
    options.pem_private_key = ReadFile(certificates().Key(certificate));
  }
  return grpc::SslCredentials(options);
}

Client AccessTest::CallerWith(const std::string& token, const std::string& certificate) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = Channel(certificate);
  if (!token.empty()) {
    credentials = grpc::CompositeChannelCredentials(credentials, grpc::AccessTokenCredentials(token));
  }
  return Client(server().address(), credentials);
}

json AccessTest::Bindings() {
  json bindings = json::array();
  for (const char* role : {"admin", "operator", "seller", "reader"}) {
    bindings.push_back(Bound(std::string("jwt:") + role, role));
  }
  bindings.push_back({{"identity", "jwt:berlin"}, {"role", "operator"}, {"warehouses", {"w1"}}});
  bindings.push_back({{"identity", "jwt:web"}, {"role", "seller"}, {"channels", {"web"}}});
  bindings.push_back({{"identity", "jwt:web-reader"}, {"role", "reader"}, {"channels", {"web"}}});
  bindings.push_back(Bound("spiffe://shop.example/checkout", "seller"));
  bindings.push_back(Bound("dns:reports.shop.example", "reader"));
  bindings.push_back({{"claim", "/groups"}, {"value", "admins"}, {"role", "admin"}});
  return bindings;
}

void AccessTest::WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new") << text;
  std::filesystem::rename(path + ".new", path);
}

void AccessTest::WritePolicy(const json& bindings) { WriteText(PolicyPath(), json{{"bindings", bindings}}.dump(2)); }
void AccessTest::WriteKeys(const std::vector<json>& keys) { WriteText(KeysPath(), Jwks(keys)); }
std::string AccessTest::PolicyPath() { return CurrentAccess()->folder.path() + "/policy.json"; }
std::string AccessTest::KeysPath() { return CurrentAccess()->folder.path() + "/keys.json"; }

std::string AccessTest::Log() { return server().run().output(); }
std::string AccessTest::Metrics() { return HttpGet(server().metrics_port(), "/metrics"); }

std::vector<std::string> TakeTokens(const ScratchFolder& folder, const std::string& keys, const json& bindings) {
  std::ofstream(folder.path() + "/policy") << json{{"bindings", bindings}};
  return {"--auth-policy-file=" + folder.path() + "/policy", "--jwt-keys=" + keys, "--jwt-issuer=me",
          "--jwt-audience=us"};
}

std::vector<std::string> TakeTokens(const ScratchFolder& folder, const TokenIssuer& issuer, const json& bindings) {
  std::ofstream(folder.path() + "/keys") << Jwks({issuer.jwk()});
  return TakeTokens(folder, folder.path() + "/keys", bindings);
}

json ClaimsOf(const std::string& subject) {
  return {{"iss", "me"}, {"aud", "us"}, {"sub", subject}, {"exp", absl::ToUnixSeconds(absl::Now()) + 600}};
}

}  // namespace inventory::integration
