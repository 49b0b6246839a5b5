// Where options come from: flags, environment and profiles.
#include "client/cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/server_process.h"

namespace inventory::cli {
namespace {

using integration::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { std::filesystem::create_directory(folder_.path() + "/inventory"); }

  absl::StatusOr<Settings> Read() const {
    return Resolve(flags_, [this](const std::string& name) -> std::optional<std::string> {
      if (name == "XDG_CONFIG_HOME") return folder_.path();
      const auto value = environment_.find(name);
      return value == environment_.end() ? std::nullopt : std::optional(value->second);
    });
  }
  std::string Problem() const { return std::string(Read().status().message()); }

  std::string Write(const std::string& name, const std::string& text, unsigned mode) const {
    std::string path = absl::StrCat(folder_.path(), "/", name);
    std::ofstream(path) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  void WriteProfiles(const std::string& text, unsigned mode = 0644) const {
    Write("inventory/config.toml", text, mode);
  }

  Arguments flags_;
  std::map<std::string, std::string> environment_;
  const ScratchFolder folder_;
};

TEST_F(OptionsTest, HaveDefaults) {
  const auto settings = Read();
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->addresses, ElementsAre("127.0.0.1:50051"));
  EXPECT_TRUE(settings->plaintext);
  EXPECT_EQ(settings->timeout, absl::Seconds(10));
  EXPECT_EQ(settings->output, std::nullopt);
}

TEST_F(OptionsTest, AFlagWinsOverTheEnvironmentAndThatOverTheProfile) {
  WriteProfiles("address = \"p:1\"\ntimeout = \"1s\"\noutput = \"csv\"\n");
  environment_["INVENTORY_ADDRESS"] = "e:1,f:1";
  environment_["INVENTORY_TIMEOUT"] = "2s";
  flags_.Add("timeout", "3s");
  const auto settings = Read();
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->timeout, absl::Seconds(3));
  EXPECT_THAT(settings->addresses, ElementsAre("e:1", "f:1"));
  EXPECT_EQ(settings->output, OutputFormat::kCsv);
}

TEST_F(OptionsTest, AProfileThatAFlagNamesWinsOverTheEnvironment) {
  WriteProfiles("[live]\naddress = \"live:1\"\n");
  environment_["INVENTORY_ADDRESS"] = "test:1";
  environment_["INVENTORY_PROFILE"] = "live";
  EXPECT_THAT(Read()->addresses, ElementsAre("test:1"));
  flags_.Add("profile", "live");
  EXPECT_THAT(Read()->addresses, ElementsAre("live:1"));
  flags_.Add("address", "flag:1");
  EXPECT_THAT(Read()->addresses, ElementsAre("flag:1"));
}

TEST_F(OptionsTest, ProfilesAreSections) {
  WriteProfiles("timeout = \"1s\"\n[live]\naddress = [\"10.0.0.1:50051\", \"10.0.0.2:50051\"]\ntls-ca = \"/ca.pem\"\n");
  EXPECT_EQ(Read()->timeout, absl::Seconds(1));
  flags_.Add("profile", "live");
  const auto settings = Read();
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->addresses, ElementsAre("10.0.0.1:50051", "10.0.0.2:50051"));
  EXPECT_EQ(settings->timeout, absl::Seconds(10));
  EXPECT_EQ(settings->tls_ca, "/ca.pem");
  EXPECT_FALSE(settings->plaintext);
}

TEST_F(OptionsTest, ProfilesAreChecked) {
  environment_["INVENTORY_PROFILE"] = "live";
  EXPECT_THAT(Problem(), HasSubstr("there is no profile live: "));
  WriteProfiles("[test]\ntimeout = \"1s\"\n");
  EXPECT_THAT(Problem(), HasSubstr("has no profile live, only default, test"));
  WriteProfiles("[live]\nadress = \"x\"\n");
  EXPECT_THAT(Problem(), HasSubstr("config.toml: unknown key adress"));
  WriteProfiles("[live]\nrequest-id = \"x\"\n");
  EXPECT_THAT(Problem(), HasSubstr("unknown key request-id"));
  WriteProfiles("[live]\ntimeout = \"1s\"\n", 0666);
  EXPECT_THAT(Problem(), HasSubstr("others may change "));
}

