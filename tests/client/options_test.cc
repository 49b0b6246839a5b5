// Options that can't be, addresses, and what is read from files. Nothing here reaches a server.
#include "inventory/client/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "inventory/client/connection.h"
#include "inventory/client/errors.h"
#include "inventory/client/internal/addresses.h"
#include "inventory/client/internal/checks.h"
#include "tests/certificates.h"
#include "tests/integration/server_process.h"

namespace inventory::client {
namespace {

using internal::AllLoopback;
using internal::TargetOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The fields that are complained of; each must be in the message too.
std::vector<std::string> Complaints(const ConnectionOptions& options) {
  const absl::Status status = internal::CheckConnectionOptions(options);
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(status)) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(violation.field + ": " + violation.description));
    fields.push_back(violation.field);
  }
  if (!fields.empty()) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "INVALID_OPTIONS");
  }
  return fields;
}

std::vector<std::string> ComplaintsOfAddresses(const std::vector<std::string>& addresses) {
  return Complaints({.addresses = addresses, .plaintext = true});
}

absl::StatusOr<std::string> FixedToken() { return "t"; }

TEST(OptionsTest, DefaultsNeedOnlyAnAddress) {
  EXPECT_THAT(Complaints({.addresses = {"stock.internal:50051"}}), IsEmpty());
  EXPECT_THAT(Complaints({}), ElementsAre("addresses"));
}

TEST(OptionsTest, ConnectChecksThem) {
  EXPECT_EQ(Connect({}).status(), internal::CheckConnectionOptions({}));
  EXPECT_FALSE(Connect({}).ok());
}

TEST(OptionsTest, NamesEverythingThatIsWrong) {
  ConnectionOptions options = {.addresses = {"nowhere"}, .user_agent = "\n", .timeout = absl::ZeroDuration()};
  options.retry = {.max_attempts = -1, .initial_backoff = absl::Seconds(9), .multiplier = 0};
  options.keepalive_interval = absl::Seconds(1);
  options.keepalive_timeout = absl::ZeroDuration();
  options.connect_timeout = absl::ZeroDuration();
  options.max_response_bytes = 0;
  EXPECT_THAT(Complaints(options), ElementsAre("addresses", "user_agent", "timeout", "retry.max_attempts",
                                               "retry.initial_backoff", "retry.multiplier", "keepalive_interval",
                                               "keepalive_timeout", "connect_timeout", "max_response_bytes"));
}

TEST(OptionsTest, TakesEveryFormOfAddress) {
  for (const char* address : {"localhost:1", "stock.internal:65535", "10.0.0.1:50051", "[::1]:50051", "dns:///a:1",
                              "ipv4:10.0.0.1:1,10.0.0.2:1", "ipv6:[::1]:1", "unix:/run/inventory.sock"}) {
    EXPECT_THAT(ComplaintsOfAddresses({address}), IsEmpty()) << address;
  }
  EXPECT_THAT(ComplaintsOfAddresses({"10.0.0.1:1", "10.0.0.2:2"}), IsEmpty());
  EXPECT_THAT(ComplaintsOfAddresses({"[::1]:1", "[::2]:2"}), IsEmpty());
}

TEST(OptionsTest, RefusesOtherAddresses) {
  for (const char* address : {"", "localhost", "localhost:", ":50051", "localhost:0", "localhost:65536", "a:http"}) {
    EXPECT_THAT(ComplaintsOfAddresses({address}), ElementsAre("addresses")) << address;
  }
  EXPECT_THAT(ComplaintsOfAddresses({"10.0.0.1:1", "[::1]:1"}), ElementsAre("addresses"));
  EXPECT_THAT(ComplaintsOfAddresses({"a.internal:1", "b.internal:1"}), ElementsAre("addresses"));
  EXPECT_THAT(ComplaintsOfAddresses({"10.0.0.1:1", "dns:///a:1"}), ElementsAre("addresses"));
}

TEST(OptionsTest, SaysAddressesInWordsOfGrpc) {
  EXPECT_EQ(TargetOf({"stock.internal:50051"}), "dns:///stock.internal:50051");
  EXPECT_EQ(TargetOf({"unix:/run/inventory.sock"}), "unix:/run/inventory.sock");
  EXPECT_EQ(TargetOf({"10.0.0.1:1", "10.0.0.2:2"}), "ipv4:10.0.0.1:1,10.0.0.2:2");
  EXPECT_EQ(TargetOf({"[::1]:1", "[::2]:2"}), "ipv6:[::1]:1,[::2]:2");
}

