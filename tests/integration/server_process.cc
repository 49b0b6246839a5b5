#include "tests/integration/server_process.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/child_process.h"
#include "tests/integration/client.h"
#include "tests/integration/database_fixture.h"
#include "tests/read_file.h"

namespace inventory::integration {
namespace {

// INVENTORY_SERVER_BINARY, for programs that are built apart from the server, or the server of this build.
std::string ServerBinary() {
  const char* given = std::getenv("INVENTORY_SERVER_BINARY");
  return given == nullptr ? INVENTORY_SERVER_BINARY : given;
}

// The port in the line of the log that says "listening"; 0 if there is none yet.
int ListeningPort(const std::string& log) {
  constexpr std::string_view kPort = " port=";
  const std::size_t line = log.find("INFO listening ");
  const std::size_t end = log.find('\n', line);
  const std::size_t port = log.find(kPort, line);
  return line == std::string::npos || end == std::string::npos || port > end ? 0 : std::atoi(&log[port + kPort.size()]);
}

}  // namespace

ScratchFolder::ScratchFolder() : path_(storage::MakeTestFolder()) {}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

std::string HttpGet(int port, const std::string& path) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n");
  EXPECT_EQ(write(connection, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(connection, buffer, sizeof(buffer))) > 0;) answer.append(buffer, got);
  close(connection);
  return answer;
}

ProgramRun::ProgramRun(const std::vector<std::string>& arguments, const Environment& environment) {
  std::map<std::string, std::optional<std::string>> before;
  for (const auto& [name, value] : environment) {
    const char* own = std::getenv(name.c_str());
    before[name] = own == nullptr ? std::nullopt : std::optional<std::string>(own);
    setenv(name.c_str(), value.c_str(), 1);
  }
  pid_ = storage::StartChild(arguments, folder_.path() + "/output", -1);
  for (const auto& [name, value] : before) {
    if (value) {
      setenv(name.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name.c_str());
    }
  }
  EXPECT_GT(pid_, 0) << arguments[0];
  ended_ = pid_ <= 0;
}

ProgramRun::~ProgramRun() {
  if (ended_) return;
  Signal(SIGKILL);
  Reap(0);
}

std::string ProgramRun::output() const { return ReadFile(folder_.path() + "/output"); }

void ProgramRun::Signal(int signal) const {
  if (!ended_) kill(pid_, signal);
}

bool ProgramRun::Reap(int options) {
  int status = 0;
  int reaped = 0;
  while ((reaped = waitpid(pid_, &status, options)) < 0 && errno == EINTR) {
  }
  if (reaped != pid_) return false;
  ended_ = true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return true;
}

bool ProgramRun::Ended() { return ended_ || Reap(WNOHANG); }

int ProgramRun::Wait(absl::Duration patience) {
  if (!Eventually([this] { return Ended(); }, patience)) {
    ADD_FAILURE() << "the program does not end; it wrote:\n" << output();
    Signal(SIGKILL);
    Reap(0);
  }
  return exit_code_;
}

Finished RunServerProgram(const std::vector<std::string>& arguments, const ProgramRun::Environment& environment) {
  std::vector<std::string> all = {ServerBinary()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  ProgramRun run(all, environment);
  const int exit_code = run.Wait();
  return {exit_code, run.output()};
}

ServerProcess::ServerProcess(Options options) : options_(std::move(options)) { Start(); }

void ServerProcess::Start() {
  if (options_.metrics) metrics_port_ = FreePort();
  const std::string metrics = options_.metrics ? absl::StrCat("127.0.0.1:", metrics_port_) : "";
  std::vector<std::string> arguments = {ServerBinary(), "serve", "--database-url=" + options_.database_url,
                                        absl::StrCat("--listen=127.0.0.1:", port_), "--metrics-listen=" + metrics};
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  run_ = std::make_unique<ProgramRun>(arguments, options_.environment);
  WaitUntilListening();
  WaitUntilServing();
}

void ServerProcess::WaitUntilListening() {
  int port = 0;
  Eventually([&] {
    port = ListeningPort(run_->output());
    return port != 0 || run_->Ended();
  });
  if (port == 0) {
    ADD_FAILURE() << "the server does not listen; it wrote:\n" << run_->output();
    return;
  }
  port_ = port;
}

void ServerProcess::WaitUntilServing() const {
  const Client client(address(), options_.credentials);
  EXPECT_TRUE(Eventually([&] { return client.Health() == "SERVING"; })) << run_->output();
}

std::string ServerProcess::address() const { return absl::StrCat("127.0.0.1:", port_); }

int ServerProcess::Stop() {
  run_->Signal(SIGTERM);
  return run_->Wait();
}

void ServerProcess::Kill() {
  run_->Signal(SIGKILL);
  run_->Wait();
}

void ServerProcess::Restart() {
  EXPECT_TRUE(run_->Ended());
  Start();
}

}  // namespace inventory::integration
