#include "server/auth/audit.h"

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::auth {

Audit::Audit(int max_lines, Write write)
    : max_lines_(max_lines),
      write_(write ? std::move(write) : [](const char* message, const server::LogFields& fields) {
        server::Log(server::LogLevel::kWarning, message, fields);
      }) {}

void Audit::Denied(const Attempt& attempt, const absl::Status& status, absl::Time now) {
  int64_t left_out = 0;
  bool write = false;
  {
    storage::MutexLock lock(mutex_);
    left_out = Turn(now);
    write = lines_ < max_lines_;
    if (write) {
      ++lines_;
    } else {
      ++left_out_;
    }
  }
  SayLeftOut(left_out);
  if (!write) return;
  write_("denied", {{"caller", attempt.caller},
                    {"method", attempt.method},
                    {"code", absl::StatusCodeToString(status.code())},
                    {"reason", ReasonOf(status)},
                    {"why", std::string(status.message())},
                    {"peer", attempt.peer}});
}

void Audit::CatchUp(absl::Time now) {
  int64_t left_out = 0;
  {
    storage::MutexLock lock(mutex_);
    left_out = Turn(now);
  }
  SayLeftOut(left_out);
}

int64_t Audit::Turn(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  if (second == second_) return 0;
  second_ = second;
  lines_ = 0;
  return std::exchange(left_out_, 0);
}

void Audit::SayLeftOut(int64_t left_out) const {
  if (left_out > 0) write_("more denied calls, left out of the log", {{"calls", absl::StrCat(left_out)}});
}

}  // namespace inventory::auth
