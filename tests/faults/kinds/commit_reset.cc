#include <atomic>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tests/faults/fault.h"
#include "tests/faults/mysql_packets.h"

namespace inventory::faults {
namespace {

constexpr absl::Duration kResetPatience = absl::Seconds(5);

// What the hook does to the next commits. Shared with it, because it lives as long as the proxy.
struct Trap {
  std::atomic<int> commits = 0;
  std::atomic<Fate> fate = Fate::kForward;
  // Others that see the packets.
  Proxy::PacketHook next;

  Fate Spring(std::string& packet) {
    const Fate other = next ? next(packet) : Fate::kForward;
    if (!CommitsWrites(packet) || commits <= 0) return other;
    --commits;
    return fate;
  }
};

class CommitReset : public Fault {
 public:
  std::string_view name() const override { return "commit-reset"; }
  std::string_view about() const override {
    return "a reset right after COMMIT was forwarded, in the midst of it, or before its answer";
  }

  absl::Status Prepare(Site::Options& options) override {
    trap_->next = options.packet_hook;
    options.packet_hook = [trap = trap_](std::string& packet) { return trap->Spring(packet); };
    return absl::OkStatus();
  }

  absl::Status Begin(Site& site, Random& random) override {
    constexpr Fate kFates[] = {Fate::kForwardAndReset, Fate::kForwardAndSilence, Fate::kHalfAndReset};
    trap_->fate = kFates[std::uniform_int_distribution<int>(0, 2)(random)];
    trap_->commits = std::uniform_int_distribution<int>(1, 4)(random);
    const absl::Time give_up = absl::Now() + kResetPatience;
    while (trap_->commits > 0 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
    return trap_->commits.exchange(0) > 0 ? absl::InternalError("nobody committed") : absl::OkStatus();
  }

 private:
  const std::shared_ptr<Trap> trap_ = std::make_shared<Trap>();
};

}  // namespace

std::unique_ptr<Fault> MakeCommitReset() { return std::make_unique<CommitReset>(); }

}  // namespace inventory::faults
