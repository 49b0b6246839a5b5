// The commands of inventory-server.
#ifndef INVENTORY_SERVER_SERVE_H_
#define INVENTORY_SERVER_SERVE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/options.h"
#include "server/signals.h"

namespace inventory::server {

// Serves until asked to stop, then stops gracefully. Says what it does in the log.
absl::Status Serve(const ServerOptions& options, Signals& signals);

// Brings the schema up to date.
absl::Status MigrateDatabase(const ServerOptions& options, Signals& signals);

// Checks that all stock adds up, and prints what does not; true if nothing was found, or all of it was repaired.
absl::StatusOr<bool> Verify(const ServerOptions& options, const VerifyOptions& verify, Signals& signals);

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_SERVE_H_
