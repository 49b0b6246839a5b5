#include <signal.h>

#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

class DatabaseKill : public Fault {
 public:
  std::string_view name() const override { return "database-kill"; }
  std::string_view about() const override { return "SIGKILL of the database, which is started again at once"; }
  bool kills_database() const override { return true; }

  absl::Status Begin(Site& site, Random& random) override {
    const int pid = site.database_pid();
    if (pid <= 0 || kill(pid, SIGKILL) != 0) return absl::InternalError("the database does not run");
    return absl::OkStatus();
  }
};

// The server itself must notice, and start its database again.
class EmbeddedDatabaseKill : public DatabaseKill {
 public:
  std::string_view name() const override { return "embedded-database-kill"; }
  std::string_view about() const override { return "SIGKILL of the private database that the server runs itself"; }

  absl::Status Prepare(Site::Options& options) override {
    options.embedded = true;
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Fault> MakeDatabaseKill() { return std::make_unique<DatabaseKill>(); }
std::unique_ptr<Fault> MakeEmbeddedDatabaseKill() { return std::make_unique<EmbeddedDatabaseKill>(); }

}  // namespace inventory::faults
