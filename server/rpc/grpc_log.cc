#include "server/rpc/grpc_log.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/stubs/logging.h"
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

void Write(Throttle& throttle, bool is_error, std::string_view library, std::string what) {
  const int left_out = throttle.Admit();
  if (left_out < 0) return;
  server::LogFields fields = {{"what", std::move(what)}};
  if (left_out > 0) fields.emplace_back("left_out", absl::StrCat(left_out));
  server::Log(is_error ? server::LogLevel::kWarning : server::LogLevel::kDebug, library, fields);
}

void Take(gpr_log_func_args* event) {
  static auto& throttle = *new Throttle();
  Write(throttle, event->severity == GPR_LOG_SEVERITY_ERROR, "gRPC", event->message);
}

void TakeFromProtobuf(google::protobuf::LogLevel level, const char* /*file*/, int /*line*/, const std::string& what) {
  static auto& throttle = *new Throttle();
  Write(throttle, level >= google::protobuf::LOGLEVEL_ERROR, "protobuf", what);
}

}  // namespace

void TakeGrpcLog() {
  gpr_set_log_function(Take);
  google::protobuf::SetLogHandler(TakeFromProtobuf);
}

}  // namespace inventory::rpc
