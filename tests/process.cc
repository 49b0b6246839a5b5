#include "tests/process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/child_process.h"
#include "tests/read_file.h"

namespace inventory {
namespace {

constexpr absl::Duration kStopPatience = absl::Seconds(30);
constexpr int kHttpSeconds = 10;

// A socket that closes itself. Connects, sends and receives for at most kHttpSeconds.
class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience = {.tv_sec = kHttpSeconds, .tv_usec = 0};
    for (const int way : {SO_SNDTIMEO, SO_RCVTIMEO}) {
      setsockopt(descriptor_, SOL_SOCKET, way, &patience, sizeof(patience));
    }
  }
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

absl::Status SystemError(const std::string& what) {
  return absl::InternalError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const std::vector<std::string>& arguments,
                                                        std::string log_file) {
  const int pid = storage::StartChild(arguments, log_file, -1);
  if (pid < 0) return SystemError(absl::StrCat("can't start ", arguments[0]));
  return std::unique_ptr<Process>(new Process(pid, std::move(log_file)));
}

Process::~Process() {
  Signal(SIGTERM);
  if (WaitForEnd(kStopPatience)) return;
  Signal(SIGKILL);
  Reap(0);
}

bool Process::Reap(int options) {
  int status = 0;
  int reaped = 0;
  while ((reaped = waitpid(pid_, &status, options)) < 0 && errno == EINTR) {
  }
  if (reaped != pid_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  pid_ = 0;
  return true;
}

bool Process::Running() { return pid_ > 0 && !Reap(WNOHANG); }

void Process::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

std::optional<int> Process::WaitForEnd(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (Running()) {
    if (absl::Now() > give_up) return std::nullopt;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return exit_code_;
}

int64_t Process::PeakBytes() const {
  const std::string status = ReadFile(absl::StrCat("/proc/", pid_, "/status"));
  const std::string label = "VmHWM:";
  const std::size_t at = status.find(label);
  if (at == std::string::npos) return 0;
  const std::size_t unit = status.find(" kB", at);
  int64_t kib = 0;
  const std::size_t number = at + label.size();
  return absl::SimpleAtoi(status.substr(number, unit - number), &kib) ? kib * 1024 : 0;
}

// See proc(5). Where that is not allowed, the peak is that of the whole life.
void Process::ForgetPeak() const { std::ofstream(absl::StrCat("/proc/", pid_, "/clear_refs")) << "5"; }

double CpuSeconds(int pid) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  // The second field may hold blanks; the third begins after its closing parenthesis. See proc(5).
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(std::min(stat.rfind(')') + 1, stat.size())), ' ');
  constexpr std::size_t kUserTime = 12;
  int64_t user = 0;
  int64_t system = 0;
  if (fields.size() <= kUserTime + 1 || !absl::SimpleAtoi(fields[kUserTime], &user) ||
      !absl::SimpleAtoi(fields[kUserTime + 1], &system)) {
    return 0;
  }
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

absl::StatusOr<int> FreePort() {
  const Socket socket;
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return SystemError("no free port");
  }
  return ntohs(address.sin_port);
}

absl::StatusOr<std::string> HttpGet(int port, const std::string& path) {
  const Socket socket;
  const sockaddr_in address = Loopback(port);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SystemError(absl::StrCat("can't connect to port ", port));
  }
  const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: localhost\r\n\r\n");
  if (send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    return SystemError("can't send the request");
  }
  std::string answer;
  char part[16384];
  for (ssize_t got = 0; (got = recv(socket.get(), part, sizeof(part), 0)) > 0;) {
    answer.append(part, static_cast<std::size_t>(got));
  }
  const std::size_t body = answer.find("\r\n\r\n");
  if (body == std::string::npos || answer.find(" 200 ") > answer.find("\r\n")) {
    return absl::InternalError(absl::StrCat("no good answer from http://127.0.0.1:", port, path));
  }
  return answer.substr(body + 4);
}

}  // namespace inventory