TEST_F(OptionsTest, AllWrongValuesAreSaid) {
  flags_.Add("timeout", "0s");
  flags_.Add("output", "yaml");
  environment_["INVENTORY_PLAINTEXT"] = "no";
  EXPECT_EQ(Problem(),
            "plaintext: expected true or false, not \"no\"\n"
            "timeout: expected a duration as 500ms, 10s or 2m, not \"0s\"\n"
            "output: expected one of table, json, csv, not \"yaml\"");
}

TEST_F(OptionsTest, OnlyThisMachineIsCalledWithoutTls) {
  flags_.Add("address", "127.0.0.1:1,localhost:1");
  EXPECT_TRUE(Read()->plaintext);
  flags_.Add("address", "10.0.0.1:1");
  EXPECT_FALSE(Read()->plaintext);
  flags_.Add("plaintext", "true");
  EXPECT_TRUE(Read()->plaintext);
}

TEST_F(OptionsTest, AnyTlsOptionAsksForTls) {
  for (const char* option : {"tls-ca", "tls-cert", "tls-key", "tls-server-name"}) {
    flags_ = Arguments();
    EXPECT_TRUE(Read()->plaintext);
    flags_.Add(option, "x");
    EXPECT_FALSE(Read()->plaintext) << option;
  }
}

TEST_F(OptionsTest, TokensAndKeysMustBePrivate) {
  const std::string token = Write("token", " secret\n", 0640);
  flags_.Add("token-file", token);
  auto options = ConnectionOptionsOf(*Read());
  EXPECT_EQ(options.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(options.status().message()), HasSubstr(absl::StrCat("`chmod 600 ", token, "`")));
  Write("token", " secret\n", 0600);
  options = ConnectionOptionsOf(*Read());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(*options->token(), "secret");
  EXPECT_TRUE(options->send_token_over_plaintext);  // To this machine.
  Write("token", "renewed\n", 0600);
  EXPECT_EQ(*options->token(), "renewed");
  Write("token", "renewed\n", 0604);
  EXPECT_EQ(options->token().status().code(), absl::StatusCode::kPermissionDenied);
  Write("token", "renewed\n", 0600);
  flags_.Set("tls-key", Write("key", "", 0644));
  EXPECT_EQ(ConnectionOptionsOf(*Read()).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(OptionsTest, ATokenOfAPipeIsReadOnce) {
  int ends[2] = {};
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(write(ends[1], "piped\n", 6), 6);
  close(ends[1]);
  flags_.Add("token-file", absl::StrCat("/dev/fd/", ends[0]));
  const auto options = ConnectionOptionsOf(*Read());
  ASSERT_TRUE(options.ok()) << options.status();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(options->token().value_or(""), "piped");
  close(ends[0]);
}

TEST_F(OptionsTest, ATokenIsNotSentToOthersInPlaintext) {
  flags_.Add("token-file", Write("token", "secret", 0600));
  flags_.Add("address", "10.0.0.1:1");
  flags_.Add("plaintext", "true");
  EXPECT_FALSE(ConnectionOptionsOf(*Read())->send_token_over_plaintext);
}

TEST_F(OptionsTest, ATokenFileMustHaveOne) {
  flags_.Add("token-file", Write("token", "\n", 0600));
  EXPECT_THAT(std::string(ConnectionOptionsOf(*Read()).status().message()), HasSubstr("there is no token in "));
  flags_.Set("token-file", "/nowhere");
  EXPECT_THAT(std::string(ConnectionOptionsOf(*Read()).status().message()),
              HasSubstr("can't read /nowhere: No such file"));
}

}  // namespace
}  // namespace inventory::cli
