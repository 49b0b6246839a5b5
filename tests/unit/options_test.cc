#include "server/options.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace inventory::server {
namespace {

using ::testing::UnitTest;

// Every option with a flag; one that is added belongs here and into the README.
const std::vector<std::string> kFlags = {"config",
                                         "database-url",
                                         "database-password-file",
                                         "data-dir",
                                         "mariadbd",
                                         "database-connect-timeout",
                                         "database-read-timeout",
                                         "database-lock-timeout",
                                         "migrate-on-start",
                                         "require-durable",
                                         "drain-delay",
                                         "shutdown-grace",
                                         "listen",
                                         "allow-plaintext",
                                         "metrics-listen",
                                         "metrics-tls",
                                         "metrics-allow-plaintext",
                                         "reflection",
                                         "channelz",
                                         "grpc-threads",
                                         "default-deadline",
                                         "max-deadline",
                                         "tls-cert-file",
                                         "tls-key-file",
                                         "tls-client-ca-file",
                                         "tls-client-auth",
                                         "tls-reload-interval",
                                         "tls-expiry-warning",
                                         "auth-policy-file",
                                         "allow-unauthenticated",
                                         "jwt-keys",
                                         "jwt-keys-ca-file",
                                         "jwt-issuer",
                                         "jwt-audience",
                                         "jwt-clock-skew",
                                         "jwt-keys-refresh",
                                         "jwt-keys-min-refresh",
                                         "jwt-keys-max-age",
                                         "jwt-max-bytes",
                                         "jwt-cache-size",
                                         "jwt-max-failures",
                                         "audit-max-lines",
                                         "max-connections",
                                         "max-connections-per-address",
                                         "max-metrics-connections",
                                         "max-connections-memory",
                                         "handshake-timeout",
                                         "max-connection-idle",
                                         "max-connection-age",
                                         "max-connection-age-grace",
                                         "keepalive-time",
                                         "keepalive-timeout",
                                         "min-ping-interval",
                                         "max-message-bytes",
                                         "max-request-memory",
                                         "max-metadata-bytes",
                                         "max-concurrent-streams",
                                         "max-calls-per-client",
                                         "max-requests-memory",
                                         "max-open-streams",
                                         "max-open-streams-per-client",
                                         "max-watches",
                                         "max-watches-per-client",
                                         "slow-client-timeout",
                                         "lanes",
                                         "max-waiting-writes",
                                         "max-batch-commands",
                                         "max-batch-skus",
                                         "read-connections",
                                         "max-waiting-reads",
                                         "availability-cache",
                                         "read-database-url",
                                         "max-staleness",
                                         "hold-ttl",
                                         "max-hold-ttl",
                                         "request-id-retention",
                                         "sweep-interval",
                                         "movement-retention",
                                         "event-retention",
                                         "event-poll-interval",
                                         "event-buffer",
                                         "event-feed-url",
                                         "event-feed-id",
                                         "event-feed-secret",
                                         "event-feed-ca-file",
                                         "event-feed-batch",
                                         "event-feed-timeout",
                                         "event-feed-lease",
                                         "low-stock-threads",
                                         "low-stock-timeout",
                                         "low-stock-lease",
                                         "low-stock-max-attempts",
                                         "low-stock-backoff",
                                         "low-stock-max-backoff",
                                         "low-stock-event-retention",
                                         "webhook-hosts",
                                         "webhook-private-networks",
                                         "webhook-secrets",
                                         "webhook-ca-file",
                                         "otlp-endpoint",
                                         "otlp-headers-file",
                                         "otlp-ca-file",
                                         "otlp-timeout",
                                         "trace-ratio",
                                         "log-format",
                                         "log-level",
                                         "repair",
                                         "sku-prefix"};

class OptionsTest : public ::testing::Test {
 protected:
  // Starts with an environment that says nothing.
  void SetUp() override {
    std::vector<std::string> names;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      const std::string name = std::string(*variable).substr(0, std::string(*variable).find('='));
      if (name.starts_with("INVENTORY_")) names.push_back(name);
    }
    for (const std::string& name : names) unsetenv(name.c_str());
  }

