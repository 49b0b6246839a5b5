#include "absl/time/clock.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

class ServerKill : public Fault {
 public:
  std::string_view name() const override { return "server-kill"; }
  std::string_view about() const override { return "SIGKILL of the server, which is started again at once"; }

  absl::Status Begin(Site& site, Random& random) override {
    absl::Status killed = site.server().Kill();
    return killed.ok() ? site.server().StartAgain() : killed;
  }
};

// The others are all there is until every caller has been answered by them.
class ReplicaKill : public Fault {
 public:
  ReplicaKill(int servers, std::string_view name, std::string_view about)
      : servers_(servers), name_(name), about_(about) {}
  std::string_view name() const override { return name_; }
  std::string_view about() const override { return about_; }
  bool retries_suffice() const override { return true; }

  absl::Status Prepare(Site::Options& options) override {
    options.servers = servers_;
    return absl::OkStatus();
  }

  absl::Status Begin(Site& site, Random& random) override {
    killed_ = std::uniform_int_distribution<int>(0, servers_ - 1)(random);
    return site.server(killed_).Kill();
  }
  absl::Status Restore(Site& site, Random& random) override {
    absl::SleepFor(AnyDuration(random, absl::ZeroDuration(), absl::Milliseconds(500)));
    absl::Status started = site.server(killed_).StartAgain();
    return started.ok() ? site.server(killed_).WaitUntilServing() : started;
  }

 private:
  const int servers_;
  const std::string_view name_;
  const std::string_view about_;
  int killed_ = 0;
};

}  // namespace

std::unique_ptr<Fault> MakeServerKill() { return std::make_unique<ServerKill>(); }
std::unique_ptr<Fault> MakeReplicaKill() {
  return std::make_unique<ReplicaKill>(3, "replica-kill", "SIGKILL of one of three servers on one database");
}
std::unique_ptr<Fault> MakeTwoReplicasKill() {
  return std::make_unique<ReplicaKill>(2, "two-replicas-kill", "SIGKILL of one of two servers on one database");
}

}  // namespace inventory::faults
