// A database over TCP that lets nobody in without TLS and a password.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/certificates.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPassword[] = "open sesame";

std::string ProgramOfDatabase() {
  if (const char* named = std::getenv("INVENTORY_TEST_DATABASE_SERVER")) return named;
  return access("/usr/sbin/mariadbd", X_OK) == 0 ? "/usr/sbin/mariadbd" : "/usr/sbin/mysqld";
}

// One database server for all tests. Its certificate is for 127.0.0.1; it also listens on 127.0.0.2. The user
// "keeper" must use TLS and a password.
class DatabaseTlsTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    folder_ = new ScratchFolder;
    const Certificates certificates(folder_->path());
    ASSERT_TRUE(certificates.MakeAuthority("ours").ok());
    ASSERT_TRUE(certificates.MakeAuthority("theirs").ok());
    ASSERT_TRUE(certificates.MakeCertificate("database", "127.0.0.1", "ours").ok());
    std::ofstream(folder_->path() + "/password") << kPassword << "\n";
    const std::string data_dir = folder_->path() + "/data";
    // It is made with its system tables, and stopped.
    ASSERT_TRUE(
        storage::EmbeddedDatabase::Start({.data_dir = data_dir, .server_binary = ProgramOfDatabase(), .report = {}})
            .ok());
    port_ = FreePort();
    database_ = new ProgramRun(DatabaseArguments(certificates, data_dir + "/database"));
    MakeUser();
  }

  static void TearDownTestSuite() {
    if (database_ != nullptr) {
      database_->Signal(SIGTERM);
      EXPECT_EQ(database_->Wait(), 0);
    }
    delete database_;
    delete folder_;
  }

 protected:
  static std::string Url(const std::string& host, const std::string& authority) {
    const std::string url = absl::StrCat("mysql://keeper@", host, ":", port_, "/inventory");
    return authority.empty() ? url : absl::StrCat(url, "?tls_ca=", Certificates(folder_->path()).Pem(authority));
  }
  static std::string PasswordFile() { return folder_->path() + "/password"; }

  // What a server says of a database that it can't reach, which it tries again until it is stopped.
  static std::string Refused(const std::string& url) {
    ProgramRun run({INVENTORY_SERVER_BINARY, "serve", "--listen=127.0.0.1:0",
                    "--metrics-listen=", "--database-url=" + url, "--database-password-file=" + PasswordFile()});
    EXPECT_TRUE(Eventually([&] { return run.Ended() || run.output().find("next_try_in") != std::string::npos; }));
    run.Signal(SIGTERM);
    EXPECT_EQ(run.Wait(), 0);
    EXPECT_THAT(run.output(), AllOf(HasSubstr("WARNING the database can't be reached; trying again error="),
                                    Not(HasSubstr(kPassword))));
    return run.output();
  }

 private:
  static std::vector<std::string> DatabaseArguments(const Certificates& certificates, const std::string& data_dir) {
    std::vector<std::string> arguments = {ProgramOfDatabase(),
                                          "--no-defaults",
                                          "--datadir=" + data_dir,
                                          "--socket=" + Socket(),
                                          "--pid-file=" + folder_->path() + "/pid",
                                          absl::StrCat("--port=", port_),
                                          "--bind-address=127.0.0.1,127.0.0.2",
                                          "--skip-name-resolve",
                                          "--skip-log-bin",
                                          "--innodb-flush-log-at-trx-commit=1",
                                          "--max-allowed-packet=64M",
                                          "--ssl-ca=" + certificates.Pem("ours"),
                                          "--ssl-cert=" + certificates.Pem("database"),
                                          "--ssl-key=" + certificates.Key("database")};
    if (ProgramOfDatabase().find("maria") == std::string::npos) arguments.push_back("--mysqlx=OFF");
    if (geteuid() == 0) arguments.push_back("--user=root");
    return arguments;
  }

  static std::string Socket() { return folder_->path() + "/socket"; }

  static void MakeUser() {
    const storage::DatabaseOptions root = {.socket = Socket(), .user = "root"};
    absl::StatusOr<std::unique_ptr<storage::Connection>> connection;
    ASSERT_TRUE(Eventually([&] {
      connection = storage::Connection::Open(root);
      return connection.ok();
    })) << database_->output();
    storage::Sql sql;
    sql.Raw("CREATE USER 'keeper'@'%' IDENTIFIED BY ").Text(kPassword).Raw(" REQUIRE SSL").Then();
    sql.Raw("GRANT ALL ON inventory.* TO 'keeper'@'%'");
    Must((*connection)->Execute(sql));
  }

  static inline ScratchFolder* folder_ = nullptr;
  static inline ProgramRun* database_ = nullptr;
  static inline int port_ = 0;
};

TEST_F(DatabaseTlsTest, TheSessionIsEncrypted) {
  storage::DatabaseOptions options = Must(storage::ParseDatabaseUrl(Url("127.0.0.1", "ours")));
  options.password = kPassword;
  const auto connection = Must(storage::Connection::Open(options));
  storage::Sql sql;
  sql.Raw("SHOW SESSION STATUS LIKE 'Ssl\\_cipher'");
  const std::vector<storage::Rows> results = Must(connection->Execute(sql));
  ASSERT_EQ(results.at(0).size(), 1u);
  EXPECT_NE(results[0][0].Text(1), "");
}

TEST_F(DatabaseTlsTest, TheServerServesWithThePasswordFromAFileOrTheEnvironment) {
  for (const bool file : {true, false}) {
    ServerProcess::Options options = {.database_url = Url("127.0.0.1", "ours")};
    if (file) options.arguments = {"--database-password-file=" + PasswordFile()};
    if (!file) options.environment = {{"INVENTORY_DATABASE_PASSWORD", kPassword}};
    ServerProcess server(options);
    {
      const Client client(server.address());
      MakeWarehouse(client, file ? "w1" : "w2");
    }
    EXPECT_EQ(server.Stop(), 0) << server.run().output();
    EXPECT_THAT(server.run().output(), Not(HasSubstr(kPassword)));
  }
}

TEST_F(DatabaseTlsTest, ACertificateOfAnotherAuthorityIsRefused) {
  EXPECT_THAT(Refused(Url("127.0.0.1", "theirs")), HasSubstr("certificate"));
}

TEST_F(DatabaseTlsTest, ACertificateForAnotherHostIsRefused) {
  EXPECT_THAT(Refused(Url("127.0.0.2", "ours")), HasSubstr("certificate"));
}

TEST_F(DatabaseTlsTest, AnAuthorityThatCannotBeReadIsRefused) {
  const Finished refused = RunServerProgram({"migrate", "--database-url=" + Url("127.0.0.1", "nobody")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("can't read"), HasSubstr("nobody.pem, the tls_ca of --database-url")));
}

TEST_F(DatabaseTlsTest, WithoutAnAuthorityTheDatabaseRefuses) {
  EXPECT_THAT(Refused(Url("127.0.0.1", "")), HasSubstr("Access denied"));
}

TEST_F(DatabaseTlsTest, APasswordInTheUrlIsRefusedAndNotRepeated) {
  const Finished refused =
      RunServerProgram({"migrate", "--database-url=mysql://keeper:sesame@127.0.0.1/inventory?tls_ca=/x"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, AllOf(HasSubstr("it must hold no password"), Not(HasSubstr("sesame"))));
}

}  // namespace
}  // namespace inventory::integration
