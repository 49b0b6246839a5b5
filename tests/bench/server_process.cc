#include "tests/bench/server_process.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/read_file.h"

namespace inventory::bench {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(60);

}  // namespace

std::string UrlOf(const storage::DatabaseOptions& database) {
  return absl::StrCat("mysql://", database.user, "@localhost/", database.database, "?socket=", database.socket);
}

absl::Status WaitUntilConnected(grpc::Channel& channel, Process& process) {
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (absl::Now() < give_up && process.Running()) {
    if (channel.WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Milliseconds(200)))) return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("a server did not start; it said:\n", ReadFile(process.log_file())));
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const std::string& binary,
                                                                    const storage::DatabaseOptions& database,
                                                                    const std::vector<std::string>& options,
                                                                    const std::string& log_file) {
  const absl::StatusOr<int> port = FreePort();
  const absl::StatusOr<int> metrics_port = FreePort();
  if (!port.ok() || !metrics_port.ok()) return absl::InternalError("there are no free ports");
  std::string address = absl::StrCat("127.0.0.1:", *port);
  std::vector<std::string> command = {binary, "serve", absl::StrCat("--database-url=", UrlOf(database)),
                                      absl::StrCat("--listen=", address),
                                      absl::StrCat("--metrics-listen=127.0.0.1:", *metrics_port)};
  command.insert(command.end(), std::begin(kServerOptions), std::end(kServerOptions));
  command.insert(command.end(), options.begin(), options.end());
  auto process = Process::Start(command, log_file);
  if (!process.ok()) return process.status();
  std::unique_ptr<ServerProcess> server(new ServerProcess(*std::move(process), std::move(address), *metrics_port));
  absl::Status ready = WaitUntilConnected(*server->channel_, *server->process_);
  if (!ready.ok()) return ready;
  return server;
}

absl::StatusOr<BatchFigures> ServerProcess::ReadBatchFigures() const {
  absl::StatusOr<std::string> text = HttpGet(metrics_port_, "/metrics");
  if (!text.ok()) return text.status();
  return ParseBatchFigures(*text);
}

}  // namespace inventory::bench
