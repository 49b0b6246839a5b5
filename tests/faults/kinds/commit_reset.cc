#include <memory>

#include "absl/time/clock.h"
#include "tests/faults/commits.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

constexpr absl::Duration kResetPatience = absl::Seconds(5);

class CommitReset : public Fault {
 public:
  std::string_view name() const override { return "commit-reset"; }
  std::string_view about() const override {
    return "a reset right after COMMIT was forwarded, in the midst of it, or before its answer";
  }

  absl::Status Prepare(Site::Options& options) override {
    trap_ = CommitTrap::Lay(options);
    return absl::OkStatus();
  }

  absl::Status Begin(Site& site, Random& random) override {
    constexpr Fate kFates[] = {Fate::kForwardAndReset, Fate::kForwardAndSilence, Fate::kHalfAndReset};
    const Fate fate = kFates[std::uniform_int_distribution<int>(0, 2)(random)];
    trap_->Arm(std::uniform_int_distribution<int>(1, 4)(random), fate);
    const absl::Time give_up = absl::Now() + kResetPatience;
    while (trap_->left() > 0 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
    return trap_->Disarm() > 0 ? absl::InternalError("nobody committed") : absl::OkStatus();
  }

 private:
  std::shared_ptr<CommitTrap> trap_;
};

// A session that is in its COMMIT does not notice that its connection is gone. Who asks meanwhile whether anything was
// committed must wait until it was.
class CommitLate : public Fault {
 public:
  std::string_view name() const override { return "commit-late"; }
  std::string_view about() const override { return "a reset while COMMIT is held, which takes effect later"; }
  // At times longer than the server waits for a lock.
  absl::Duration longest() const override { return absl::Milliseconds(1500); }

  absl::Status Prepare(Site::Options& options) override {
    trap_ = CommitTrap::Lay(options);
    return absl::OkStatus();
  }

  absl::Status Begin(Site& site, Random& random) override {
    auto root = site.OpenRoot();
    if (!root.ok()) return root.status();
    root_ = *std::move(root);
    absl::Status held = HoldCommits(*root_);
    if (!held.ok()) {
      root_.reset();
      return held;
    }
    const int most = std::uniform_int_distribution<int>(1, 4)(random);
    trap_->Arm(most, Fate::kForwardAndReset);
    const absl::Time give_up = absl::Now() + kResetPatience;
    while (trap_->left() == most && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(1));
    if (trap_->left() < most) return absl::OkStatus();
    Release();
    return absl::InternalError("nobody committed");
  }
  absl::Status End(Site& site, Random& random) override {
    Release();
    return absl::OkStatus();
  }

 private:
  void Release() {
    trap_->Disarm();
    ReleaseCommits(*root_);
    root_.reset();
  }

  std::shared_ptr<CommitTrap> trap_;
  std::unique_ptr<storage::Connection> root_;
};

}  // namespace

std::unique_ptr<Fault> MakeCommitReset() { return std::make_unique<CommitReset>(); }
std::unique_ptr<Fault> MakeCommitLate() { return std::make_unique<CommitLate>(); }

}  // namespace inventory::faults
