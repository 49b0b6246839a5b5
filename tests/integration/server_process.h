// The inventory-server program as a child process.
#ifndef INVENTORY_TESTS_INTEGRATION_SERVER_PROCESS_H_
#define INVENTORY_TESTS_INTEGRATION_SERVER_PROCESS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/security/credentials.h"

namespace inventory::integration {

// A directory under /tmp that is removed with this.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A TCP port of the loopback address that nobody listens on.
int FreePort();

// What an HTTP GET on the loopback address answers, head and body.
std::string HttpGet(int port, const std::string& path);

// One run of a program; it is killed with this. Used by one thread, which must live as long as the program.
class ProgramRun {
 public:
  using Environment = std::map<std::string, std::string>;

  // Starts `arguments`, the first of which is the program, with these variables besides this process's own.
  explicit ProgramRun(const std::vector<std::string>& arguments, const Environment& environment = {});
  ~ProgramRun();

  int pid() const { return pid_; }
  // Everything it has written to standard output and standard error.
  std::string output() const;
  void Signal(int signal) const;
  // Whether it has ended; never waits.
  bool Ended();
  // Waits for its end and returns its exit code, or minus the signal that killed it. One that does not end within
  // `patience` is killed.
  int Wait(absl::Duration patience = absl::Seconds(60));

 private:
  bool Reap(int options);

  ScratchFolder folder_;
  int pid_ = -1;
  bool ended_ = false;
  int exit_code_ = 0;
};

// What a run of inventory-server that ends by itself leaves.
struct Finished {
  int exit_code = 0;
  std::string output;
};
Finished RunServerProgram(const std::vector<std::string>& arguments, const ProgramRun::Environment& environment = {});

// A serving inventory-server.
class ServerProcess {
 public:
  struct Options {
    std::string database_url;
    std::vector<std::string> arguments = {};
    ProgramRun::Environment environment = {};
    bool metrics = false;  // Serve them.
    // With which the health service is asked whether it serves. Null: in the clear.
    std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr;
  };

  // Starts it on free ports and waits until it serves; the test fails if it does not.
  explicit ServerProcess(Options options);

  std::string address() const;
  int port() const { return port_; }
  // 0 if it serves none.
  int metrics_port() const { return metrics_port_; }
  int pid() const { return run_->pid(); }
  ProgramRun& run() { return *run_; }

  // Asks it to stop, waits, and returns its exit code.
  int Stop();
  // Kills it with SIGKILL.
  void Kill();
  // Starts it again with the same options and on the same port. It must have ended.
  void Restart();

 private:
  void Start();
  void WaitUntilListening();
  void WaitUntilServing() const;

  const Options options_;
  int port_ = 0;
  int metrics_port_ = 0;
  std::unique_ptr<ProgramRun> run_;
};

// Waits until `done` answers true; false if it does not within `patience`.
template <typename Predicate>
bool Eventually(Predicate done, absl::Duration patience = absl::Seconds(30)) {
  const absl::Time give_up = absl::Now() + patience;
  while (!done()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return true;
}

}  // namespace inventory::integration

#endif  // INVENTORY_TESTS_INTEGRATION_SERVER_PROCESS_H_
