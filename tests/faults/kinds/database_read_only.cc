#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

// As after a fail-over to a replica that nobody has promoted yet. Reads go on.
class DatabaseReadOnly : public Fault {
 public:
  std::string_view name() const override { return "database-read-only"; }
  std::string_view about() const override { return "SET GLOBAL read_only = 1, then 0"; }
  absl::Duration longest() const override { return absl::Seconds(2); }

  absl::Status Begin(Site& site, Random& random) override { return Set(site, "1"); }
  absl::Status End(Site& site, Random& random) override { return Set(site, "0"); }

 private:
  static absl::Status Set(const Site& site, const std::string& value) {
    const auto root = site.OpenRoot();
    if (!root.ok()) return root.status();
    return Ask(**root, "SET GLOBAL read_only = " + value).status();
  }
};

}  // namespace

std::unique_ptr<Fault> MakeDatabaseReadOnly() { return std::make_unique<DatabaseReadOnly>(); }

}  // namespace inventory::faults
