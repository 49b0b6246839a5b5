// What a running command works with.
#ifndef INVENTORY_CLIENT_CLI_SESSION_H_
#define INVENTORY_CLIENT_CLI_SESSION_H_

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace inventory::client {
class Connection;
}

namespace inventory::cli {

// How answers are shown.
enum class OutputFormat { kTable, kJson, kCsv };

// Used by one thread. Streams outlive it.
struct Session {
  std::istream& in;
  std::ostream& out;  // Answers, and nothing else.
  std::ostream& err;  // Errors, advice and progress.
  bool err_is_terminal = false;

  // What -o, the environment or the profile asks for. Unset: the default, a table on a terminal and JSON elsewhere;
  // see format.
  std::optional<OutputFormat> format_asked = std::nullopt;
  OutputFormat format = OutputFormat::kTable;

  std::string request_id = "";                 // Of --request-id; empty: made for each write.
  absl::Duration timeout = absl::Seconds(10);  // Of --timeout: for each call, retries included.
  // How long a stream may be without an answer: --timeout if the command line has it, as the profile means single
  // calls.
  std::optional<absl::Duration> patience = std::nullopt;

  // Opens the connection that flags, environment and profile describe, when first called; later calls answer with the
  // same one. An error is one of usage: a file that can't be read, or options that contradict each other.
  std::function<absl::StatusOr<std::shared_ptr<client::Connection>>()> connect;
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_SESSION_H_
