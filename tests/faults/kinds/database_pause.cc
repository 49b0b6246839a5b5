#include <signal.h>

#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

// Longer than the server waits for an answer, at times: then a commit may become durable after it was given up.
class DatabasePause : public Fault {
 public:
  std::string_view name() const override { return "database-pause"; }
  std::string_view about() const override { return "SIGSTOP of the database, then SIGCONT"; }
  absl::Duration longest() const override { return absl::Seconds(4); }

  absl::Status Begin(Site& site, Random& random) override {
    pid_ = site.database_pid();
    if (pid_ <= 0 || kill(pid_, SIGSTOP) != 0) return absl::InternalError("the database does not run");
    return absl::OkStatus();
  }
  absl::Status End(Site& site, Random& random) override {
    kill(pid_, SIGCONT);
    return absl::OkStatus();
  }

 private:
  int pid_ = 0;
};

}  // namespace

std::unique_ptr<Fault> MakeDatabasePause() { return std::make_unique<DatabasePause>(); }

}  // namespace inventory::faults
