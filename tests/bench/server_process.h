// One inventory-server.
#ifndef INVENTORY_TESTS_BENCH_SERVER_PROCESS_H_
#define INVENTORY_TESTS_BENCH_SERVER_PROCESS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "storage/connection.h"
#include "tests/bench/server_metrics.h"
#include "tests/process.h"

namespace inventory::bench {

// With which every server is started, before other options: one program calls for all callers, and has half of the
// watches, which is as much as it leaves free.
inline constexpr const char* kServerOptions[] = {"--max-calls-per-client=0", "--max-watches=2000",
                                                 "--max-watches-per-client=1000"};

// How inventory-server is told of the database.
std::string UrlOf(const storage::DatabaseOptions& database);

// Waits until the process answers on the channel. INTERNAL with what it said if it doesn't.
absl::Status WaitUntilConnected(grpc::Channel& channel, Process& process);

// Stops with this object.
class ServerProcess {
 public:
  // Waits until it serves. `options` are more options for `serve`; what it says goes to `log_file`.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::string& binary,
                                                              const storage::DatabaseOptions& database,
                                                              const std::vector<std::string>& options,
                                                              const std::string& log_file);

  const std::string& address() const { return address_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const Process& process() const { return *process_; }
  absl::StatusOr<BatchFigures> ReadBatchFigures() const;

 private:
  ServerProcess(std::unique_ptr<Process> process, std::string address, int metrics_port)
      : process_(std::move(process)),
        address_(std::move(address)),
        metrics_port_(metrics_port),
        channel_(grpc::CreateChannel(address_, grpc::InsecureChannelCredentials())) {}

  const std::unique_ptr<Process> process_;
  const std::string address_;
  const int metrics_port_;
  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_SERVER_PROCESS_H_
