// Tells people what went wrong, and how the process ends because of it.
#ifndef INVENTORY_CLIENT_CLI_REPORT_H_
#define INVENTORY_CLIENT_CLI_REPORT_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/exit_code.h"
#include "client/cli/request_fields.h"

namespace inventory::cli {

// How the process ends after a call that answered so.
ExitCode ExitCodeOf(const absl::Status& status);

// What was called.
struct CallFacts {
  std::string command;                    // As typed: "reserve stock".
  std::vector<RequestField> fields = {};  // Names of arguments for the fields that the service complains about.
  std::string request_id = "";            // Of a write; empty for a read.
  std::string on_reused_id = "";          // What to do if the id belongs to another request; empty: take a new one.
};

// Writes a call's error: a line with its code, reason and message; a line for each fact and for each field that is
// wrong, named as the argument that set it; and what to do. Returns how the process ends.
ExitCode ReportError(const absl::Status& status, const CallFacts& call, std::ostream& err);

// Writes what is wrong with the command line, a line each, and where its help is. Returns kUsage.
ExitCode ReportUsage(const absl::Status& status, const std::string& command, std::ostream& err);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_REPORT_H_
