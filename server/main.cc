// inventory-server: the commands serve, migrate, verify and version.
#include <cstdio>
#include <string>

#include "absl/synchronization/mutex.h"
#include "server/logging.h"
#include "server/options.h"
#include "server/serve.h"
#include "server/signals.h"

// jemalloc, where it is linked, reads its settings from a variable of this name. Without a thread of its own it gives
// memory back only while threads allocate more: after an attack the server would seem large for as long as it is idle.
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";

namespace {

using inventory::server::Command;
using inventory::server::CommandLine;

int Run(const CommandLine& command_line) {
  inventory::server::Signals signals;
  inventory::server::SetUpLogging(command_line.server.log_format, command_line.server.log_level);
  absl::Status status;
  bool clean = true;
  switch (command_line.command) {
    case Command::kServe:
      status = inventory::server::Serve(command_line.server, signals);
      break;
    case Command::kMigrate:
      status = inventory::server::MigrateDatabase(command_line.server, signals);
      break;
    case Command::kVerify: {
      absl::StatusOr<bool> verified = inventory::server::Verify(command_line.server, command_line.verify, signals);
      status = verified.status();
      clean = verified.ok() && *verified;
      break;
    }
    case Command::kVersion:
      std::printf("inventory-server %s\n", INVENTORY_VERSION);
      break;
  }
  // A check or a migration that was cut off has not been done.
  if (absl::IsCancelled(status) && command_line.command == Command::kServe) return 0;
  if (!status.ok()) {
    inventory::server::Log(inventory::server::LogLevel::kError, "failed", {{"error", std::string(status.message())}});
    return 1;
  }
  return clean ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
  // Some builds of Abseil, Debian's among them, watch the order of locks by default. That is a tenth of gRPC's work.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  absl::StatusOr<CommandLine> command_line = inventory::server::ParseCommandLine(argc, argv);
  if (!command_line.ok()) {
    std::fprintf(stderr, "%s\n", std::string(command_line.status().message()).c_str());
    return inventory::server::kUsageExitCode;
  }
  if (!command_line->help.empty()) {
    std::fputs(command_line->help.c_str(), stdout);
    return 0;
  }
  return Run(*command_line);
}
