#include "server/auth/audit.h"

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::auth {

Audit::Audit(int max_lines, Write write)
    : max_lines_(max_lines),
      write_(write ? std::move(write) : [](const char* message, const server::LogFields& fields) {
        server::LogAlways(server::LogLevel::kWarning, message, fields);
      }) {}

void Audit::Denied(const Attempt& attempt, const absl::Status& status, absl::Time now) {
  Seconds ended;
  bool write = false;
  {
    storage::MutexLock lock(mutex_);
    ended = Turn(now);
    Second& second = seconds_[status.code()];
    const bool first = second.callers.size() < kMaxFirsts && second.callers.insert(attempt.share).second;
    write = first || second.lines < max_lines_;
    if (write) {
      ++second.lines;
    } else {
      ++second.left_out;
    }
  }
  SayLeftOut(ended);
  if (!write) return;
  server::LogFields fields = {{"caller", attempt.caller},
                              {"method", attempt.method},
                              {"code", absl::StatusCodeToString(status.code())},
                              {"reason", ReasonOf(status)},
                              {"why", std::string(status.message())},
                              {"peer", attempt.peer}};
  if (!attempt.trace_id.empty()) fields.emplace_back("trace_id", attempt.trace_id);
  write_("denied", fields);
}

void Audit::CatchUp(absl::Time now) {
  Seconds ended;
  {
    storage::MutexLock lock(mutex_);
    ended = Turn(now);
  }
  SayLeftOut(ended);
}

Audit::Seconds Audit::Turn(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  if (second == second_) return {};
  second_ = second;
  return std::exchange(seconds_, {});
}

void Audit::SayLeftOut(const Seconds& seconds) const {
  for (const auto& [code, second] : seconds) {
    if (second.left_out == 0) continue;
    write_("more denied calls, left out of the log",
           {{"calls", absl::StrCat(second.left_out)}, {"code", absl::StatusCodeToString(code)}});
  }
}

}  // namespace inventory::auth