  void TearDown() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
    for (const std::string& path : files_) std::filesystem::remove(path);
  }

  void SetVariable(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.insert(name);
  }

  std::string WriteFile(const std::string& text) {
    std::string path = ::testing::TempDir() + "inventory-options-" + std::to_string(getpid()) + "-" +
                       UnitTest::GetInstance()->current_test_info()->name() + std::to_string(files_.size());
    std::ofstream(path, std::ios::binary) << text;
    files_.push_back(path);
    return path;
  }

  static absl::StatusOr<CommandLine> Parse(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv = {"/usr/bin/inventory"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  }

  static ServerOptions Parsed(const std::vector<std::string>& arguments) {
    const absl::StatusOr<CommandLine> line = Parse(arguments);
    EXPECT_TRUE(line.ok()) << line.status();
    return line.ok() ? line->server : ServerOptions();
  }

  // What is wrong with the arguments.
  static std::string Wrong(const std::vector<std::string>& arguments) {
    const absl::Status status = Parse(arguments).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  }

 private:
  std::set<std::string> set_;
  std::vector<std::string> files_;
};

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

#define EXPECT_CONTAINS(text, part) EXPECT_PRED2(Contains, text, part)

TEST_F(OptionsTest, HasDefaults) {
  const absl::StatusOr<CommandLine> line = Parse({"serve"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->command, Command::kServe);
  EXPECT_EQ(line->help, "");
  EXPECT_EQ(line->server.listen, "127.0.0.1:50051");
  EXPECT_EQ(line->server.metrics_listen, "127.0.0.1:9464");
  EXPECT_EQ(line->server.lanes, 3);
  EXPECT_EQ(line->server.max_message_bytes, 4 * 1024 * 1024);
  EXPECT_EQ(line->server.hold_ttl, absl::Minutes(15));
  EXPECT_EQ(line->server.database.lock_wait_timeout, absl::Seconds(3));
  EXPECT_NE(line->server.data_dir, "");
}

TEST_F(OptionsTest, NeedsACommand) {
  EXPECT_CONTAINS(Wrong({}), "serve, migrate, verify or version");
  EXPECT_CONTAINS(Wrong({"server"}), "\"server\" is not a command");
  EXPECT_CONTAINS(Wrong({"--lanes", "3", "serve"}), "is not a command");
  EXPECT_EQ(Parse({"migrate"})->command, Command::kMigrate);
  EXPECT_EQ(Parse({"version"})->command, Command::kVersion);
  EXPECT_EQ(Parse({"--version"})->command, Command::kVersion);
}

TEST_F(OptionsTest, FlagWinsOverEnvironmentOverFileOverDefault) {
  const std::string file =
      WriteFile("# a comment\nlanes = 4\nread-connections = 5\nlisten = \"127.0.0.1:1\"  # others\n");
  EXPECT_EQ(Parsed({"serve"}).lanes, 3);
  EXPECT_EQ(Parsed({"serve", "--config", file}).lanes, 4);
  EXPECT_EQ(Parsed({"serve", "--config", file}).listen, "127.0.0.1:1");
  SetVariable("INVENTORY_LANES", "6");
  EXPECT_EQ(Parsed({"serve", "--config", file}).lanes, 6);
  EXPECT_EQ(Parsed({"serve", "--config", file}).read_connections, 5);
  EXPECT_EQ(Parsed({"serve", "--config", file, "--lanes", "7"}).lanes, 7);
  EXPECT_EQ(Parsed({"serve", "--lanes=7", "--lanes=8"}).lanes, 8);
  SetVariable("INVENTORY_CONFIG", file);
  EXPECT_EQ(Parsed({"serve"}).read_connections, 5);
}

TEST_F(OptionsTest, AWrongValueThatIsOverriddenDoesNotCount) {
  SetVariable("INVENTORY_LANES", "many");
  EXPECT_EQ(Parsed({"serve", "--lanes", "2"}).lanes, 2);
}

TEST_F(OptionsTest, ReadsEveryKindOfValue) {
  const ServerOptions options =
      Parsed({"serve", "--max-message-bytes", "1MiB", "--max-connections-memory=67108864", "--hold-ttl", "1h30m",
              "--max-connection-age", "0", "--require-durable", "--reflection=false", "--channelz", "true",
              "--metrics-listen=", "--log-format", "json", "--log-level", "warning", "--listen", "[::1]:50051"});
  EXPECT_EQ(options.max_message_bytes, 1 << 20);
  EXPECT_EQ(options.max_connections_memory, std::size_t{64} << 20);
  EXPECT_EQ(options.hold_ttl, absl::Minutes(90));
  EXPECT_EQ(options.max_connection_age, absl::ZeroDuration());
  EXPECT_TRUE(options.require_durable);
  EXPECT_FALSE(options.reflection);
  EXPECT_TRUE(options.channelz);
  EXPECT_EQ(options.metrics_listen, "");
  EXPECT_EQ(options.log_format, LogFormat::kJson);
  EXPECT_EQ(options.log_level, LogLevel::kWarning);
  EXPECT_EQ(options.listen, "[::1]:50051");
  EXPECT_CONTAINS(Wrong({"serve", "--require-durable="}), "\"\" is not true or false");
  EXPECT_FALSE(Parsed({"serve", "--reflection", "false", "--channelz"}).reflection);
  EXPECT_EQ(Parsed({"serve", "--metrics-listen", "", "--lanes", "2"}).metrics_listen, "");
  EXPECT_EQ(Parsed({"serve", "--listen", "unix:/run/inventory.sock"}).listen, "unix:/run/inventory.sock");
}

TEST_F(OptionsTest, ReadsEmptyAndSpacedValuesFromAFile) {
  const ServerOptions options = Parsed({"serve", "--config",
                                        WriteFile("metrics-listen = \"\"\ndata-dir = '/a b,c'\nchannelz = true\n"
                                                  "database-url = \"mysql://u@h/d?tls_ca=/x.pem\"\n")});
  EXPECT_EQ(options.metrics_listen, "");
  EXPECT_EQ(options.data_dir, "/a b,c");
  EXPECT_TRUE(options.channelz);
  EXPECT_EQ(options.database.tls_ca, "/x.pem");
}

TEST_F(OptionsTest, RefusesWhatIsOutOfRangeByFlagValueAndRange) {
  EXPECT_CONTAINS(Wrong({"serve", "--lanes", "0"}), "--lanes: \"0\" is not 1 to 64");
  EXPECT_CONTAINS(Wrong({"serve", "--lanes=-1"}), "--lanes: \"-1\" is not 1 to 64");
  EXPECT_CONTAINS(Wrong({"serve", "--lanes", "99999999999999999999"}), "is not 1 to 64");
  EXPECT_CONTAINS(Wrong({"serve", "--max-message-bytes", "1GiB"}), "\"1GiB\" is not 16KiB to 64MiB");
  EXPECT_CONTAINS(Wrong({"serve", "--sweep-interval", "1h"}), "\"1h\" is not a duration of 10ms to 1m");
  EXPECT_CONTAINS(Wrong({"serve", "--sweep-interval", "inf"}), "10ms to 1m");
  EXPECT_CONTAINS(Wrong({"serve", "--hold-ttl", "15"}), "--hold-ttl: \"15\" is not a duration");
  EXPECT_CONTAINS(Wrong({"serve", "--log-level", "loud"}), "debug or info or warning or error");
  EXPECT_CONTAINS(Wrong({"serve", "--reflection=perhaps"}), "\"perhaps\" is not true or false");
  EXPECT_CONTAINS(Wrong({"serve", "--listen", "50051"}), "--listen: \"50051\"");
  EXPECT_CONTAINS(Wrong({"serve", "--listen", "::1:50051"}), "--listen");
  EXPECT_CONTAINS(Wrong({"serve", "--listen", "a:65536"}), "--listen");
  SetVariable("INVENTORY_LANES", "many");
  EXPECT_CONTAINS(Wrong({"serve"}), "--lanes: \"many\" is not 1 to 64 (from INVENTORY_LANES)");
}

TEST_F(OptionsTest, RefusesWhatDoesNotFitTogether) {
  EXPECT_CONTAINS(Wrong({"serve", "--hold-ttl", "2h", "--max-hold-ttl", "1h"}), "--hold-ttl: 2h is above");
  EXPECT_CONTAINS(Wrong({"serve", "--database-lock-timeout", "10s"}), "--database-lock-timeout: 10s is not below");
  EXPECT_CONTAINS(Wrong({"serve", "--database-lock-timeout", "1500ms"}), "whole seconds");
}

TEST_F(OptionsTest, ReportsEverythingAtOnce) {
  SetVariable("INVENTORY_READ_CONNECTIONS", "0");
  const std::string file = WriteFile("log-format = xml\nno-such-key = 1\n");
  const std::string wrong = Wrong({"serve", "--lanes", "0", "--no-such-flag", "--config", file});
  EXPECT_CONTAINS(wrong, "--lanes");
  EXPECT_CONTAINS(wrong, "--no-such-flag: unknown flag");
  EXPECT_CONTAINS(wrong, "--read-connections");
  EXPECT_CONTAINS(wrong, "--log-format: \"xml\" is not text or json (from " + file + ")");
  EXPECT_CONTAINS(wrong, "unknown key no-such-key");
}

TEST_F(OptionsTest, RefusesUnknownNames) {
  EXPECT_CONTAINS(Wrong({"serve", "--lane", "3"}), "--lane: unknown flag");
  EXPECT_FALSE(Contains(Wrong({"serve", "--lane", "3"}), "\"3\""));
  EXPECT_CONTAINS(Wrong({"serve", "-x"}), "-x: unknown flag");
  EXPECT_CONTAINS(Wrong({"serve", "migrate"}), "unexpected argument \"migrate\"");
  EXPECT_CONTAINS(Wrong({"migrate", "--lanes", "3"}), "--lanes: the command migrate does not take it");
  EXPECT_CONTAINS(Wrong({"serve", "--lanes"}), "--lanes");
  EXPECT_CONTAINS(Wrong({"version", "--lanes", "3"}), "--lanes");
  EXPECT_CONTAINS(Wrong({"serve", "--config", "/no/such/file"}), "can't read /no/such/file");
  EXPECT_CONTAINS(Wrong({"serve", "--config", "/"}), "can't read /");
}

TEST_F(OptionsTest, RefusesFilesThatAreNotOptions) {
  const auto wrong = [this](const std::string& text) { return Wrong({"serve", "--config", WriteFile(text)}); };
  EXPECT_CONTAINS(wrong("[database]\nlanes = 3\n"), "unknown key database.lanes");
  EXPECT_CONTAINS(wrong("lanes = 3\nlog-level = info\nlanes = 4\n"), "lanes has more than one value");
  EXPECT_CONTAINS(wrong("lanes = 3 4\n"), "lanes has more than one value");
  EXPECT_CONTAINS(wrong("config = other\n"), "unknown key config");
  EXPECT_CONTAINS(wrong("repair = true\n"), "unknown key repair");
  EXPECT_CONTAINS(wrong("data-dir = \"/a#b\"\n"), "quote without an end");
}

TEST_F(OptionsTest, ReadsTheDatabaseUrl) {
  const ServerOptions options = Parsed({"migrate", "--database-url", "mysql://shop@db.example:3307/stock",
                                        "--database-connect-timeout", "2s", "--database-read-timeout", "8s"});
  EXPECT_EQ(options.database.host, "db.example");
  EXPECT_EQ(options.database.port, 3307);
  EXPECT_EQ(options.database.user, "shop");
  EXPECT_EQ(options.database.database, "stock");
  EXPECT_EQ(options.database.connect_timeout, absl::Seconds(2));
  EXPECT_EQ(options.database.read_timeout, absl::Seconds(8));
  EXPECT_EQ(options.database.write_timeout, absl::Seconds(8));
}

TEST_F(OptionsTest, ReadsSeveralAddressesOfADatabase) {
  const storage::DatabaseOptions database =
      Parsed({"serve", "--database-url", "mysql://u@db-1,db-2:3307,[::1]:3308/stock"}).database;
  EXPECT_EQ(database.host, "db-1");
  EXPECT_EQ(database.port, 3306);
  const std::vector<storage::DatabaseAddress> others = {{"db-2", 3307}, {"::1", 3308}};
  EXPECT_EQ(database.others, others);
  for (const auto& [url, problem] :
       std::map<std::string, std::string>{{"mysql://u@a,,b/d", "the host is missing"},
                                          {"mysql://u@a,b,/d", "the host is missing"},
                                          {"mysql://u@a,b:0/d", "the port must be"},
                                          {"mysql://u@a,b,a:3306/d", "an address is named twice"},
                                          {"mysql://u@a,[b/d", "[ without ]"},
                                          {"mysql://u@a,b/d?socket=/s", "with a socket there is one host"}}) {
    EXPECT_CONTAINS(Wrong({"serve", "--database-url", url}), problem);
  }
}

TEST_F(OptionsTest, ReadsTheReplicaAsTheDatabase) {
  SetVariable("INVENTORY_DATABASE_PASSWORD", "hunter2");
  const ServerOptions options =
      Parsed({"serve", "--database-url", "mysql://u@a/d", "--read-database-url", "mysql://reader@b:3307/e",
              "--database-connect-timeout", "2s", "--max-staleness", "2s"});
  EXPECT_EQ(options.read_database.host, "b");
  EXPECT_EQ(options.read_database.port, 3307);
  EXPECT_EQ(options.read_database.user, "reader");
  EXPECT_EQ(options.read_database.database, "e");
  EXPECT_EQ(options.read_database.password, "hunter2");
  EXPECT_EQ(options.read_database.connect_timeout, absl::Seconds(2));
  EXPECT_EQ(options.max_staleness, absl::Seconds(2));
}

TEST_F(OptionsTest, RefusesAReplicaThatCantBeOne) {
  EXPECT_CONTAINS(Wrong({"serve", "--read-database-url", "mysql://u@b/d"}), "the private database has no replica");
  const std::vector<std::string> serve = {"serve", "--database-url", "mysql://u@a/d", "--read-database-url"};
  const auto wrong = [&serve](const std::string& url) {
    std::vector<std::string> arguments = serve;
    arguments.push_back(url);
    return Wrong(arguments);
  };
  EXPECT_CONTAINS(wrong("mysql://u@b,c/d"), "names several servers");
  EXPECT_CONTAINS(wrong("mysql://u@b:0/d"), "--read-database-url: database URL: the port must be");
}

TEST_F(OptionsTest, TakesThePasswordFromTheEnvironmentOrAFile) {
  const std::string url = "mysql://u@h/d";
  const std::string file = WriteFile("from file \n");
  EXPECT_EQ(Parsed({"serve", "--database-url", url, "--database-password-file", file}).database.password, "from file ");
  SetVariable("INVENTORY_DATABASE_PASSWORD", "hunter2");
  EXPECT_EQ(Parsed({"serve", "--database-url", url}).database.password, "hunter2");
  const std::string both = Wrong({"serve", "--database-url", url, "--database-password-file", file});
  EXPECT_CONTAINS(both, "give one of them");
  const std::string no_url = Wrong({"serve"});
  EXPECT_CONTAINS(no_url, "--database-url");
  EXPECT_FALSE(Contains(both + no_url, "hunter2"));
}

TEST_F(OptionsTest, RefusesPasswordFilesWithoutAPassword) {
  const std::string url = "mysql://u@h/d";
  EXPECT_CONTAINS(Wrong({"serve", "--database-url", url, "--database-password-file", "/no/such"}), "can't read");
  EXPECT_CONTAINS(Wrong({"serve", "--database-url", url, "--database-password-file", "/"}), "can't read /");
  EXPECT_CONTAINS(Wrong({"serve", "--database-url", url, "--database-password-file", WriteFile("\n")}), "is empty");
}

TEST_F(OptionsTest, TakesNoPasswordInUrlFlagOrFile) {
  const std::string in_url = Wrong({"serve", "--database-url", "mysql://u:hunter2@h/d"});
  EXPECT_CONTAINS(in_url, "--database-url");
  const std::string by_flag = Wrong({"serve", "--database-password", "hunter2"});
  EXPECT_CONTAINS(by_flag, "only as INVENTORY_DATABASE_PASSWORD");
  const std::string by_flag_too = Wrong({"serve", "--database-password=hunter2"});
  const std::string in_file = Wrong({"serve", "--config", WriteFile("database-password = hunter2\n")});
  EXPECT_CONTAINS(in_file, "unknown key database-password");
  EXPECT_FALSE(Contains(in_url + by_flag + by_flag_too + in_file, "hunter2"));
}

TEST_F(OptionsTest, VerifyHasItsOwnFlags) {
  const absl::StatusOr<CommandLine> line = Parse({"verify", "--repair", "--sku-prefix", "shoe-"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->command, Command::kVerify);
  EXPECT_TRUE(line->verify.repair);
  EXPECT_EQ(line->verify.sku_prefix, "shoe-");
  SetVariable("INVENTORY_REPAIR", "true");
  EXPECT_FALSE(Parse({"verify"})->verify.repair) << "only a flag may ask for changes";
  EXPECT_CONTAINS(Wrong({"serve", "--repair"}), "--repair: the command serve does not take it");
}

TEST_F(OptionsTest, HelpListsEveryOption) {
  const absl::StatusOr<CommandLine> all = Parse({"--help"});
  ASSERT_TRUE(all.ok()) << all.status();
  const std::string table = OptionsTable();
  for (const std::string& flag : kFlags) {
    EXPECT_CONTAINS(all->help, "  --" + flag + "  (");
    EXPECT_CONTAINS(table, "| `--" + flag + "` |");
  }
  EXPECT_CONTAINS(all->help, "INVENTORY_DATABASE_PASSWORD");
  EXPECT_CONTAINS(table, "`INVENTORY_DATABASE_PASSWORD`");
  EXPECT_CONTAINS(all->help, "0.0.0.0:50051");

  // And kFlags has them all.
  std::size_t rows = 0;
  for (std::size_t at = table.find("\n| `--"); at != std::string::npos; at = table.find("\n| `--", at + 1)) ++rows;
  EXPECT_EQ(rows, kFlags.size());
}

TEST_F(OptionsTest, HelpOfACommandListsWhatItTakes) {
  SetVariable("INVENTORY_LANES", "many");
  const absl::StatusOr<CommandLine> verify = Parse({"verify", "--no-such-flag", "--help"});
  ASSERT_TRUE(verify.ok()) << verify.status();
  EXPECT_CONTAINS(verify->help, "Usage: inventory verify");
  EXPECT_CONTAINS(verify->help, "--repair");
  EXPECT_CONTAINS(verify->help, "--database-url");
  EXPECT_FALSE(Contains(verify->help, "--lanes"));
  EXPECT_NE(Parse({"serve", "-h"})->help, "");
}

TEST_F(OptionsTest, EveryDefaultIsAcceptedAsAValue) {
  // The rows of the table are | option | default | ...
  std::istringstream rows(OptionsTable());
  std::vector<std::string> arguments = {"serve"};
  for (std::string row; std::getline(rows, row);) {
    if (!row.starts_with("| `--") || row.starts_with("| `--repair") || row.starts_with("| `--sku-prefix")) continue;
    const std::string rest = row.substr(std::string("| `").size());
    const std::string flag = rest.substr(0, rest.find('`'));
    const std::string value = rest.substr(flag.size() + std::string("` | ").size());
    if (value.front() != '`') continue;
    arguments.push_back(flag + "=" + value.substr(1, value.find('`', 1) - 1));
  }
  EXPECT_GT(arguments.size(), 30u);
  Parsed(arguments);
}

TEST_F(OptionsTest, MovementsAreKeptForEverOrForADayAtLeast) {
  EXPECT_EQ(Parsed({"serve"}).movement_retention, absl::ZeroDuration());
  EXPECT_EQ(Parsed({"serve", "--movement-retention=0"}).movement_retention, absl::ZeroDuration());
  EXPECT_EQ(Parsed({"serve", "--movement-retention=24h"}).movement_retention, absl::Hours(24));
  EXPECT_CONTAINS(Wrong({"serve", "--movement-retention=23h59m"}), "is not a duration of 24h to 87600h");
  EXPECT_CONTAINS(Wrong({"serve", "--movement-retention=-24h"}), "is not a duration of 24h to 87600h");
}

TEST_F(OptionsTest, ChecksWhomWebhooksMayCall) {
  EXPECT_EQ(Parsed({"serve", "--webhook-hosts=a.example,*.b.example"}).webhook_hosts, "a.example,*.b.example");
  EXPECT_CONTAINS(Wrong({"serve", "--webhook-hosts=http://a.example"}), "\"http://a.example\" is not a host");
  EXPECT_CONTAINS(Wrong({"serve", "--webhook-private-networks=10.0.0.0/8,all"}), "\"all\" is not a network");
  EXPECT_CONTAINS(Wrong({"serve", "--low-stock-timeout=30s"}), "--low-stock-lease: 30s is not above");
}

TEST_F(OptionsTest, LooksAtTheAuthoritiesOfWebhooksBeforeItServes) {
  const std::string good = WriteFile("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  EXPECT_EQ(Parsed({"serve", "--webhook-ca-file", good}).webhook_ca_file, good);
  EXPECT_CONTAINS(Wrong({"serve", "--webhook-ca-file", WriteFile("text")}), "has no certificate in PEM");
  EXPECT_CONTAINS(Wrong({"serve", "--webhook-ca-file=/no/such"}), "--webhook-ca-file: can't read /no/such");
}

TEST_F(OptionsTest, OptionsOfTracesFitTogether) {
  const std::string endpoint = "--otlp-endpoint=http://collector:4318";
  EXPECT_EQ(Parsed({"serve", endpoint}).trace_ratio, 0.01);
  EXPECT_EQ(Parsed({"serve", endpoint, "--trace-ratio=1"}).trace_ratio, 1);
  for (const char* ratio : {"1.1", "-0.1", "nan", "all", ""}) {
    EXPECT_CONTAINS(Wrong({"serve", endpoint, "--trace-ratio", ratio}), "is not a number of 0 to 1");
  }
  EXPECT_CONTAINS(Wrong({"serve", "--otlp-endpoint=collector:4318"}), "--otlp-endpoint: ");
  EXPECT_CONTAINS(Wrong({"serve", "--otlp-endpoint=http://c/?a=b"}), "--otlp-endpoint: has a query");
  EXPECT_CONTAINS(Wrong({"serve", "--otlp-ca-file=ca.pem"}), "--otlp-ca-file: needs --otlp-endpoint");
  EXPECT_CONTAINS(Wrong({"serve", "--otlp-headers-file=h"}), "--otlp-headers-file: needs --otlp-endpoint");
  EXPECT_CONTAINS(Wrong({"serve", endpoint, "--otlp-headers-file=/no/such"}), "can't read /no/such");
  Parsed({"serve", endpoint, "--otlp-headers-file", WriteFile("x-token: secret\n\nauthorization: Bearer a:b\n")});
  for (const char* text : {"x-token secret", ": secret", "x token: secret", "x: a\x01secret"}) {
    const std::string wrong = Wrong({"serve", endpoint, "--otlp-headers-file", WriteFile(text)});
    EXPECT_CONTAINS(wrong, "--otlp-headers-file: line 1 of ");
    EXPECT_EQ(wrong.find("secret"), std::string::npos) << wrong;
  }
}

TEST_F(OptionsTest, OthersAreServedOverTlsOrByAnExplicitOption) {
  for (const char* local : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1", "unix:/run/inventory.sock"}) {
    Parsed({"serve", "--listen", local});
  }
  const std::vector<std::string> tls = {"--tls-cert-file=cert.pem", "--tls-key-file=key.pem"};
  for (const char* others : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "stock.example:1", "[::ffff:10.0.0.1]:1"}) {
    EXPECT_CONTAINS(Wrong({"serve", "--listen", others}), "--tls-cert-file and --tls-key-file");
    EXPECT_CONTAINS(Wrong({"serve", "--listen", others}), "--allow-plaintext");
    Parsed({"serve", "--listen", others, "--allow-plaintext", "--allow-unauthenticated"});
    Parsed({"serve", "--listen", others, tls[0], tls[1], "--allow-unauthenticated"});
    EXPECT_CONTAINS(Wrong({"serve", "--metrics-listen", others, "--allow-plaintext", tls[0], tls[1]}),
                    "--metrics-tls=on");
    Parsed({"serve", "--metrics-listen", others, "--metrics-allow-plaintext"});
    Parsed({"serve", "--metrics-listen", others, tls[0], tls[1], "--metrics-tls=on"});
  }
}

TEST_F(OptionsTest, OptionsOfTlsFitTogether) {
  EXPECT_CONTAINS(Wrong({"serve", "--tls-cert-file=cert.pem"}), "--tls-key-file: is empty");
  EXPECT_CONTAINS(Wrong({"serve", "--tls-key-file=key.pem"}), "--tls-cert-file: is empty");
  EXPECT_CONTAINS(Wrong({"serve", "--tls-client-ca-file=ca.pem"}), "--tls-client-ca-file: needs --tls-cert-file");
  EXPECT_CONTAINS(Wrong({"serve", "--metrics-tls=on"}), "--metrics-tls: needs --tls-cert-file");
  EXPECT_CONTAINS(Wrong({"serve", "--tls-cert-file=c", "--tls-key-file=k", "--metrics-tls=mutual"}),
                  "--metrics-tls: mutual needs --tls-client-ca-file");
  EXPECT_CONTAINS(Wrong({"serve", "--tls-client-auth=never"}), "is not require or request");
}

}  // namespace
}  // namespace inventory::server
