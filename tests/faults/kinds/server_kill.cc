#include <signal.h>

#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

class ServerKill : public Fault {
 public:
  std::string_view name() const override { return "server-kill"; }
  std::string_view about() const override { return "SIGKILL of the server, which is started again at once"; }

  absl::Status Begin(Site& site, Random& random) override {
    site.server().Signal(SIGKILL);
    if (!site.server().WaitForEnd(absl::Seconds(10))) return absl::InternalError("the server outlives SIGKILL");
    return site.StartServer();
  }
};

}  // namespace

std::unique_ptr<Fault> MakeServerKill() { return std::make_unique<ServerKill>(); }

}  // namespace inventory::faults
