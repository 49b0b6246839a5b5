#include "server/rpc/watch_stream.h"

#include <utility>

#include "absl/time/clock.h"
#include "server/convert.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"

namespace inventory::rpc {
namespace {

using feed::Cut;

// A message is full once it has as much; the last chunk may bring some more. Callers take 4 MiB unless they say more,
// and of each watcher that takes nothing a message is kept.
constexpr std::size_t kMessageBytes = std::size_t{128} << 10;
constexpr absl::Duration kDefaultHeartbeat = absl::Seconds(15);

// Where the request asks to begin.
absl::StatusOr<Cut> StartOf(const v1::WatchRequest& request, storage::Connection& connection) {
  switch (request.start_case()) {
    case v1::WatchRequest::kStartTime:
      return feed::ReadSince(connection, ToStoredTime(request.start_time()));
    case v1::WatchRequest::kBeginning:
      return feed::ReadBeginning(connection);
    case v1::WatchRequest::kResumeToken: {
      const Cut asked = *Cut::FromToken(request.resume_token());
      absl::StatusOr<Cut> heads = feed::ReadHeads(connection);
      if (!heads.ok()) return heads;
      if (heads->Covers(asked)) return asked;
      return feed::EventsGone("the token is of events that this database does not have");
    }
    case v1::WatchRequest::START_NOT_SET:
      break;
  }
  return feed::ReadEnd(connection);
}

}  // namespace

void WatchStream::Start(Runtime& runtime, const MethodFacts& facts, Wire& wire, Admission admission,
                        v1::WatchRequest request, absl::Status checked) {
  auto stream = std::make_shared<WatchStream>(runtime, facts, wire, std::move(admission), std::move(request));
  stream->self_ = stream;
  stream->Begin(std::move(checked));
}

WatchStream::WatchStream(Runtime& runtime, const MethodFacts& facts, Wire& wire, Admission admission,
                         v1::WatchRequest request)
    : Reactor(wire),
      runtime_(runtime),
      request_(std::move(request)),
      filter_(request_.filter()),
      heartbeat_(request_.has_heartbeat_interval() ? FromDuration(request_.heartbeat_interval()) : kDefaultHeartbeat),
      call_(runtime, runtime.watches(), facts, context(), std::move(admission), this) {
  request_.clear_filter();
}

void WatchStream::Begin(absl::Status checked) {
  if (!call_.admitted().ok()) checked = call_.admitted();
  if (checked.ok()) {
    runtime_.tail().Enter(weak_from_this());
    return ReadStart();
  }
  {
    storage::MutexLock lock(mutex_);
    EndWith(std::move(checked));
  }
  Do(Next::kEnd);
}

void WatchStream::ReadStart() {
  const auto start = std::make_shared<absl::StatusOr<feed::Cut>>();
  const auto read = [this, start](reading::Reader& reader) {
    *start = StartOf(request_, reader.connection());
    return start->status();
  };
  const auto done = [self = shared_from_this(), start](const absl::Status& status) {
    if (IsQueueFull(status)) return self->ReadAgain(&WatchStream::ReadStart);
    Next next = Next::kNothing;
    {
      storage::MutexLock lock(self->mutex_);
      if (status.ok()) self->at_ = **start;
      next = status.ok() ? self->Send() : self->EndWith(status);
    }
    self->Do(next);
  };
  Read(runtime_.reads(), call_.NextStep(), read, done, reading::Freshness::kCurrentLong);
}

void WatchStream::Advance() {
  Next next = Next::kNothing;
  {
    storage::MutexLock lock(mutex_);
    if (busy_ || ended_) return;
    next = Decide();
    busy_ = next == Next::kSend || next == Next::kEnd;
  }
  Do(next);
}

WatchStream::Next WatchStream::Decide() {
  if (broken_ || call_.cancelled()) return EndWith(call_.WhyCancelled());
  if (stopping_) return EndWith(Streams::Stopping());
  if (!read_failure_.ok()) return EndWith(read_failure_);
  if (reading_) return DecideOnHeartbeat();
  if (!next_page_ && next_chunk_ < read_.chunks.size()) {
    Collect(read_);
    if (message_bytes_ > 0) return Send();
  }
  if (!next_page_) {
    read_ = {};
    next_chunk_ = 0;
    next_page_ = runtime_.tail().PageAfter(at_);
  }
  if (next_page_) return DecideOnFollowing();
  const std::optional<feed::Cut> end = runtime_.tail().end();
  if (!end) return DecideOnHeartbeat();
  // Another server's tail may have told it more of some logs.
  read_to_ = *end;
  read_to_.Cover(at_);
  reading_ = true;
  return Next::kRead;
}

WatchStream::Next WatchStream::DecideOnFollowing() {
  for (;;) {
    const auto page = runtime_.tail().Find(*next_page_);
    if (!page.ok() && message_bytes_ == 0) {
      runtime_.metrics().Refused("watch", "too_far_behind");
      return EndWith(TooSlow());
    }
    if (!page.ok() || *page == nullptr) break;
    if (!Collect((*page)->page)) break;
    ++*next_page_;
    next_chunk_ = 0;
  }
  return message_bytes_ > 0 ? Send() : DecideOnHeartbeat();
}

bool WatchStream::Collect(const feed::Page& page) {
  for (; next_chunk_ < page.chunks.size(); ++next_chunk_) {
    if (message_bytes_ >= kMessageBytes) return false;
    const feed::Chunk& chunk = page.chunks[next_chunk_];
    if (chunk.position <= at_.At(chunk.log_id)) continue;
    for (const v1::Event& event : chunk.events) {
      if (!filter_.Matches(event)) continue;
      *message_.add_events() = event;
      message_bytes_ += event.ByteSizeLong();
    }
    at_.Set(chunk.log_id, chunk.position);
  }
  return true;
}

WatchStream::Next WatchStream::DecideOnHeartbeat() {
  const auto silent = absl::FromChrono(std::chrono::steady_clock::now() - last_sent_);
  return silent < heartbeat_ ? Next::kNothing : Send();
}

WatchStream::Next WatchStream::Send() {
  message_.set_resume_token(at_.ToToken());
  return Next::kSend;
}

WatchStream::Next WatchStream::EndWith(absl::Status status) {
  ended_ = true;
  end_ = std::move(status);
  return Next::kEnd;
}

// Without the lock: what gRPC calls back may run before this returns, and after the last of it nothing is here any
// more.
void WatchStream::Do(Next next) {
  switch (next) {
    case Next::kNothing:
      return;
    case Next::kRead:
      return ReadOn();
    case Next::kSend:
      this->AwaitCaller();
      return this->StartWrite(message_);
    case Next::kEnd: {
      absl::Status status;
      {
        storage::MutexLock lock(mutex_);
        status = end_;
      }
      return this->Finish(call_.Ended(status));
    }
  }
}

void WatchStream::ReadOn() {
  // By the time its turn comes the stream may be gone.
  Turns& turns = runtime_.page_turns();
  turns.Begin(call_.origin().share, [stream = weak_from_this(), &turns] {
    const std::shared_ptr<WatchStream> self = stream.lock();
    if (self == nullptr || !self->ReadPage()) turns.End();
  });
}

bool WatchStream::ReadPage() {
  feed::Cut from;
  feed::Cut to;
  {
    storage::MutexLock lock(mutex_);
    if (ended_) return false;
    from = at_;
    to = read_to_;
  }
  const auto page = std::make_shared<feed::Page>();
  const auto read = [from, to, page](reading::Reader& reader) {
    absl::StatusOr<feed::Page> got = feed::ReadPage(reader.connection(), from, to);
    if (!got.ok()) return got.status();
    *page = *std::move(got);
    return absl::OkStatus();
  };
  const auto done = [self = shared_from_this(), page](const absl::Status& status) {
    self->runtime_.page_turns().End();
    self->ReadIs(status, *page);
  };
  Read(runtime_.reads(), call_.NextStep(), read, done, reading::Freshness::kCurrentLong);
  return true;
}

void WatchStream::ReadIs(const absl::Status& status, feed::Page& page) {
  {
    storage::MutexLock lock(mutex_);
    if (ended_) return;
    if (!IsQueueFull(status)) {
      reading_ = false;
      read_failure_ = status;
      read_ = std::move(page);
      next_chunk_ = 0;
    }
  }
  if (IsQueueFull(status)) return ReadAgain(&WatchStream::ReadOn);
  Advance();
}

// The pause must not keep the stream, which owns it.
void WatchStream::ReadAgain(void (WatchStream::*read)()) {
  call_.Pause([stream = weak_from_this(), read] {
    if (const std::shared_ptr<WatchStream> self = stream.lock()) ((*self).*read)();
  });
}

void WatchStream::OnWriteDone(bool ok) {
  this->AtWork();
  {
    storage::MutexLock lock(mutex_);
    // A new one: a cleared one would keep the memory of the largest for as long as the call lasts.
    v1::WatchResponse().Swap(&message_);
    message_bytes_ = 0;
    broken_ = broken_ || !ok;
    last_sent_ = std::chrono::steady_clock::now();
    busy_ = false;
  }
  Advance();
}

void WatchStream::OnCancel() {
  call_.Cancel();
  Advance();
}

// The tail's thread ends it: here it may be in the middle of whatever has called this.
void WatchStream::EndSoon() {
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
  }
  runtime_.tail().Poke();
}

absl::Status WatchStream::TooSlow() const {
  return WithRetryDelay(Refusal(absl::StatusCode::kUnavailable, "WATCHER_TOO_SLOW",
                                "events came faster than they were taken; go on with the resume_token",
                                {{"resume_token", at_.ToToken()}}),
                        absl::ZeroDuration());
}

}  // namespace inventory::rpc
