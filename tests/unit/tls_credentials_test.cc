// What the server takes for its certificate, and what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/tls/credentials.h"
#include "tests/certificates.h"
#include "tests/read_file.h"

namespace inventory::tls {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TlsCredentialsTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    std::filesystem::create_directories(Folder());
    for (const char* authority : {"root", "other-root"}) ASSERT_TRUE(Made().MakeAuthority(authority).ok());
    for (const char* name : {"server", "another"}) ASSERT_TRUE(Made().MakeCertificate(name, "127.0.0.1", "root").ok());
    ASSERT_TRUE(
        Made().MakeCertificateFor("client", "DNS:client", "root", {"-addext", "extendedKeyUsage=clientAuth"}).ok());
    ASSERT_TRUE(
        Made().MakeCertificateFor("short", "IP:127.0.0.1", "root", {"-pkeyopt", "ec_paramgen_curve:prime192v1"}).ok());
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(Folder()); }

 protected:
  static std::string Folder() { return ::testing::TempDir() + "/tls_credentials"; }
  static Certificates Made() { return Certificates(Folder()); }
  static Texts Good() { return {.certificate = ReadFile(Made().Pem("server")), .key = ReadFile(Made().Key("server"))}; }
  static absl::StatusOr<Credentials> CheckAt(const Texts& texts, absl::Time now = absl::Now()) {
    return Check({.certificate = "cert.pem", .key = "key.pem", .client_ca = "ca.pem"}, texts, now);
  }
  static void ExpectRefused(const Texts& texts, const std::string& why, absl::Time now = absl::Now()) {
    const absl::StatusOr<Credentials> checked = CheckAt(texts, now);
    ASSERT_EQ(checked.status().code(), absl::StatusCode::kInvalidArgument) << why;
    EXPECT_THAT(std::string(checked.status().message()), HasSubstr(why));
    EXPECT_THAT(std::string(checked.status().message()), Not(HasSubstr(texts.key.substr(0, 100))));
  }
};

TEST_F(TlsCredentialsTest, APairThatFitsIsTaken) {
  const absl::StatusOr<Credentials> checked = CheckAt(Good());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->subject, "CN=server");
  EXPECT_GT(checked->not_after, absl::Now() + absl::Hours(47));
  EXPECT_LT(checked->not_after, absl::Now() + absl::Hours(49));
}

TEST_F(TlsCredentialsTest, AChainInOrderAndAuthoritiesOfClientsAreTaken) {
  Texts texts = Good();
  texts.certificate += ReadFile(Made().Pem("root"));
  texts.client_ca = ReadFile(Made().Pem("root")) + ReadFile(Made().Pem("other-root"));
  EXPECT_TRUE(CheckAt(texts).ok()) << CheckAt(texts).status();
}

TEST_F(TlsCredentialsTest, AKeyOfAnotherCertificateIsRefused) {
  Texts texts = Good();
  texts.key = ReadFile(Made().Key("another"));
  ExpectRefused(texts, "key.pem does not belong to the first certificate of cert.pem");
}

TEST_F(TlsCredentialsTest, ACertificateOutOfItsTimeIsRefused) {
  ExpectRefused(Good(), "cert.pem has expired on ", absl::Now() + absl::Hours(72));
  ExpectRefused(Good(), "cert.pem is valid only from ", absl::Now() - absl::Hours(72));
}

TEST_F(TlsCredentialsTest, WhatIsNoPemOrOnlyHalfThereIsRefused) {
  Texts texts = Good();
  texts.certificate = "hello\n";
  ExpectRefused(texts, "cert.pem has no certificate in PEM");
  texts = Good();
  texts.certificate.resize(texts.certificate.size() / 2);
  ExpectRefused(texts, "cert.pem can't be read after its first 0 certificates");
  texts = Good();
  const std::string root = ReadFile(Made().Pem("root"));
  texts.certificate += root.substr(0, root.size() / 2);
  ExpectRefused(texts, "cert.pem can't be read after its first 1 certificates");
  texts = Good();
  texts.key.resize(texts.key.size() / 2);
  ExpectRefused(texts, "key.pem has no private key in PEM");
}

TEST_F(TlsCredentialsTest, AChainOutOfOrderIsRefused) {
  Texts texts = Good();
  texts.certificate += ReadFile(Made().Pem("other-root"));
  ExpectRefused(texts, "second certificate one that has not issued the first");
}

TEST_F(TlsCredentialsTest, ACertificateOfAClientIsRefused) {
  ExpectRefused({.certificate = ReadFile(Made().Pem("client")), .key = ReadFile(Made().Key("client"))},
                "not for servers");
}

TEST_F(TlsCredentialsTest, AKeyThatIsTooShortIsRefused) {
  ExpectRefused({.certificate = ReadFile(Made().Pem("short")), .key = ReadFile(Made().Key("short"))}, "key too small");
}

TEST_F(TlsCredentialsTest, AuthoritiesThatAreNoneAreRefused) {
  Texts texts = Good();
  texts.client_ca = ReadFile(Made().Key("root"));
  ExpectRefused(texts, "ca.pem has no certificate in PEM");
}

TEST_F(TlsCredentialsTest, FilesThatAreMissingEmptyOrHugeAreNamed) {
  const Files files = {.certificate = Made().Pem("server"), .key = Folder() + "/key"};
  const auto why = [&files] { return std::string(ReadFiles(files).status().message()); };
  EXPECT_EQ(why(), files.key + " can't be read");
  std::ofstream(files.key).flush();
  EXPECT_EQ(why(), files.key + " is empty");
  std::ofstream(files.key) << std::string((1 << 20) + 1, 'a');
  EXPECT_EQ(why(), files.key + " is larger than 1 MiB");
  std::filesystem::remove(files.key);
}

}  // namespace
}  // namespace inventory::tls
