#include "server/rpc/grpc_log.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpc/support/log.h"
#include "server/logging.h"
#include "storage/mutex.h"

namespace inventory::rpc {
namespace {

constexpr int kMostASecond = 10;

// Thread-safe.
class Throttle {
 public:
  // How many were left out before this one; negative: leave this one out, too.
  int Admit() {
    storage::MutexLock lock(mutex_);
    const absl::Time now = absl::Now();
    if (now - second_ >= absl::Seconds(1)) {
      second_ = now;
      admitted_ = 0;
    }
    if (admitted_ >= kMostASecond) {
      ++left_out_;
      return -1;
    }
    ++admitted_;
    return std::exchange(left_out_, 0);
  }

 private:
  storage::Mutex mutex_;
  absl::Time second_ GUARDED_BY(mutex_) = absl::InfinitePast();
  int admitted_ GUARDED_BY(mutex_) = 0;
  int left_out_ GUARDED_BY(mutex_) = 0;
};

void Take(gpr_log_func_args* event) {
  static auto& throttle = *new Throttle();
  const int left_out = throttle.Admit();
  if (left_out < 0) return;
  server::LogFields fields = {{"what", event->message}};
  if (left_out > 0) fields.emplace_back("left_out", absl::StrCat(left_out));
  server::Log(event->severity == GPR_LOG_SEVERITY_ERROR ? server::LogLevel::kWarning : server::LogLevel::kDebug, "gRPC",
              fields);
}

}  // namespace

void TakeGrpcLog() { gpr_set_log_function(Take); }

}  // namespace inventory::rpc
