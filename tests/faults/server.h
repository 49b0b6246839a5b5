// An inventory-server with a proxy before it.
#ifndef INVENTORY_TESTS_FAULTS_SERVER_H_
#define INVENTORY_TESTS_FAULTS_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "tests/faults/proxy.h"
#include "tests/process.h"

namespace inventory::faults {

// clients -> proxy() -> process(), which may end and be started again on the same port. Used by one thread, which must
// live as long as this.
class Server {
 public:
  // Starts it and doesn't wait until it serves. `command` is the program and its options but for --listen.
  static absl::StatusOr<std::unique_ptr<Server>> Start(std::vector<std::string> command, std::string log_file);

  // Where clients find it.
  std::string address() const;
  Proxy& proxy() { return *proxy_; }
  // Where the proxy finds it; past the proxy for those who watch the server itself.
  int port() const { return port_; }
  const std::string& log_file() const { return log_file_; }

  Process& process() { return *process_; }
  // By SIGKILL; waits for its end.
  absl::Status Kill();
  // Starts it again once it has ended, and kills it first if it has not; doesn't wait until it serves.
  absl::Status StartAgain();

  // What its health says, past the proxy.
  bool Serving() const;
  // Waits until that is SERVING. DEADLINE_EXCEEDED with the end of its log.
  absl::Status WaitUntilServing() const;

 private:
  Server(std::vector<std::string> command, std::string log_file, int port);

  const std::vector<std::string> command_;
  const std::string log_file_;
  const int port_;
  const std::shared_ptr<grpc::Channel> watch_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<Proxy> proxy_;
};

}  // namespace inventory::faults

#endif  // INVENTORY_TESTS_FAULTS_SERVER_H_
