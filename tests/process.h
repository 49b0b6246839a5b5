// Child processes and how they are reached.
#ifndef INVENTORY_TESTS_PROCESS_H_
#define INVENTORY_TESTS_PROCESS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inventory {

// A child that is stopped, with SIGTERM, and waited for when this ends, and killed if it takes longer than 30 seconds;
// it also stops if the calling thread ends.
class Process {
 public:
  // `arguments` begin with the program's path; output goes to the end of `log_file`.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const std::vector<std::string>& arguments,
                                                        std::string log_file);
  ~Process();

  bool Running();
  // 0 once it was seen to have ended.
  int pid() const { return pid_; }
  // Nothing happens if it has ended.
  void Signal(int signal) const;
  // Waits for its end and returns its exit code, or minus the signal that killed it; nothing if it runs on for so long.
  std::optional<int> WaitForEnd(absl::Duration patience);
  // The most memory it has held at once since it started or since ForgetPeak; 0 if unknown.
  int64_t PeakBytes() const;
  void ForgetPeak() const;
  const std::string& log_file() const { return log_file_; }

 private:
  Process(int pid, std::string log_file) : pid_(pid), log_file_(std::move(log_file)) {}

  // Whether the end was seen, and its code noted, with waitpid's `options`.
  bool Reap(int options);

  int pid_;
  int exit_code_ = 0;
  const std::string log_file_;
};

// CPU time that a process has used so far, in seconds, to the hundredth; 0 if there is no such process.
double CpuSeconds(int pid);

// A TCP port of 127.0.0.1 that nobody listens on.
absl::StatusOr<int> FreePort();

// The body of http://127.0.0.1:port/path. INTERNAL if nothing comes for 10 seconds.
absl::StatusOr<std::string> HttpGet(int port, const std::string& path);

}  // namespace inventory

#endif  // INVENTORY_TESTS_PROCESS_H_
