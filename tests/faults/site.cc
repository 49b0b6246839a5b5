#include "tests/faults/site.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "tests/faults/galera.h"
#include "tests/read_file.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;

}  // namespace

absl::StatusOr<storage::Rows> Ask(storage::Connection& connection, const std::string& statement) {
  storage::Sql sql;
  sql.Raw(statement);
  auto results = connection.Execute(sql);
  if (!results.ok()) {
    return absl::Status(results.status().code(), absl::StrCat(statement, ": ", storage::DetailOf(results.status())));
  }
  return std::move(results->front());
}

absl::StatusOr<std::unique_ptr<Site>> Site::SetUp(Options options) {
  std::unique_ptr<Site> site(new Site(std::move(options)));
  std::error_code error;
  fs::create_directories(site->options_.folder, error);
  if (error) return absl::InternalError(absl::StrCat("can't make ", site->options_.folder, ": ", error.message()));
  if (site->options_.data_dir.empty()) site->options_.data_dir = site->options_.folder + "/data";
  absl::Status status = site->options_.embedded ? absl::OkStatus() : site->StartDatabase();
  if (status.ok()) status = site->StartServers();
  if (!status.ok()) return status;
  return site;
}

Site::~Site() {
  servers_.clear();
  database_proxies_.clear();
  databases_.clear();
}

absl::Status Site::StartDatabase() {
  storage::EmbeddedDatabase::Options options;
  options.data_dir = options_.data_dir;
  // Pages of small tables; several run at once.
  options.buffer_pool_mib = 32;
  options.max_restart_pause = absl::Milliseconds(20);
  if (options_.database_nodes > 1) {
    auto started = StartGalera(options_.data_dir, options_.database_nodes, options);
    if (!started.ok()) return started.status();
    databases_ = *std::move(started);
  } else {
    auto started = storage::EmbeddedDatabase::Start(std::move(options));
    if (!started.ok()) return started.status();
    databases_.push_back(*std::move(started));
  }
  absl::Status made = MakeUser();
  return made.ok() ? StartProxies() : made;
}

absl::Status Site::StartProxies() {
  for (const auto& database : databases_) {
    auto proxy = Proxy::Start(
        {.server_port = 0, .server_socket = database->connection_options().socket, .hook = options_.packet_hook});
    if (!proxy.ok()) return proxy.status();
    database_proxies_.push_back(*std::move(proxy));
  }
  return absl::OkStatus();
}

// One without the rights that let root write to a database that is read-only.
absl::Status Site::MakeUser() const {
  const auto root = OpenRoot();
  if (!root.ok()) return root.status();
  const std::string user = absl::StrCat("'", kUser, "'@'localhost'");
  absl::Status made = Ask(**root, absl::StrCat("CREATE USER ", user)).status();
  if (made.ok()) made = Ask(**root, absl::StrCat("GRANT ALL ON inventory.* TO ", user)).status();
  return made;
}

std::string Site::DatabaseUrl() const {
  std::vector<std::string> addresses;
  for (const auto& proxy : database_proxies_) addresses.push_back(absl::StrCat("127.0.0.1:", proxy->port()));
  return absl::StrCat("--database-url=mysql://", kUser, "@", absl::StrJoin(addresses, ","), "/inventory");
}

std::vector<std::string> Site::ServerCommand() const {
  std::vector<std::string> command = {"/usr/bin/env"};
  command.insert(command.end(), options_.server_environment.begin(), options_.server_environment.end());
  command.push_back(options_.server_binary);
  for (const char* argument : {"serve", "--metrics-listen=", "--database-connect-timeout=1s",
                               "--database-lock-timeout=1s", "--database-read-timeout=2s", "--sweep-interval=50ms"}) {
    command.emplace_back(argument);
  }
  command.push_back(options_.embedded ? absl::StrCat("--data-dir=", options_.data_dir) : DatabaseUrl());
  command.insert(command.end(), options_.server_options.begin(), options_.server_options.end());
  return command;
}

absl::Status Site::StartServers() {
  for (int number = 1; number <= options_.servers; ++number) {
    const std::string log = number == 1 ? "/server.log" : absl::StrCat("/server-", number, ".log");
    auto started = Server::Start(ServerCommand(), options_.folder + log);
    if (!started.ok()) return started.status();
    servers_.push_back(*std::move(started));
  }
  for (const auto& server : servers_) {
    absl::Status serving = server->WaitUntilServing();
    if (!serving.ok()) return serving;
  }
  return absl::OkStatus();
}

bool Site::Serving() const {
  return std::all_of(servers_.begin(), servers_.end(), [](const auto& server) { return server->Serving(); });
}

std::vector<std::string> Site::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& server : servers_) addresses.push_back(server->address());
  return addresses;
}

std::vector<std::string> Site::logs() const {
  std::vector<std::string> logs = {database_log()};
  if (options_.database_nodes > 1) {
    logs.clear();
    for (int node = 1; node <= options_.database_nodes; ++node) {
      logs.push_back(absl::StrCat(options_.data_dir, "/node-", node, "/database.log"));
    }
  }
  for (const auto& server : servers_) logs.push_back(server->log_file());
  return logs;
}

// A file that a killed database has left may name a process of somebody else's.
int Site::database_pid(int node) const {
  if (!databases_.empty()) return databases_[node]->pid();
  int pid = 0;
  if (!absl::SimpleAtoi(ReadFile(options_.data_dir + "/database.pid"), &pid) || pid <= 0) return 0;
  const std::string status = ReadFile(absl::StrCat("/proc/", pid, "/status"));
  return absl::StrContains(status, absl::StrCat("\nPPid:\t", servers_.front()->process().pid(), "\n")) ? pid : 0;
}

storage::DatabaseOptions Site::RootOptions(int node) const {
  storage::DatabaseOptions options;
  options.socket = options_.data_dir + "/database.sock";
  if (!databases_.empty()) options = databases_[node]->connection_options();
  options.user = "root";
  return options;
}

absl::StatusOr<std::unique_ptr<storage::Connection>> Site::OpenRoot(int node) const {
  return storage::Connection::Open(RootOptions(node));
}

absl::StatusOr<std::unique_ptr<storage::Connection>> Site::OpenRoot() const {
  auto opened = OpenRoot(0);
  for (int node = 1; !opened.ok() && node < options_.database_nodes; ++node) opened = OpenRoot(node);
  return opened;
}

}  // namespace inventory::faults
