#include "inventory/client/internal/retry.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "inventory/client/errors.h"

namespace inventory::client::internal {
namespace {

// The delay that the server asks for; infinite if trying again can't help, zero if it names none.
absl::Duration ServersDelay(const AttemptResult& result) {
  const absl::Duration asked = RetryDelayOf(result.status).value_or(absl::ZeroDuration());
  return std::max({asked, result.pushback.value_or(absl::ZeroDuration()), absl::ZeroDuration()});
}

bool MayHelp(const AttemptResult& result) {
  switch (result.status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return result.pushback.has_value() || RetryDelayOf(result.status).has_value();
    default:
      return false;
  }
}

absl::Status WithMessage(const absl::Status& status, const std::string& message) {
  absl::Status changed(status.code(), message);
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) { changed.SetPayload(type, payload); });
  return changed;
}

}  // namespace

Retry::Retry(Idempotency idempotency, const RetryOptions& options, absl::Time deadline, std::function<double()> random)
    : idempotency_(idempotency),
      options_(options),
      deadline_(deadline),
      random_(std::move(random)),
      backoff_(options.initial_backoff) {}

std::optional<absl::Duration> Retry::PauseAfter(const AttemptResult& result, absl::Time now) {
  ++attempts_;
  if (idempotency_ == Idempotency::kUnknown || !MayHelp(result)) return std::nullopt;
  if (attempts_ == options_.max_attempts) return std::nullopt;
  // Those whom the server sends back for the same time must not come together either: the random part is added.
  const absl::Duration pause = ServersDelay(result) + random_() * backoff_;
  backoff_ = std::min(backoff_ * options_.multiplier, options_.max_backoff);
  if (now + pause >= deadline_) return std::nullopt;
  last_retried_ = result.status;
  return pause;
}

absl::Status Retry::Explain(const absl::Status& status) const {
  if (status.ok() || attempts_ <= 1) return status;
  std::string message = absl::StrCat(std::string(status.message()), " (attempt ", attempts_);
  // A deadline that passes during an attempt hides why there had to be one.
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    absl::StrAppend(&message, "; the one before ended with ", last_retried_.ToString());
  }
  return WithMessage(status, absl::StrCat(message, ")"));
}

}  // namespace inventory::client::internal
