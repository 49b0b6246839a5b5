#include "tests/integration/database_fixture.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "storage/migrator.h"

namespace inventory::storage {
namespace {

std::unique_ptr<EmbeddedDatabase>& Running() {
  static auto& running = *new std::unique_ptr<EmbeddedDatabase>();
  return running;
}

std::string& Folder() {
  static auto& folder = *new std::string();
  return folder;
}

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "no database for tests: %s\n", std::string(status.message()).c_str());
  std::exit(1);
}

// The bytes that are free there; 0 if it can't be used.
std::uintmax_t RoomIn(const std::string& folder) {
  std::error_code error;
  const std::uintmax_t room = std::filesystem::space(folder, error).available;
  return error || access(folder.c_str(), W_OK | X_OK) != 0 ? 0 : room;
}

std::unique_ptr<EmbeddedDatabase> StartServer() {
  Folder() = MakeTestFolder();
  const char* binary = std::getenv("INVENTORY_TEST_DATABASE_SERVER");
  auto started = EmbeddedDatabase::Start(
      {.data_dir = Folder(), .server_binary = binary == nullptr ? "" : binary, .report = nullptr});
  if (!started.ok()) Die(started.status());
  return *std::move(started);
}

std::unique_ptr<Connection> OpenOrDie(const DatabaseOptions& options) {
  auto connection = Connection::Open(options);
  if (!connection.ok()) Die(connection.status());
  return *std::move(connection);
}

const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new TestServer);

}  // namespace

std::string MakeTestFolder() {
  constexpr std::uintmax_t kEnough = std::uintmax_t{4} << 30;
  const std::string memory = "/dev/shm";
  std::string name = absl::StrCat(RoomIn(memory) >= kEnough ? memory : "/tmp", "/inventory-test-XXXXXX");
  if (mkdtemp(name.data()) == nullptr) Die(absl::InternalError("mkdtemp failed"));
  return name;
}

EmbeddedDatabase& TestServer::Get() {
  if (Running() == nullptr) Running() = StartServer();
  return *Running();
}

void TestServer::TearDown() {
  Running().reset();
  std::error_code error;
  if (!Folder().empty()) std::filesystem::remove_all(Folder(), error);
}

DatabaseOptions NewDatabase(bool migrated) {
  static std::atomic<int> next{1};
  DatabaseOptions options = TestServer::Get().connection_options();
  const std::string name = absl::StrCat("test_", next++);
  Sql sql;
  sql.Raw("CREATE DATABASE " + name + " DEFAULT CHARACTER SET utf8mb4");
  absl::Status made = OpenOrDie(options)->Execute(sql).status();
  if (!made.ok()) Die(made);
  options.database = name;
  if (!migrated) return options;
  absl::StatusOr<int> count = Migrate(*OpenOrDie(options), nullptr);
  if (!count.ok()) Die(count.status());
  return options;
}

void DropDatabase(const DatabaseOptions& options) {
  DatabaseOptions server = options;
  server.database.clear();
  Sql sql;
  sql.Raw("DROP DATABASE " + options.database);
  OpenOrDie(server)->Execute(sql).status().IgnoreError();
}

std::string UrlOf(const DatabaseOptions& options) {
  return absl::StrCat("mysql://", options.user, "@localhost/", options.database, "?socket=", options.socket);
}

void DatabaseTest::SetUp() {
  options_ = NewDatabase();
  connection_ = OpenOrDie(options_);
}

void DatabaseTest::TearDown() {
  connection_.reset();
  DropDatabase(options_);
}

}  // namespace inventory::storage
