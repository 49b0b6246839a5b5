// The database that the server uses.
#ifndef INVENTORY_SERVER_DATABASE_H_
#define INVENTORY_SERVER_DATABASE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/options.h"
#include "server/signals.h"
#include "storage/connection.h"
#include "storage/embedded_database.h"

namespace inventory::server {

// The database of the options, or the private one if they name none, which lives as long as this.
class Database {
 public:
  // What to do with a database that answers and lets nobody in: the user, the password or the database is wrong.
  enum class WhenRefused {
    kWait,    // It may be put right outside, as what is away may come back.
    kGiveUp,  // Who waits for an end is told.
  };

  // Starts the private database, or waits until the other can be reached. CANCELLED if asked to stop meanwhile,
  // FAILED_PRECONDITION if refused and to give up.
  static absl::StatusOr<Database> Open(const ServerOptions& options, Signals& signals,
                                       WhenRefused when_refused = WhenRefused::kWait);

  const storage::DatabaseOptions& connection_options() const { return connection_options_; }

  // Refuses a server that can't work, warns of one that may lose acknowledged writes (or refuses it, by option), then
  // brings the schema up to date if `migrate`, and checks it.
  absl::Status Prepare(const ServerOptions& options, bool migrate) const;

 private:
  std::unique_ptr<storage::EmbeddedDatabase> embedded_;
  storage::DatabaseOptions connection_options_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_DATABASE_H_
