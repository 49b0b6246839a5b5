#include "storage/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace inventory::storage {
namespace {

// Between fork and exec: only what is safe after a fork of a process with threads.
[[noreturn]] void BecomeChild(char* const* arguments, int input, int log, int inherited) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(input, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (inherited >= 0) fcntl(inherited, F_SETFD, 0);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace

int StartChild(const std::vector<std::string>& arguments, const std::string& log_file, int inherited,
               const std::string& input_file) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return -1;
  const int input = open(input_file.c_str(), O_RDONLY | O_CLOEXEC);
  const pid_t pid = input < 0 ? -1 : fork();
  if (pid == 0) BecomeChild(pointers.data(), input, log, inherited);
  const int error = errno;
  close(log);
  if (input >= 0) close(input);
  errno = error;
  return pid;
}

absl::Status RunChild(const std::vector<std::string>& arguments, const std::string& log_file,
                      const std::string& input_file) {
  const int pid = StartChild(arguments, log_file, -1, input_file.empty() ? "/dev/null" : input_file);
  if (pid < 0) {
    return absl::InternalError(absl::StrCat("can't start ", arguments[0], ": ", std::strerror(errno)));
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(arguments[0], " failed; see ", log_file));
}

}  // namespace inventory::storage
