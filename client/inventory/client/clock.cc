#include "inventory/client/clock.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/alarm.h"

namespace inventory::client {
namespace {

class RealClock final : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }

  void Sleep(absl::Duration pause) override { absl::SleepFor(pause); }

  // gRPC has a thread for timers: no other one is needed. An alarm may be deleted by its own call.
  void After(absl::Duration pause, std::function<void()> then) override {
    auto* alarm = new grpc::Alarm;
    alarm->Set(absl::ToChronoTime(absl::Now() + pause), [alarm, then = std::move(then)](bool) {
      then();
      delete alarm;
    });
  }
};

}  // namespace

std::shared_ptr<Clock> SystemClock() {
  static const auto* const clock = new std::shared_ptr<Clock>(std::make_shared<RealClock>());
  return *clock;
}

}  // namespace inventory::client
