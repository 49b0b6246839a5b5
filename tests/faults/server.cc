#include "tests/faults/server.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/read_file.h"

namespace inventory::faults {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(60);
constexpr absl::Duration kKillPatience = absl::Seconds(10);
constexpr std::size_t kLogShown = 2000;

std::string AddressOf(int port) { return absl::StrCat("127.0.0.1:", port); }

std::shared_ptr<grpc::Channel> ChannelTo(int port) {
  grpc::ChannelArguments arguments;
  // A server that comes back is seen soon.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(AddressOf(port), grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(std::vector<std::string> command, std::string log_file) {
  const absl::StatusOr<int> port = FreePort();
  if (!port.ok()) return port.status();
  command.push_back("--listen=" + AddressOf(*port));
  std::unique_ptr<Server> server(new Server(std::move(command), std::move(log_file), *port));
  absl::Status started = server->StartAgain();
  if (!started.ok()) return started;
  auto proxy = Proxy::Start({.server_port = *port, .server_socket = "", .hook = nullptr});
  if (!proxy.ok()) return proxy.status();
  server->proxy_ = *std::move(proxy);
  return server;
}

Server::Server(std::vector<std::string> command, std::string log_file, int port)
    : command_(std::move(command)), log_file_(std::move(log_file)), port_(port), watch_(ChannelTo(port)) {}

std::string Server::address() const { return AddressOf(proxy_->port()); }

absl::Status Server::Kill() {
  process_->Signal(SIGKILL);
  return process_->WaitForEnd(kKillPatience) ? absl::OkStatus() : absl::InternalError("the server outlives SIGKILL");
}

absl::Status Server::StartAgain() {
  if (process_ != nullptr && process_->Running()) {
    absl::Status killed = Kill();
    if (!killed.ok()) return killed;
  }
  auto started = Process::Start(command_, log_file_);
  if (!started.ok()) return started.status();
  process_ = *std::move(started);
  return absl::OkStatus();
}

bool Server::Serving() const {
  const auto stub = grpc::health::v1::Health::NewStub(watch_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  grpc::health::v1::HealthCheckResponse response;
  return stub->Check(&context, {}, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

absl::Status Server::WaitUntilServing() const {
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (absl::Now() < give_up && process_->Running()) {
    if (Serving()) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(20));
  }
  const std::string log = ReadFile(log_file_);
  return absl::DeadlineExceededError(absl::StrCat("the server does not serve; the end of its log:\n",
                                                  log.substr(log.size() - std::min(log.size(), kLogShown))));
}

}  // namespace inventory::faults
