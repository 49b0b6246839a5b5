// Goal: keys rotate without a restart, and trouble with them keeps the last good ones, for a while.
#include "server/auth/key_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/certificates.h"
#include "tests/http_receiver.h"
#include "tests/token_issuer.h"

namespace inventory::auth {
namespace {

using Kind = TokenIssuer::Kind;

class KeySourceTest : public ::testing::Test {
 protected:
  KeySourceTest() : folder_(::testing::TempDir() + "/key_source") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~KeySourceTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/keys.json"; }

  // Replaces the file as tools do that know how.
  void WriteFile(const std::string& text) const {
    std::ofstream(folder_ + "/new") << text;
    std::filesystem::rename(folder_ + "/new", path());
  }

  static bool Has(const KeySource& source, const std::string& kid, absl::Time now) {
    const KeySource::Keys keys = source.Current(now);
    return keys.set != nullptr && keys.set->Find(kid) != nullptr;
  }

  const std::string folder_;
  const TokenIssuer first_{Kind::kEd25519, "first"};
  const TokenIssuer second_{Kind::kP256, "second"};
  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
};

TEST_F(KeySourceTest, ReadsAFileWhenItChanges) {
  KeySource source({.location = path()});
  EXPECT_EQ(source.Current(now_).set, nullptr);
  EXPECT_FALSE(source.Refresh(now_).ok());
  WriteFile(Jwks({first_.jwk()}));
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_TRUE(Has(source, "first", now_));
  const uint64_t generation = source.Current(now_).generation;
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_EQ(source.Current(now_).generation, generation) << "it has not changed";
  WriteFile(Jwks({first_.jwk(), second_.jwk()}));
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_TRUE(Has(source, "second", now_));
  EXPECT_NE(source.Current(now_).generation, generation);
  WriteFile(Jwks({second_.jwk()}));
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_FALSE(Has(source, "first", now_)) << "a key that is gone counts no more";
}

// As long as before, in the same place, and of the same time: only its status has changed.
TEST_F(KeySourceTest, ReadsAFileThatIsMadeToLookLikeTheOneBefore) {
  const TokenIssuer alike(Kind::kEd25519, "alike");
  KeySource source({.location = path()});
  WriteFile(Jwks({first_.jwk()}));
  const auto written = std::filesystem::last_write_time(path());
  ASSERT_TRUE(source.Refresh(now_).ok());
  const auto length = std::filesystem::file_size(path());
  std::ofstream(path()) << Jwks({alike.jwk()});
  ASSERT_EQ(std::filesystem::file_size(path()), length);
  std::filesystem::last_write_time(path(), written);
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_TRUE(Has(source, "alike", now_));
  EXPECT_FALSE(Has(source, "first", now_));
}

TEST_F(KeySourceTest, KeepsTheLastGoodKeysForAWhile) {
  KeySource source({.location = path(), .max_age = absl::Hours(1)});
  WriteFile(Jwks({first_.jwk()}));
  ASSERT_TRUE(source.Refresh(now_).ok());
  for (const std::string& broken : {std::string("{\"keys\":"), std::string(), std::string("{\"keys\":[]}"),
                                    std::string(KeySet::kMaxBytes + 1, ' ')}) {
    WriteFile(broken);
    EXPECT_FALSE(source.Refresh(now_).ok());
    EXPECT_FALSE(source.Refresh(now_).ok()) << "it is still broken";
    EXPECT_TRUE(Has(source, "first", now_));
  }
  std::filesystem::remove(path());
  EXPECT_FALSE(source.Refresh(now_ + absl::Minutes(59)).ok());
  EXPECT_TRUE(Has(source, "first", now_ + absl::Hours(1)));
  EXPECT_FALSE(Has(source, "first", now_ + absl::Hours(1) + absl::Seconds(1)));
  WriteFile(Jwks({second_.jwk()}));
  ASSERT_TRUE(source.Refresh(now_ + absl::Hours(2)).ok());
  EXPECT_TRUE(Has(source, "second", now_ + absl::Hours(2)));
}

// An https server for the keys.
class KeyUrlTest : public KeySourceTest {
 protected:
  KeyUrlTest() {
    EXPECT_TRUE(made_.MakeAuthority("ours").ok());
    EXPECT_TRUE(made_.MakeAuthority("theirs").ok());
    EXPECT_TRUE(made_.MakeCertificate("issuer", "127.0.0.1", "ours").ok());
    server_.emplace(HttpReceiver::Status(200, "", Jwks({first_.jwk()})), made_.Pem("issuer"), made_.Key("issuer"));
  }

