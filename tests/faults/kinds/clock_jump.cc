#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/fault.h"

namespace inventory::faults {
namespace {

// Abseil, by which the server counts, looks at the clock only so often: until then the jump has not happened.
constexpr absl::Duration kNoticed = absl::Milliseconds(2500);

// The server's clock alone, by the library of moved_clock.cc: the database's goes on.
class ClockJump : public Fault {
 public:
  std::string_view name() const override { return "clock-jump"; }
  std::string_view about() const override { return "the server's clock jumps by up to 60 hours, ahead or back"; }

  absl::Status Prepare(Site::Options& options) override {
    const std::string library = INVENTORY_FAULTS_CLOCK;
    if (library.empty()) return absl::FailedPreconditionError("the library that moves clocks is for x86-64 only");
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    file_ = options.folder + "/clock";
    options.server_environment = {"LD_PRELOAD=" + library, "INVENTORY_CLOCK_FILE=" + file_};
    return SetClock(absl::ZeroDuration());
  }

  // It stays there until the next one. The longest hold of the callers is a day.
  absl::Status Begin(Site& site, Random& random) override {
    const absl::Duration jump = AnyDuration(random, absl::Minutes(1), absl::Hours(60));
    absl::Status jumped = SetClock(Chance(random, 50) ? jump : -jump);
    absl::SleepFor(kNoticed);
    return jumped;
  }

 private:
  absl::Status SetClock(absl::Duration offset) const {
    const int64_t nanoseconds = absl::ToInt64Nanoseconds(offset);
    const int file = open(file_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const bool written = file >= 0 && pwrite(file, &nanoseconds, sizeof(nanoseconds), 0) == sizeof(nanoseconds);
    if (file >= 0) close(file);
    return written ? absl::OkStatus() : absl::InternalError("can't write " + file_);
  }

  std::string file_;
};

}  // namespace

std::unique_ptr<Fault> MakeClockJump() { return std::make_unique<ClockJump>(); }

}  // namespace inventory::faults
