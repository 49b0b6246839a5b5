// Where Prometheus reads metrics: over HTTP and HTTPS, whoever else calls there.
#include "server/metrics_endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/net/descriptors.h"
#include "tests/certificates.h"
#include "tests/https.h"

namespace inventory::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

class MetricsEndpointTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    std::signal(SIGPIPE, SIG_IGN);  // As the server.
    fs::create_directories(Folder());
    ASSERT_TRUE(Made().MakeAuthority("root").ok());
    for (const char* name : {"server", "renewed", "client"}) {
      ASSERT_TRUE(Made().MakeCertificate(name, "127.0.0.1", "root").ok());
    }
  }
  static void TearDownTestSuite() { fs::remove_all(Folder()); }

 protected:
  static std::string Folder() { return ::testing::TempDir() + "/metrics_endpoint"; }
  static Certificates Made() { return Certificates(Folder()); }
  static std::unique_ptr<tls::Store> OpenStore() {
    return tls::Store::Open({.files = {.certificate = Made().Pem("server"),
                                       .key = Made().Key("server"),
                                       .client_ca = Made().Pem("root")}})
        .value();
  }

  void Start(MetricsEndpoint::Options options) {
    options.address = "127.0.0.1:0";
    ASSERT_TRUE(endpoint_.Start(options, metrics_).ok());
  }

  net::Descriptor Connect() const {
    net::Descriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(endpoint_.port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // One that is too many may be reset before this returns; nothing comes of it then.
    if (connect(connection.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      EXPECT_THAT(errno, ::testing::AnyOf(ECONNRESET, ECONNABORTED));
    }
    return connection;
  }
  static std::string ReadAll(const net::Descriptor& connection) {
    std::string all;
    char bytes[4096];
    for (ssize_t count = 0; (count = recv(connection.get(), bytes, sizeof(bytes), 0)) > 0;) all.append(bytes, count);
    return all;
  }
  std::string Ask(const std::string& request) const {
    const net::Descriptor connection = Connect();
    if (send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
    return ReadAll(connection);
  }
  // The body over HTTPS, or curl's error; `client` names the caller's certificate.
  std::string Https(const std::string& client = "", bool only_old_tls = false) const {
    return HttpsGet(endpoint_.port(), "/metrics",
                    {.authority = Made().Pem("root"),
                     .certificate = client.empty() ? "" : Made().Pem(client),
                     .key = client.empty() ? "" : Made().Key(client),
                     .only_old_tls = only_old_tls});
  }

  Metrics metrics_;
  MetricsEndpoint endpoint_;
};

TEST_F(MetricsEndpointTest, AnswersHttp) {
  Start({});
  const std::string answer = Ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\ninventory_holds_swept_total 0\n"));
  EXPECT_THAT(Ask("GET /metrics?a=b HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK"));
  const std::string head = Ask("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST_F(MetricsEndpointTest, TellsProbesHowTheServerIs) {
  Start({});
  EXPECT_THAT(Ask("GET /livez HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask("GET /readyz HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
  endpoint_.SetReady(true);
  EXPECT_THAT(Ask("GET /readyz HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsEndpointTest, RefusesWhatItDoesNotServe) {
  Start({});
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask("POST /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Ask("GET /metrics\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(std::string("\x16\x03\x01\0\xFF\r\n\r\n", 9)), StartsWith("HTTP/1.1 400 "));
}

TEST_F(MetricsEndpointTest, ASlowOrEndlessRequestIsCut) {
  Start({.patience = absl::Milliseconds(200)});
  const absl::Time start = absl::Now();
  const net::Descriptor silent = Connect();
  const net::Descriptor endless = Connect();
  const std::string flood(64 << 10, 'a');
  send(endless.get(), flood.data(), flood.size(), MSG_NOSIGNAL);
  EXPECT_EQ(ReadAll(silent), "");
  EXPECT_EQ(ReadAll(endless), "");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(200));
}

TEST_F(MetricsEndpointTest, SlowClientsLeaveNoThreadsBehind) {
  Start({.most = 4, .patience = absl::Milliseconds(50)});
  for (int i = 0; i < 40; ++i) Connect();
  // Each is gone in a while.
  std::string answer;
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (answer.empty() && absl::Now() < give_up) answer = Ask("GET /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(MetricsEndpointTest, AnswersHttpsWithTheCertificateInUse) {
  const std::unique_ptr<tls::Store> store = OpenStore();
  Start({.certificates = store.get()});
  EXPECT_THAT(Https(), HasSubstr("\ninventory_holds_swept_total 0\n"));
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\n\r\n"), ::testing::Not(HasSubstr("200 OK")));
  // TLS 1.1 is not spoken.
  EXPECT_THAT(Https("", /*only_old_tls=*/true), StartsWith("curl: "));
}

TEST_F(MetricsEndpointTest, ServesOnlyCertifiedClientsIfAsked) {
  const std::unique_ptr<tls::Store> store = OpenStore();
  Start({.certificates = store.get(), .mutual = true});
  EXPECT_THAT(Https("client"), HasSubstr("\ninventory_holds_swept_total 0\n"));
  EXPECT_THAT(Https(), StartsWith("curl: "));
}

TEST_F(MetricsEndpointTest, ARenewedCertificateIsUsedWithoutARestart) {
  fs::copy_file(Made().Pem("server"), Folder() + "/live.pem");
  fs::copy_file(Made().Key("server"), Folder() + "/live.key");
  const auto store =
      tls::Store::Open({.files = {.certificate = Made().Pem("live"), .key = Made().Key("live")}}).value();
  Start({.certificates = store.get()});
  EXPECT_THAT(Https(), HasSubstr("inventory_holds_swept_total"));
  // Of another authority, so that the client can tell.
  ASSERT_TRUE(Made().MakeAuthority("another-root").ok());
  ASSERT_TRUE(Made().MakeCertificate("live", "127.0.0.1", "another-root").ok());
  store->Look();
  EXPECT_THAT(Https(), StartsWith("curl: "));
}

}  // namespace
}  // namespace inventory::server
