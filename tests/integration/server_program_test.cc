// The program: its commands, where options come from, exit codes, and what it writes.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "tests/integration/server_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void WriteAll(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// Serves on ports that nobody has, or fails to.
std::vector<std::string> Serve(const storage::DatabaseOptions& database, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"serve", "--database-url=" + storage::UrlOf(database), "--listen=127.0.0.1:0",
                                        "--metrics-listen="};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Finished Migrate(const storage::DatabaseOptions& database, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"migrate", "--database-url=" + storage::UrlOf(database)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunServerProgram(arguments);
}

void Alter(const storage::DatabaseOptions& database, const std::string& statement) {
  storage::Sql sql;
  sql.Raw(statement);
  Must(Must(storage::Connection::Open(database))->Execute(sql));
}

// A user of the database, with the password "open sesame" and these rights to it.
class DatabaseUser {
 public:
  DatabaseUser(const storage::DatabaseOptions& database, const std::string& rights)
      : database_(database), name_("user_of_" + database.database) {
    Alter(database_, absl::Substitute("CREATE USER '$0'@'localhost' IDENTIFIED BY 'open sesame'", name_));
    Alter(database_, absl::Substitute("GRANT $0 ON $1.* TO '$2'@'localhost'", rights, database_.database, name_));
  }
  ~DatabaseUser() { Alter(database_, absl::Substitute("DROP USER '$0'@'localhost'", name_)); }
  DatabaseUser(const DatabaseUser&) = delete;
  DatabaseUser& operator=(const DatabaseUser&) = delete;

  // How the user reaches the database; the password is not in it.
  storage::DatabaseOptions options() const {
    storage::DatabaseOptions options = database_;
    options.user = name_;
    return options;
  }
  static ProgramRun::Environment Password() { return {{"INVENTORY_DATABASE_PASSWORD", "open sesame"}}; }

 private:
  const storage::DatabaseOptions database_;
  const std::string name_;
};

class ProgramTest : public ::testing::Test {
 protected:
  explicit ProgramTest(bool migrated = true) : database_(storage::NewDatabase(migrated)) {}
  ~ProgramTest() override { storage::DropDatabase(database_); }

  const storage::DatabaseOptions& database() const { return database_; }

 private:
  const storage::DatabaseOptions database_;
};

class FreshDatabaseTest : public ProgramTest {
 protected:
  FreshDatabaseTest() : ProgramTest(/*migrated=*/false) {}
};

// ---- Commands ----

