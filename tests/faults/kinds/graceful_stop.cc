#include <signal.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

using history::Violation;
using Health = grpc::health::v1::Health;
using Response = grpc::health::v1::HealthCheckResponse;

// Long enough that callers go on during it, as behind a load balancer that has not noticed yet.
constexpr absl::Duration kDrainDelay = absl::Milliseconds(300);
constexpr absl::Duration kStopPatience = absl::Seconds(30);

// Follows the health of a server until it ends.
class HealthWatch {
 public:
  explicit HealthWatch(int port)
      : stub_(Health::NewStub(
            grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()))) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + kStopPatience));
    reader_ = stub_->Watch(&context_, {});
  }
  // Nothing once the server has ended the call.
  std::optional<Response::ServingStatus> Next() {
    Response response;
    if (!reader_->Read(&response)) return std::nullopt;
    return response.status();
  }

 private:
  const std::unique_ptr<Health::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
};

class GracefulStop : public Fault {
 public:
  std::string_view name() const override { return "graceful-stop"; }
  std::string_view about() const override { return "SIGTERM of the server under load, which is started again"; }
  bool retries_suffice() const override { return true; }

  absl::Status Prepare(Site::Options& options) override {
    options.server_options.push_back(absl::StrCat("--drain-delay=", absl::FormatDuration(kDrainDelay)));
    return absl::OkStatus();
  }

  absl::Status Begin(Site& site, Random& random) override { return StopAndStart(site.server()); }

  // Every accepted call is answered: what was refused or cut off is not done.
  history::Violations Check(const history::History& history) override {
    history::Violations violations = std::exchange(violations_, {});
    std::map<std::string, const v1::Movement*> made;
    for (const auto& [sku, movements] : history.ledgers) {
      for (const v1::Movement& movement : movements) made[movement.request_id()] = &movement;
    }
    for (const history::Write& write : history.writes) {
      const bool too_slow = absl::StartsWith(write.error, "DEADLINE_EXCEEDED");
      const auto done = made.find(write.request_id);
      if (write.end != history::Write::End::kUnknown || too_slow || done == made.end()) continue;
      violations.push_back({Violation::Kind::kUnanswered, absl::StrCat("carried out but answered with ", write.error,
                                                                       ": ", done->second->ShortDebugString())});
    }
    return violations;
  }

 protected:
  absl::Status StopAndStart(Server& server) {
    HealthWatch watch(server.port());
    if (watch.Next() != Response::SERVING) return absl::InternalError("the server is not healthy before its stop");
    const absl::Time asked = absl::Now();
    server.process().Signal(SIGTERM);
    const bool warned = watch.Next() == Response::NOT_SERVING && absl::Now() - asked < kDrainDelay;
    if (!warned) Complain("health did not warn before calls were refused");
    const std::optional<int> exit_code = server.process().WaitForEnd(kStopPatience);
    if (exit_code != 0) {
      Complain(exit_code ? absl::StrCat("the server stopped with exit code ", *exit_code) : "the server did not stop");
    }
    return server.StartAgain();
  }

  void Complain(std::string what) { violations_.push_back({Violation::Kind::kUnanswered, std::move(what)}); }

 private:
  history::Violations violations_;
};

// As a new version is rolled out: a server goes only when all others serve.
class RollingRestart final : public GracefulStop {
 public:
  std::string_view name() const override { return "rolling-restart"; }
  std::string_view about() const override {
    return "SIGTERM of three servers, one after another; each serves again before the next stops";
  }

  absl::Status Prepare(Site::Options& options) override {
    options.servers = 3;
    return GracefulStop::Prepare(options);
  }

  absl::Status Begin(Site& site, Random& random) override {
    std::vector<int> order(site.servers());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (const int number : order) {
      absl::Status done = StopAndStart(site.server(number));
      if (!done.ok()) return done;
      const absl::Status serving = site.server(number).WaitUntilServing();
      if (!serving.ok()) Complain(serving.ToString());
    }
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Fault> MakeGracefulStop() { return std::make_unique<GracefulStop>(); }
std::unique_ptr<Fault> MakeRollingRestart() { return std::make_unique<RollingRestart>(); }

}  // namespace inventory::faults
