#include "tests/faults/site.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartPatience = absl::Seconds(60);

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
  const absl::StatusOr<int> port = FreePort();
  if (!port.ok()) return port.status();
  site->server_port_ = *port;
  grpc::ChannelArguments arguments;
  // A server that comes back is seen soon.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  site->watch_ =
      grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", *port), grpc::InsecureChannelCredentials(), arguments);
  absl::Status status = site->options_.embedded ? absl::OkStatus() : site->StartDatabase();
  if (status.ok()) status = site->StartServer();
  if (!status.ok()) return status;
  auto proxy = Proxy::Start({.server_port = site->server_port_, .server_socket = "", .hook = nullptr});
  if (!proxy.ok()) return proxy.status();
  site->client_proxy_ = *std::move(proxy);
  status = site->WaitUntilServing();
  if (!status.ok()) return status;
  return site;
}

Site::~Site() {
  client_proxy_.reset();
  server_.reset();
  database_proxy_.reset();
  database_.reset();
}

absl::Status Site::StartDatabase() {
  storage::EmbeddedDatabase::Options options;
  options.data_dir = options_.data_dir;
  // Pages of small tables; several run at once.
  options.buffer_pool_mib = 32;
  options.max_restart_pause = absl::Milliseconds(20);
  auto started = storage::EmbeddedDatabase::Start(std::move(options));
  if (!started.ok()) return started.status();
  database_ = *std::move(started);
  absl::Status made = MakeUser();
  if (!made.ok()) return made;
  auto proxy = Proxy::Start(
      {.server_port = 0, .server_socket = database_->connection_options().socket, .hook = options_.packet_hook});
  if (!proxy.ok()) return proxy.status();
  database_proxy_ = *std::move(proxy);
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

absl::Status Site::StartServer() {
  std::vector<std::string> command = {"/usr/bin/env"};
  command.insert(command.end(), options_.server_environment.begin(), options_.server_environment.end());
  const std::vector<std::string> serve = {options_.server_binary,
                                          "serve",
                                          absl::StrCat("--listen=127.0.0.1:", server_port_),
                                          "--metrics-listen=",
                                          "--database-connect-timeout=1s",
                                          "--database-lock-timeout=1s",
                                          "--database-read-timeout=2s",
                                          "--sweep-interval=50ms"};
  command.insert(command.end(), serve.begin(), serve.end());
  command.push_back(options_.embedded ? absl::StrCat("--data-dir=", options_.data_dir)
                                      : absl::StrCat("--database-url=mysql://", kUser,
                                                     "@127.0.0.1:", database_proxy_->port(), "/inventory"));
  command.insert(command.end(), options_.server_options.begin(), options_.server_options.end());
  auto started = Process::Start(command, server_log());
  if (!started.ok()) return started.status();
  server_ = *std::move(started);
  return absl::OkStatus();
}

bool Site::Serving() const {
  const auto stub = grpc::health::v1::Health::NewStub(watch_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  grpc::health::v1::HealthCheckResponse response;
  return stub->Check(&context, {}, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

absl::Status Site::WaitUntilServing() const {
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (absl::Now() < give_up && server_->Running()) {
    if (Serving()) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(20));
  }
  const std::string log = ReadFile(server_log());
  return absl::DeadlineExceededError(absl::StrCat("the server does not serve; the end of its log:\n",
                                                  log.substr(log.size() - std::min<std::size_t>(log.size(), 2000))));
}

std::string Site::address() const { return absl::StrCat("127.0.0.1:", client_proxy_->port()); }

// A file that a killed database has left may name a process of somebody else's.
int Site::database_pid() const {
  if (database_ != nullptr) return database_->pid();
  int pid = 0;
  if (!absl::SimpleAtoi(ReadFile(options_.data_dir + "/database.pid"), &pid) || pid <= 0) return 0;
  const std::string status = ReadFile(absl::StrCat("/proc/", pid, "/status"));
  return absl::StrContains(status, absl::StrCat("\nPPid:\t", server_->pid(), "\n")) ? pid : 0;
}

storage::DatabaseOptions Site::RootOptions() const {
  storage::DatabaseOptions options;
  options.socket = options_.data_dir + "/database.sock";
  if (database_ != nullptr) options = database_->connection_options();
  options.user = "root";
  return options;
}

absl::StatusOr<std::unique_ptr<storage::Connection>> Site::OpenRoot() const {
  return storage::Connection::Open(RootOptions());
}

}  // namespace inventory::faults
