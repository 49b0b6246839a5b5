// What imports are told by their arguments.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_OPTIONS_H_
#define INVENTORY_CLIENT_CLI_IMPORT_OPTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/arguments.h"
#include "client/cli/import_file.h"
#include "client/cli/import_format.h"
#include "client/cli/session.h"

namespace inventory::cli {

struct ImportOptions {
  BulkKind kind = BulkKind::kStockLevels;
  std::string command;
  std::string path;  // "-" is standard input.
  ImportFile::Options file;
  std::string rejects;  // Path; empty: none.
  bool atomic = false;
  bool dry_run = false;
  std::string import_id;
};

// Reads the arguments. INVALID_ARGUMENT has all that is wrong with them, a line each.
absl::StatusOr<ImportOptions> ReadImportOptions(BulkKind kind, const Arguments& arguments, const Session& session);

// As long as servers keep ids unless their --request-id-retention says otherwise.
inline constexpr int kDaysImportIdsAreKept = 7;

// Whether the id was made here, and so long ago that servers, as they stand, have forgotten it.
bool IsForgotten(const std::string& import_id);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_OPTIONS_H_
