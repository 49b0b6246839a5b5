// Whether and when a call is tried again.
#ifndef INVENTORY_CLIENT_INTERNAL_RETRY_H_
#define INVENTORY_CLIENT_INTERNAL_RETRY_H_

#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "inventory/client/internal/transport.h"
#include "inventory/client/method.h"
#include "inventory/client/options.h"

namespace inventory::client::internal {

// The attempts of one call. Used by one thread at a time.
class Retry {
 public:
  // `random` gives numbers from 0 up to, but not, 1.
  Retry(Idempotency idempotency, const RetryOptions& options, absl::Time deadline, std::function<double()> random);

  // The pause before the next attempt after one that ended at `now` with `result`; nothing if that is final.
  std::optional<absl::Duration> PauseAfter(const AttemptResult& result, absl::Time now);

  // `status` of the last attempt as the caller gets it: it says how often was tried.
  absl::Status Explain(const absl::Status& status) const;

 private:
  const Idempotency idempotency_;
  const RetryOptions options_;
  const absl::Time deadline_;
  const std::function<double()> random_;
  absl::Duration backoff_;
  int attempts_ = 0;
  absl::Status last_retried_;
};

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_RETRY_H_