  KeySource::Options Options() const {
    return {.location = server_->url("/keys"),
            .ca_file = made_.Pem("ours"),
            .refresh = absl::Minutes(5),
            .min_refresh = absl::Seconds(10),
            .max_age = absl::Hours(1)};
  }

  const Certificates made_{folder_};
  std::optional<HttpReceiver> server_;
};

TEST_F(KeyUrlTest, IsAskedAtItsIntervalAndForKeysThatAreNotKnown) {
  KeySource source(Options());
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_TRUE(Has(source, "first", now_));
  ASSERT_TRUE(source.Refresh(now_ + absl::Minutes(4)).ok());
  EXPECT_EQ(server_->requests().size(), 1u);
  ASSERT_TRUE(source.Refresh(now_ + absl::Minutes(5)).ok());
  EXPECT_EQ(server_->requests().size(), 2u);
  // A token names another key.
  now_ += absl::Minutes(5);
  server_->SetAnswer(HttpReceiver::Status(200, "", Jwks({second_.jwk()})));
  EXPECT_TRUE(source.AskFor(now_));
  EXPECT_TRUE(source.AskFor(now_)) << "it is still being looked for";
  ASSERT_TRUE(source.Refresh(now_).ok());
  EXPECT_TRUE(Has(source, "second", now_));
  EXPECT_EQ(server_->requests().size(), 3u);
  // Any number of tokens with keys of which nobody knows ask once in ten seconds.
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(source.AskFor(now_ + absl::Milliseconds(9 * i)));
  ASSERT_TRUE(source.Refresh(now_ + absl::Seconds(9)).ok());
  EXPECT_EQ(server_->requests().size(), 3u);
  EXPECT_TRUE(source.AskFor(now_ + absl::Seconds(10)));
}

TEST_F(KeyUrlTest, ThatDoesNotAnswerWellLeavesTheLastGoodKeys) {
  KeySource source(Options());
  ASSERT_TRUE(source.Refresh(now_).ok());
  for (const HttpReceiver::Answer& answer :
       {HttpReceiver::Status(500), HttpReceiver::Status(301, "Location: http://127.0.0.1:1/\r\n"),
        HttpReceiver::Status(204), HttpReceiver::Status(200, "", "<html>"), HttpReceiver::Raw("nonsense"),
        HttpReceiver::Flood()}) {
    now_ += absl::Minutes(5);
    server_->SetAnswer(answer);
    EXPECT_FALSE(source.Refresh(now_).ok());
    EXPECT_TRUE(Has(source, "first", now_));
  }
  // Tried again soon, not at the next interval.
  server_->SetAnswer(HttpReceiver::Status(200, "", Jwks({second_.jwk()})));
  ASSERT_TRUE(source.Refresh(now_ + absl::Seconds(10)).ok());
  EXPECT_TRUE(Has(source, "second", now_ + absl::Seconds(10)));
}

TEST_F(KeyUrlTest, MustHaveACertificateOfTheAuthority) {
  KeySource::Options options = Options();
  options.ca_file = made_.Pem("theirs");
  KeySource others(options);
  const absl::Status refused = others.Refresh(now_);
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(refused.message().find(options.location), absl::string_view::npos) << "a URL may hold what is not for logs";
  options.ca_file.clear();
  KeySource systems(options);
  EXPECT_FALSE(systems.Refresh(now_).ok());
  EXPECT_TRUE(server_->requests().empty());
  options.location = absl::StrCat("http://127.0.0.1:", server_->port(), "/keys");
  KeySource in_the_clear(options);
  EXPECT_FALSE(in_the_clear.Refresh(now_).ok());
}

}  // namespace
}  // namespace inventory::auth