TEST(OptionsTest, KnowsAddressesOfThisMachine) {
  for (const char* address : {"127.0.0.1:50051", "127.9.9.9:1", "localhost:50051", "dns:///localhost:1", "[::1]:50051",
                              "unix:/run/inventory.sock", "unix-abstract:inventory"}) {
    EXPECT_TRUE(AllLoopback({address})) << address;
  }
  for (const char* address : {"127.example.com:50051", "localhost.example.com:50051", "10.0.0.1:50051", "[::2]:50051",
                              "ipv4:127.0.0.1:1,10.0.0.1:1"}) {
    EXPECT_FALSE(AllLoopback({address})) << address;
  }
  EXPECT_TRUE(AllLoopback({"127.0.0.1:1", "127.0.0.1:2"}));
  EXPECT_FALSE(AllLoopback({"127.0.0.1:1", "10.0.0.1:1"}));
}

TEST(OptionsTest, PlaintextExcludesTls) {
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .plaintext = true, .tls = {.ca_pem = "x"}}), ElementsAre("plaintext"));
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .plaintext = true, .tls = {.server_name = "a"}}),
              ElementsAre("plaintext"));
}

TEST(OptionsTest, TokensAreNotForPlaintext) {
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .plaintext = true, .token = FixedToken}), ElementsAre("token"));
  EXPECT_THAT(
      Complaints({.addresses = {"a:1"}, .plaintext = true, .token = FixedToken, .send_token_over_plaintext = true}),
      IsEmpty());
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .token = FixedToken}), IsEmpty());
}

TEST(OptionsTest, ReadsATokenAnewEachTime) {
  const integration::ScratchFolder folder;
  const std::string path = folder.path() + "/token";
  const TokenProvider token = TokenFromFile(path);
  EXPECT_EQ(token().status().code(), absl::StatusCode::kNotFound);
  std::ofstream(path) << "one\n";
  EXPECT_EQ(token().value_or(""), "one");
  std::ofstream(path) << " two\r\nmore";
  EXPECT_EQ(token().value_or(""), "two");
  std::ofstream(path) << "";
  EXPECT_EQ(token().status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(TokenFromFile(folder.path())().status().message()), HasSubstr("Is a directory"));
}

TEST(OptionsTest, ChecksWhatBelongsTogether) {
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .tls = {.ca_file = "x", .ca_pem = "x"}}), ElementsAre("tls.ca_pem"));
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .tls = {.reload_interval = absl::Milliseconds(1)}}),
              ElementsAre("tls.reload_interval"));
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .tls = {.certificate_file = "x"}}), ElementsAre("tls.key_file"));
  EXPECT_THAT(Complaints({.addresses = {"a:1"}, .tls = {.key_pem = "x"}}), ElementsAre("tls.certificate_file"));
  EXPECT_THAT(Complaints({.addresses = {"10.0.0.1:1", "10.0.0.2:1"}}), ElementsAre("tls.server_name"));
}

TEST(OptionsTest, SaysWhichFileIsWrong) {
  const integration::ScratchFolder folder;
  const std::string text = folder.path() + "/text";
  std::ofstream(text) << "no PEM";
  absl::Status status = Connect({.addresses = {"a:1"}, .tls = {.ca_file = "/nowhere/ca.pem"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls.ca_file /nowhere/ca.pem"));
  status = Connect({.addresses = {"a:1"}, .tls = {.ca_file = text}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls.ca_file " + text + " has no certificate"));
  status = Connect({.addresses = {"a:1"}, .tls = {.certificate_pem = "secret", .key_pem = "secret"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls.certificate_pem"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  status = Connect({.addresses = {"a:1"}, .tls = {.ca_file = folder.path()}}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("tls.ca_file " + folder.path() + ": Is a directory"));
}

// A key that does not belong to the certificate is refused at once, rather than every handshake later.
TEST(OptionsTest, RefusesAKeyOfAnotherCertificate) {
  const integration::ScratchFolder folder;
  const Certificates certificates(folder.path());
  ASSERT_TRUE(certificates.MakeAuthority("ca").ok());
  ASSERT_TRUE(certificates.MakeCertificate("one", "127.0.0.1", "ca").ok());
  ASSERT_TRUE(certificates.MakeCertificate("two", "127.0.0.1", "ca").ok());
  ConnectionOptions options = {.addresses = {"127.0.0.1:1"}};
  options.tls = {.certificate_file = certificates.Pem("one"), .key_file = certificates.Key("one")};
  EXPECT_TRUE(Connect(options).ok());
  options.tls.key_file = certificates.Key("two");
  EXPECT_EQ(Connect(options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace inventory::client