TEST(CommandLineTest, VersionAndHelpSucceed) {
  const Finished version = RunServerProgram({"version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, MatchesRegex("inventory-server [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  for (const auto& [arguments, text] :
       {std::pair(std::vector<std::string>{"--help"}, "migrate   Bring the database's schema up to date."),
        std::pair(std::vector<std::string>{"serve", "--help"}, "Environment: INVENTORY_SHUTDOWN_GRACE."),
        std::pair(std::vector<std::string>{"verify", "--help"}, "--sku-prefix")}) {
    const Finished help = RunServerProgram(arguments, {{"INVENTORY_DATABASE_PASSWORD", "sesame"}});
    EXPECT_EQ(help.exit_code, 0) << arguments[0];
    EXPECT_THAT(help.output, AllOf(StartsWith("Usage: inventory-server "), HasSubstr(text), Not(HasSubstr("sesame"))));
  }
}

TEST(CommandLineTest, WrongUseSaysWhatIsWrongAndExitsWithTwo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{}, "a command is missing"},
      {{"sell"}, "\"sell\" is not a command"},
      {{"serve", "--colour=red"}, "--colour: unknown flag"},
      {{"serve", "extra"}, "unexpected argument \"extra\""},
      {{"serve", "--lanes=0"}, "--lanes: \"0\" is not 1 to 64"},
      {{"serve", "--listen=nowhere"}, "--listen: \"nowhere\" is not host:port"},
      {{"migrate", "--lanes=1"}, "--lanes: the command migrate does not take it"},
      {{"migrate", "--database-password=sesame"}, "--database-password: is not taken as a flag"},
      {{"migrate", "--database-url=postgres://host/x"}, "it must begin with mysql://"},
      {{"migrate", "--database-url=mysql://me@host/x?tls=1"}, "unknown parameter tls"},
      {{"migrate", "--database-url=mysql://me:sesame@host/x"}, "it must hold no password"},
      {{"migrate", "--database-url=mysql://me@host/x", "--database-password-file=/nowhere"}, "can't read /nowhere"},
      {{"serve", "--config=/nowhere"}, "--config: can't read /nowhere"}};
  for (const auto& [arguments, message] : wrong) {
    const Finished finished = RunServerProgram(arguments);
    EXPECT_EQ(finished.exit_code, kUsage) << message;
    EXPECT_THAT(finished.output,
                AllOf(HasSubstr(message), HasSubstr("See inventory-server --help."), Not(HasSubstr("sesame"))));
  }
}

TEST_F(ProgramTest, APortThatIsTakenIsNamedAndFails) {
  ServerProcess server({.database_url = storage::UrlOf(database()), .metrics = true});
  const Finished grpc = RunServerProgram(Serve(database(), {"--listen=" + server.address()}));
  EXPECT_EQ(grpc.exit_code, kFailed);
  EXPECT_THAT(grpc.output, HasSubstr("can't listen on " + server.address()));
  const std::string metrics = absl::StrCat("127.0.0.1:", server.metrics_port());
  const Finished http = RunServerProgram(Serve(database(), {"--metrics-listen=" + metrics}));
  EXPECT_EQ(http.exit_code, kFailed);
  EXPECT_THAT(http.output, HasSubstr("can't serve metrics: can't listen on " + metrics));
  EXPECT_EQ(server.Stop(), 0);
}

// ---- The schema ----

TEST_F(FreshDatabaseTest, MigrateAppliesEverythingOnce) {
  const Finished early = RunServerProgram(Serve(database(), {"--migrate-on-start=false"}));
  EXPECT_EQ(early.exit_code, kFailed);
  EXPECT_THAT(early.output, HasSubstr("run inventory-server migrate"));
  const Finished first = Migrate(database());
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_THAT(first.output, AllOf(HasSubstr("INFO migrating"), Not(HasSubstr("migrations_applied=0"))));
  const Finished second = Migrate(database());
  EXPECT_EQ(second.exit_code, 0) << second.output;
  EXPECT_THAT(second.output, AllOf(Not(HasSubstr("INFO migrating")), HasSubstr("migrations_applied=0")));
  ServerProcess server({.database_url = storage::UrlOf(database()), .arguments = {"--migrate-on-start=false"}});
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(FreshDatabaseTest, ManyThatMigrateAtOnceApplyEverythingOnce) {
  std::vector<Finished> finished(3);
  Together(3, [&](int i) { finished[i] = Migrate(database()); });
  int busy = 0;
  for (const Finished& one : finished) {
    EXPECT_EQ(one.exit_code, 0) << one.output;
    busy += one.output.find("migrations_applied=0") == std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(busy, 1);
}

// Whoever waits for its end must not take it for done.
TEST(CommandLineTest, AMigrationOrCheckThatIsCutOffFails) {
  for (const char* command : {"migrate", "verify"}) {
    ProgramRun run(
        {INVENTORY_SERVER_BINARY, command, "--database-url=mysql://root@localhost/inventory?socket=/nowhere"});
    ASSERT_TRUE(Eventually([&] { return absl::StrContains(run.output(), "can't be reached; trying again"); }));
    run.Signal(SIGTERM);
    EXPECT_EQ(run.Wait(), kFailed) << command;
    EXPECT_THAT(run.output(), HasSubstr("asked to stop"));
  }
}

TEST(CommandLineTest, VerifyMakesNoDatabase) {
  const ScratchFolder folder;
  const std::string data_dir = folder.path() + "/data";
  const Finished refused = RunServerProgram({"verify", "--data-dir=" + data_dir});
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_THAT(refused.output, HasSubstr("there is no private database in " + data_dir));
  EXPECT_FALSE(std::filesystem::exists(data_dir));
}

TEST_F(ProgramTest, ANewerSchemaIsRefused) {
  Alter(database(),
        "INSERT INTO schema_migration SELECT 9999, 'later', checksum, apply_time FROM schema_migration LIMIT 1");
  for (const Finished& refused : {Migrate(database()), RunServerProgram(Serve(database())),
                                  RunServerProgram(Serve(database(), {"--migrate-on-start=false"}))}) {
    EXPECT_EQ(refused.exit_code, kFailed);
    EXPECT_THAT(refused.output, AllOf(HasSubstr("has version 9999"), HasSubstr("run a newer inventory-server")));
  }
}

TEST_F(ProgramTest, AMigrationWithOtherContentsIsRefused) {
  Alter(database(), "UPDATE schema_migration SET checksum = REPEAT('0', 64)");
  for (const Finished& refused : {Migrate(database()), RunServerProgram(Serve(database()))}) {
    EXPECT_EQ(refused.exit_code, kFailed);
    EXPECT_THAT(refused.output, HasSubstr("was applied with other contents than this program has"));
  }
}

constexpr char kRightsToServe[] = "SELECT, INSERT, UPDATE, DELETE";

TEST_F(ProgramTest, ServingACurrentSchemaNeedsNoRightToChangeIt) {
  const DatabaseUser user(database(), kRightsToServe);
  ServerProcess server({.database_url = storage::UrlOf(user.options()), .environment = DatabaseUser::Password()});
  EXPECT_THAT(server.run().output(), HasSubstr("migrations_applied=0"));
  MakeWarehouse(Client(server.address()), "w1");
  EXPECT_EQ(server.Stop(), 0);
}

TEST_F(FreshDatabaseTest, MigratingWithoutTheRightToSaysSo) {
  const DatabaseUser user(database(), kRightsToServe);
  const Finished refused = RunServerProgram(Serve(user.options()), DatabaseUser::Password());
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_THAT(refused.output, HasSubstr("can't make tables: CREATE command denied"));
}

// ---- Options, passwords, logs ----

TEST_F(ProgramTest, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const ScratchFolder folder;
  WriteAll(folder.path() + "/options", "max-hold-ttl = \"3h\"\nhold-ttl = \"1m\"\nshutdown-grace = \"11s\"\n");
  ServerProcess server({.database_url = storage::UrlOf(database()),
                        .arguments = {"--config=" + folder.path() + "/options", "--shutdown-grace=13s"},
                        .environment = {{"INVENTORY_HOLD_TTL", "2m"}, {"INVENTORY_SHUTDOWN_GRACE", "12s"}}});
  {
    const Client client(server.address());
    MakeWarehouse(client, "w1");
    MakeChannel(client, "web", {"w1"});
    Must(client.Call(Pb<v1::SetStockRequest>("sku: 'sku' warehouse_id: 'w1' on_hand: 9")));
    const v1::Reservation held = Must(Reserve(client, {{"sku", 1}})).reservation();
    EXPECT_EQ(held.expire_time().seconds() - held.create_time().seconds(), 120);
    Must(Reserve(client, {{"sku", 1}}, {.ttl = absl::Hours(3)}));
    const auto refused = Reserve(client, {{"sku", 1}}, {.ttl = absl::Hours(3) + absl::Seconds(1)});
    EXPECT_EQ(ViolationsOf(refused.status()), std::multiset<std::string>{"ttl"});
  }
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_THAT(server.run().output(), HasSubstr("INFO stopping grace=13s"));
}

TEST_F(ProgramTest, ThePasswordIsReadFromFileOrEnvironmentAndShownNowhere) {
  const DatabaseUser user(database(), "ALL");
  const ScratchFolder folder;
  WriteAll(folder.path() + "/password", "open sesame\n");
  const std::string in_file = "--database-password-file=" + folder.path() + "/password";
  for (const bool file : {true, false}) {
    ServerProcess server(
        {.database_url = storage::UrlOf(user.options()),
         .arguments = file ? std::vector{in_file, std::string("--log-level=debug")} : std::vector<std::string>{},
         .environment = file ? ProgramRun::Environment() : DatabaseUser::Password()});
    EXPECT_THAT(ReadFile(absl::StrCat("/proc/", server.pid(), "/cmdline")),
                AllOf(HasSubstr("inventory-server"), Not(HasSubstr("sesame"))));
    EXPECT_EQ(server.Stop(), 0);
    EXPECT_THAT(server.run().output(), Not(HasSubstr("sesame")));
  }
  const Finished both = RunServerProgram(Serve(user.options(), {in_file}), DatabaseUser::Password());
  EXPECT_EQ(both.exit_code, kUsage);
  EXPECT_THAT(both.output, AllOf(HasSubstr("give one of them"), Not(HasSubstr("sesame"))));
}

TEST_F(ProgramTest, ADatabaseThatDoesNotLetTheServerInIsTriedAgainUntilItIsAskedToStop) {
  std::vector<std::string> arguments = Serve(database());
  arguments.insert(arguments.begin(), INVENTORY_SERVER_BINARY);
  arguments[2] = absl::Substitute("--database-url=mysql://nobody@localhost/x?socket=$0", database().socket);
  ProgramRun run(arguments, {{"INVENTORY_DATABASE_PASSWORD", "open sesame"}});
  EXPECT_TRUE(Eventually([&] { return run.output().find("next_try_in=500ms") != std::string::npos; }));
  run.Signal(SIGTERM);
  EXPECT_EQ(run.Wait(), 0);
  EXPECT_THAT(run.output(), AllOf(HasSubstr("WARNING the database can't be reached; trying again"),
                                  HasSubstr("Access denied"), Not(HasSubstr("sesame"))));
}

TEST_F(ProgramTest, MigratingADatabaseThatLetsNobodyInSaysSoAndFails) {
  const std::string url = absl::Substitute("mysql://nobody@localhost/x?socket=$0", database().socket);
  const Finished refused = RunServerProgram({"migrate", "--database-url=" + url});
  EXPECT_EQ(refused.exit_code, kFailed);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("the database refuses --database-url"), HasSubstr("Access denied")));
}

TEST_F(ProgramTest, MetricsAreThereWhileTheDatabaseIsAway) {
  const int metrics_port = FreePort();
  ProgramRun run({INVENTORY_SERVER_BINARY, "serve",
                  absl::StrCat("--database-url=mysql://nobody@127.0.0.1:", FreePort(), "/x"), "--listen=127.0.0.1:0",
                  absl::StrCat("--metrics-listen=127.0.0.1:", metrics_port)});
  EXPECT_TRUE(Eventually([&] { return run.output().find("next_try_in") != std::string::npos; }));
  const std::string metrics = HttpGet(metrics_port, "/metrics");
  EXPECT_THAT(metrics, AllOf(HasSubstr("\ninventory_database_up 0\n"), HasSubstr("\ninventory_build_info{version="),
                             HasSubstr("\nprocess_start_time_seconds ")));
  run.Signal(SIGTERM);
  EXPECT_EQ(run.Wait(), 0);
}

TEST_F(ProgramTest, LogsInJsonAreOneObjectALine) {
  const Finished good = Migrate(database(), {"--log-format=json"});
  EXPECT_EQ(good.exit_code, 0);
  Alter(database(), "UPDATE schema_migration SET checksum = REPEAT('0', 64)");
  const Finished bad = RunServerProgram(Serve(database(), {"--log-format=json"}));
  EXPECT_EQ(bad.exit_code, kFailed);
  EXPECT_THAT(bad.output, HasSubstr("\"level\":\"ERROR\",\"message\":\"failed\",\"error\":\"migration "));
  int lines = 0;
  for (const absl::string_view line : absl::StrSplit(good.output + bad.output, '\n', absl::SkipEmpty())) {
    google::protobuf::Struct event;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(line), &event).ok()) << line;
    for (const char* key : {"time", "level", "message"}) EXPECT_TRUE(event.fields().contains(key)) << line;
    ++lines;
  }
  EXPECT_GE(lines, 4);
}

}  // namespace
}  // namespace inventory::integration
