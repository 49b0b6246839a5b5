#include "inventory/client/internal/retrying_connection.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "inventory/client/internal/checks.h"
#include "inventory/client/internal/request_id.h"
#include "inventory/client/internal/retry.h"

namespace inventory::client::internal {
namespace {

using google::protobuf::Message;

double SystemRandom() {
  thread_local absl::BitGen generator;
  return absl::Uniform(generator, 0.0, 1.0);
}

// What the calls of a connection share; they keep it alive.
struct Shared {
  std::unique_ptr<Transport> transport;
  ConnectionOptions options;
};

absl::Time DeadlineOf(const CallOptions& call, absl::Duration otherwise, absl::Time now) {
  const bool said = call.timeout.has_value() || call.deadline.has_value();
  const absl::Duration timeout = call.timeout.value_or(said ? absl::InfiniteDuration() : otherwise);
  return std::min(now + timeout, call.deadline.value_or(absl::InfiniteFuture()));
}

// One call over all its attempts.
class LogicalCall {
 public:
  LogicalCall(const Shared& shared, const Method& method, const CallOptions& options, absl::Time deadline)
      : shared_(shared),
        method_(method),
        attempt_{deadline, options.wait_for_ready.value_or(shared.options.wait_for_ready), options.metadata},
        own_metadata_(options.metadata.size()),
        retry_(method.idempotency, options.retry.value_or(shared.options.retry), deadline, shared.options.random) {}

  // The request to send: `request`, or a copy of it with a request_id.
  const Message& Prepare(const Message& request) {
    if (method_.idempotency == Idempotency::kNoSideEffects || !LacksRequestId(request)) return request;
    CopyOf(request);
    SetRequestId(NewRequestId(shared_.options.clock->Now()), *copy_);
    return *copy_;
  }
  // The same, always a copy.
  const Message& PrepareCopy(const Message& request) {
    const Message& prepared = Prepare(request);
    if (copy_ == nullptr) CopyOf(request);
    return copy_ == nullptr ? prepared : *copy_;
  }

  // The options of the next attempt, with a fresh token.
  absl::StatusOr<AttemptOptions> NextAttempt() {
    attempt_.metadata.resize(own_metadata_);
    if (shared_.options.token) {
      absl::StatusOr<std::string> token = shared_.options.token();
      if (!token.ok()) return token.status();
      if (absl::Status checked = CheckToken(*token); !checked.ok()) return checked;
      attempt_.metadata.emplace_back("authorization", absl::StrCat("Bearer ", *token));
    }
    return attempt_;
  }

  std::optional<absl::Duration> PauseAfter(const AttemptResult& result) {
    return retry_.PauseAfter(result, shared_.options.clock->Now());
  }
  absl::Status Explain(const absl::Status& status) const { return retry_.Explain(status); }

 private:
  void CopyOf(const Message& request) {
    copy_.reset(request.New());
    copy_->CopyFrom(request);
  }

  const Shared& shared_;
  const Method method_;
  AttemptOptions attempt_;
  const std::size_t own_metadata_;
  std::unique_ptr<Message> copy_;
  Retry retry_;
};

// A call that nobody waits for. It owns itself by the callbacks that hold it.
class AsyncCall : public std::enable_shared_from_this<AsyncCall> {
 public:
  AsyncCall(std::shared_ptr<Shared> shared, const Method& method, const CallOptions& options, absl::Time deadline,
            const Message& request, Message& response, std::function<void(absl::Status)> done)
      : shared_(std::move(shared)),
        method_(method),
        call_(*shared_, method, options, deadline),
        request_(call_.PrepareCopy(request)),
        response_(response),
        done_(std::move(done)) {}

  void Start() {
    absl::StatusOr<AttemptOptions> attempt = call_.NextAttempt();
    if (!attempt.ok()) return End({attempt.status()});
    shared_->transport->AttemptAsync(method_, *attempt, request_, response_,
                                     [self = shared_from_this()](const AttemptResult& result) { self->End(result); });
  }

 private:
  void End(const AttemptResult& result) {
    const std::optional<absl::Duration> pause = call_.PauseAfter(result);
    if (!pause) return done_(call_.Explain(result.status));
    shared_->options.clock->After(*pause, [self = shared_from_this()] { self->Start(); });
  }

  const std::shared_ptr<Shared> shared_;
  const Method method_;
  LogicalCall call_;
  const Message& request_;
  Message& response_;
  const std::function<void(absl::Status)> done_;
};

class RetryingConnection final : public Connection {
 public:
  explicit RetryingConnection(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  absl::Status Call(const Method& method, const Message& request, Message& response,
                    const CallOptions& options) override {
    if (absl::Status checked = CheckCallOptions(options); !checked.ok()) return checked;
    LogicalCall call(*shared_, method, options, DeadlineOf(options, shared_->options.timeout, Now()));
    const Message& prepared = call.Prepare(request);
    while (true) {
      absl::StatusOr<AttemptOptions> attempt = call.NextAttempt();
      const AttemptResult result = attempt.ok() ? shared_->transport->Attempt(method, *attempt, prepared, response)
                                                : AttemptResult{attempt.status()};
      const std::optional<absl::Duration> pause = call.PauseAfter(result);
      if (!pause) return call.Explain(result.status);
      shared_->options.clock->Sleep(*pause);
    }
  }

  void CallAsync(const Method& method, const Message& request, Message& response, const CallOptions& options,
                 std::function<void(absl::Status)> done) override {
    if (absl::Status checked = CheckCallOptions(options); !checked.ok()) return done(checked);
    std::make_shared<AsyncCall>(shared_, method, options, DeadlineOf(options, shared_->options.timeout, Now()), request,
                                response, std::move(done))
        ->Start();
  }

  absl::StatusOr<std::unique_ptr<MessageStream>> OpenStream(const Method& method, const CallOptions& options) override {
    if (absl::Status checked = CheckCallOptions(options); !checked.ok()) return checked;
    LogicalCall call(*shared_, method, options, DeadlineOf(options, absl::InfiniteDuration(), Now()));
    absl::StatusOr<AttemptOptions> attempt = call.NextAttempt();
    if (!attempt.ok()) return attempt.status();
    return shared_->transport->OpenStream(method, *attempt);
  }

 private:
  absl::Time Now() const { return shared_->options.clock->Now(); }

  const std::shared_ptr<Shared> shared_;
};

}  // namespace

std::shared_ptr<Connection> MakeRetryingConnection(std::unique_ptr<Transport> transport,
                                                   const ConnectionOptions& options) {
  auto shared = std::make_shared<Shared>(Shared{std::move(transport), options});
  if (shared->options.clock == nullptr) shared->options.clock = SystemClock();
  if (!shared->options.random) shared->options.random = SystemRandom;
  return std::make_shared<RetryingConnection>(std::move(shared));
}

}  // namespace inventory::client::internal
